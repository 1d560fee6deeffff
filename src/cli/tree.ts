import { Scope } from '../read-models/scope.js';
import type { BatchCounts } from '../read-models/trace/batch-counts.js';
import {
  BatchTree,
  BatchTreeHandler,
  type BatchTreeAnswer,
  type TreeNode,
} from '../read-models/trace/batch-tree.query.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { print, printJson, printTable } from './output.js';
import { printSerials, serialsText } from './trace-tables.js';
import { UserError } from './user-error.js';

export interface TreeOptions {
  readonly within: string;
  readonly depth: number;
  readonly json: boolean;
}

const COUNTS = ['blanks', 'usable', 'invalid', 'issued', 'missing', 'destroyed'] as const;
const HEADS = [...COUNTS, 'on the way to', 'on the way from'];

function countsRow(counts: BatchCounts): number[] {
  return [...COUNTS.map((name) => counts[name]), counts.inTransitIn, counts.inTransitOut];
}

function* rowsOf(node: TreeNode, depth: number): Generator<(string | number)[]> {
  const { code, name, children, isCut } = node;
  yield [`${'  '.repeat(depth)}${code} ${name}${isCut ? ' …' : ''}`, ...countsRow(node)];
  for (const child of children) yield* rowsOf(child, depth + 1);
}

function printTree({ tree, accounts, onTheWay, position }: BatchTreeAnswer): void {
  printTable(['with all below', ...HEADS], [...rowsOf(tree, 0)]);
  for (const { account, usableSerials, invalidSerials, missingSerials } of accounts) {
    printSerials(`usable at ${account} itself`, usableSerials);
    printSerials(`invalid at ${account} itself`, invalidSerials);
    printSerials(`missing at ${account} itself`, missingSerials);
  }
  if (onTheWay.shipments.length > 0)
    printTable(
      ['shipment', 'from', 'to', 'blanks', 'usable', 'invalid'],
      onTheWay.shipments.map(({ usableSerials, invalidSerials, ...it }) => [
        it.shipmentId,
        it.consignor,
        it.consignee,
        it.blanks,
        serialsText(usableSerials),
        serialsText(invalidSerials),
      ]),
    );
  if (onTheWay.isCut) print('more is on the way: ask for a part of the country');
  print(`holds for position ${position}`);
}

/**
 * Where the blanks of a batch are.
 * @throws {UserError} there is no such batch or facility
 * @throws {ReadModelsMissing}
 */
export async function runTree(
  settings: Settings,
  batch: string,
  { within, depth, json }: TreeOptions,
): Promise<void> {
  const answer = await askReadModels(settings, (models, register) =>
    new BatchTreeHandler(models, register).execute(
      new BatchTree(Scope.nation, batch, within, depth),
    ),
  );
  if (answer === null) throw new UserError(`there is no batch ${batch}, or no facility ${within}`);
  if (json) printJson(answer);
  else printTree(answer);
}
