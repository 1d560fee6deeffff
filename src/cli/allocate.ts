import { Scope } from '../read-models/scope.js';
import {
  ProposedAllocation,
  ProposedAllocationHandler,
  TooManyCartons,
  type AllocationAnswer,
  type AllocationAsked,
} from '../read-models/demand/allocation.query.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { figure, print, printJson, printTable } from './output.js';
import { UserError } from './user-error.js';

function printProposal(answer: AllocationAnswer): void {
  const { areas, stages, asked, blanks, cartons, left, usable, unplaced } = answer;
  printTable(
    ['office', '', 'waiting', 'there or coming', 'cartons', 'blanks', 'why'],
    areas.map((it) => [
      it.code,
      it.name,
      it.waiting,
      it.supply,
      it.cartons,
      it.blanks,
      it.reason.code,
    ]),
  );
  printTable(
    ['stage', 'residents', 'without before', 'and after', 'cartons'],
    stages.map((it) => [
      it.deadline === null ? it.kind : `by ${it.deadline}`,
      it.residents,
      it.uncoveredBefore,
      it.uncoveredAfter,
      it.cartons,
    ]),
  );
  for (const { code, name, reason } of areas.filter((it) => it.waiting > 0 || it.cartons > 0))
    print(`${code} ${name}: ${reason.sentence}`);
  print(`${figure(cartons)} cartons, ${figure(blanks)} of ${figure(asked)}; ${figure(left)} stay`);
  if (asked > usable) print(`it holds ${figure(usable)} itself, fewer than that`);
  if (unplaced > 0) print(`${figure(unplaced)} wait who are in no report of these offices`);
  print(`a proposal: nothing was moved; as of ${answer.today}, position ${answer.position}`);
}

/** What can be mended on the command line. */
function mended(error: unknown): never {
  throw error instanceof TooManyCartons ? new UserError(error.message) : error;
}

/**
 * How many blanks to each office below one.
 * @throws {UserError} there is no such facility, or it would be of too many cartons
 * @throws {ReadModelsMissing}
 */
export async function runAllocate(
  settings: Settings,
  asked: AllocationAsked,
  json: boolean,
): Promise<void> {
  const answer = await askReadModels(settings, (models, register) =>
    new ProposedAllocationHandler(models, register).execute(
      new ProposedAllocation(Scope.nation, asked),
    ),
  ).catch(mended);
  if (answer === null) throw new UserError(`there is no facility ${asked.consignor}`);
  if (json) printJson(answer);
  else printProposal(answer);
}
