import type { Clock } from '../read-models/history/history-tables.js';
import { Scope } from '../read-models/scope.js';
import type { CategorySum } from '../read-models/stock-card/stock-card.js';
import {
  StockCardOf,
  StockCardOfHandler,
  type StockCardAnswer,
} from '../read-models/stock-card/stock-card.query.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { askedMoment } from './moments.js';
import { figure, print, printJson, printTable } from './output.js';
import { told } from './stock-as-of.js';
import { UserError } from './user-error.js';

export interface StockCardOptions {
  readonly from: string;
  readonly to: string;
  readonly clock: Clock;
  readonly limit: number;
  readonly json: boolean;
}

const RANGES_PRINTED = 5;

function sumRow({ category, blanks, serials }: CategorySum): (string | number)[] {
  const { ranges } = serials;
  const more = ranges.length > RANGES_PRINTED || serials.truncated ? ' …' : '';
  return [category, blanks, ranges.slice(0, RANGES_PRINTED).join(' ') + more];
}

function printCard(card: StockCardAnswer): void {
  const { account, from, to, opening, closing, categories, officers, differences, lines } = card;
  print(`stock card of ${account}`);
  print(`from: ${told(from)}`);
  print(`to:   ${told(to)}`);
  printTable(
    [
      'time',
      'entry',
      'paper',
      'counterparty',
      'category',
      'blanks',
      'serials',
      'usable',
      'invalid',
    ],
    [
      ['', 'opening', '', '', '', '', '', opening.usable, opening.invalid],
      ...lines.map((it) => [
        ...[it.time, it.type, it.paperNumber ?? it.shipmentId ?? '', it.counterparty ?? ''],
        ...[it.category, it.blanks, it.ranges.slice(0, RANGES_PRINTED).join(' ')],
        ...[it.usable, it.invalid],
      ]),
      ['', 'closing', '', '', '', '', '', closing.usable, closing.invalid],
    ],
  );
  if (lines.length < card.lineCount)
    print(`${figure(lines.length)} of ${figure(card.lineCount)} lines`);
  printTable(['category', 'blanks', 'serials'], categories.map(sumRow));
  for (const { officer, categories: own } of officers) {
    print(`${officer.id} (${officer.role}, ${officer.facilityId})`);
    printTable(['category', 'blanks', 'serials'], own.map(sumRow));
  }
  print(differences.length === 0 ? 'opening and lines make the closing' : 'it does not close:');
  for (const { count, expected, actual } of differences)
    print(`  ${count}: the lines come to ${figure(actual)}, the books to ${figure(expected)}`);
}

/** @throws {UserError} there is no such account, or a moment is none */
export async function runStockCard(
  settings: Settings,
  account: string,
  { from, to, clock, limit, json }: StockCardOptions,
): Promise<void> {
  const [first, last] = [
    askedMoment('--from', from, account, clock),
    askedMoment('--to', to, account, clock),
  ];
  const answer = await askReadModels(settings, (models, register) =>
    new StockCardOfHandler(models, register).execute(
      new StockCardOf(Scope.nation, account, clock, first, last, null, limit),
    ),
  );
  if (answer === null)
    throw new UserError(
      `there is no account ${account}; they are written 00, 31.71.01.1001, B.2017-A or E.<case>`,
    );
  if (json) printJson(answer);
  else printCard(answer);
}
