import {
  FindingById,
  FindingByIdHandler,
  Findings,
  FindingsHandler,
  type FindingAnswer,
  type FindingsPage,
  type FindingStatus,
} from '../read-models/findings/findings.query.js';
import { Scope } from '../read-models/scope.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { print, printJson, printTable } from './output.js';
import { printGroups, printSerials, serialsText } from './trace-tables.js';
import { UserError } from './user-error.js';

export interface FindingsOptions {
  readonly status: FindingStatus;
  readonly after?: string;
  readonly limit: number;
  readonly json: boolean;
}

function printFindings({ items, nextCursor, position }: FindingsPage): void {
  if (items.length === 0) print('nothing of the kind was found');
  else
    printTable(
      ['finding', 'when', 'where', 'serials', 'cards', 'illegible', 'resolved'],
      items.map((it) => [
        it.findingId,
        it.occurredAt.value,
        it.place,
        serialsText(it.serials),
        it.serials.count,
        it.illegibleCount,
        it.resolution?.how ?? '',
      ]),
    );
  if (nextCursor !== null) print(`there are more: --after ${nextCursor}`);
  print(`holds for position ${position}`);
}

function printFinding(finding: FindingAnswer): void {
  const { findingId, occurredAt, place, matches, offices, resolution, position } = finding;
  print(`${findingId}: ${occurredAt.value}, ${place}`);
  if (resolution !== null) print(`resolved: ${resolution.how}, by ${resolution.actor.id}`);
  printGroups(
    matches.map(({ group }) => group),
    {
      head: 'the books say',
      cell: (index) => {
        const match = matches[index];
        return `${match?.believed ?? ''}${match?.isAlarm === true ? ' (alarm)' : ''}`;
      },
    },
  );
  printSerials('nobody ever made', finding.neverProduced);
  printSerials('too many at once, not matched', finding.notMatched);
  if (offices.length > 0)
    printTable(
      ['office', 'custodian', 'usable', 'invalid', 'missing', 'invalid serials'],
      offices.map((it) => [
        it.account,
        it.custodian ?? '',
        it.usable,
        it.invalid,
        it.missing,
        serialsText(it.invalidSerials),
      ]),
    );
  print(`holds for position ${position}`);
}

/**
 * Cards that turned up: all of a kind, or one finding against the books as they are now.
 * @throws {UserError} there is no such finding
 * @throws {ReadModelsMissing}
 */
export async function runFindings(
  settings: Settings,
  findingId: string | undefined,
  { status, after, limit, json }: FindingsOptions,
): Promise<void> {
  if (findingId === undefined) {
    const page = await askReadModels(settings, (models) =>
      new FindingsHandler(models).execute(new Findings(Scope.nation, status, after ?? null, limit)),
    );
    const { items, nextCursor: next, position } = page;
    if (json) printJson({ items, next, position });
    else printFindings(page);
    return;
  }
  const finding = await askReadModels(settings, (models) =>
    new FindingByIdHandler(models).execute(new FindingById(Scope.nation, findingId)),
  );
  if (finding === null) throw new UserError(`there is no finding ${findingId}`);
  if (json) printJson(finding);
  else printFinding(finding);
}
