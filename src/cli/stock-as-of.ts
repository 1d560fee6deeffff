import type { AsOf, StockDiff } from '../read-models/history/history-answers.js';
import type { StockThen } from '../read-models/history/history-stock.js';
import type { Clock } from '../read-models/history/history-tables.js';
import {
  StockAsOf,
  StockAsOfHandler,
  StockChanges,
  StockChangesHandler,
  type FacilityStockAsOf,
} from '../read-models/history/stock-as-of.query.js';
import { Scope } from '../read-models/scope.js';
import type { Settings } from '../settings.js';
import { askReadModels } from './asked-read-models.js';
import { askedMoment } from './moments.js';
import { figure, print, printJson, printTable } from './output.js';
import type { StockCardOptions } from './stock-card.js';
import { UserError } from './user-error.js';

const HEADS = [
  '',
  'usable',
  'invalid',
  'transit to',
  'from',
  'within',
  'issued',
  'destroyed',
  'missing',
];

function rowOf(name: string, stock: StockThen): (string | number)[] {
  const { usable, invalid, inTransitIn, inTransitOut, inTransitWithin } = stock;
  const { issued, destroyed, missing } = stock;
  const moved = [usable, invalid, inTransitIn, inTransitOut, inTransitWithin];
  return [name, ...moved, issued, destroyed, missing];
}

/** In words: what the answer holds for. */
export function told({ clock, time, position, isFinal }: AsOf): string {
  const final = isFinal ? 'final' : 'not final';
  return clock === 'recorded'
    ? `as recorded by ${time}, up to position ${position} (${final})`
    : `as it was at ${time}, as far as is known now`;
}

function printStock({ code, name, level, own, total, asOf }: FacilityStockAsOf): void {
  print(`${code} ${name} (${level}), ${told(asOf)}`);
  printTable(HEADS, [rowOf('itself', own), rowOf('with all below', total)]);
  if (total.byBatch.length > 0)
    printTable(
      ['batch, with all below', ...HEADS.slice(1)],
      total.byBatch.map(({ batch, ...counts }) => rowOf(batch, { ...counts, byBatch: [] })),
    );
  const { late } = asOf;
  if (late === null || late.events === 0) return;
  print(`${figure(late.events)} entries of then were recorded later:`);
  printTable(
    ['account', 'happened', 'recorded', 'entries', 'blanks', 'event'],
    late.entries.map((it) => [
      ...[it.account, it.effectiveAt, it.recordedAt, it.events, it.blanks, it.eventId ?? ''],
    ]),
  );
}

/** @throws {UserError} there is no such facility, or the moment is none */
export async function runStockAsOf(
  settings: Settings,
  facility: string,
  { asOf, clock, json }: { asOf?: string | undefined; clock: Clock; json: boolean },
): Promise<void> {
  const moment =
    asOf === undefined
      ? ({ kind: 'instant', instant: Date.now() } as const)
      : askedMoment('--as-of', asOf, facility, clock);
  const answer = await askReadModels(settings, (models, register) =>
    new StockAsOfHandler(models, register).execute(
      new StockAsOf(Scope.nation, facility, { clock, moment }),
    ),
  );
  if (answer === null) throw new UserError(`there is no facility ${facility}`);
  if (json) printJson(answer);
  else printStock(answer);
}

function printDiff({ from, to, opening, closing, flows, entries }: StockDiff): void {
  print(`from: ${told(from)}`);
  print(`to:   ${told(to)}`);
  printTable(HEADS, [rowOf('opening', opening), rowOf('closing', closing)]);
  printTable(
    ['batch', 'from', 'to', 'blanks'],
    flows.map((it) => [it.batch, it.from, it.to + (it.isTransfer ? ', region' : ''), it.blanks]),
  );
  printTable(
    ['time', 'account', 'entry', 'from', 'to', 'blanks', 'event'],
    entries.map((it) => [
      ...[it.time, it.account, it.type, it.from, it.to, it.blanks, it.eventId ?? ''],
    ]),
  );
}

/** @throws {UserError} there is no such facility, or a moment is none */
export async function runStockDiff(
  settings: Settings,
  facility: string,
  { from, to, clock, limit, json }: StockCardOptions,
): Promise<void> {
  const [first, last] = [
    askedMoment('--from', from, facility, clock),
    askedMoment('--to', to, facility, clock),
  ];
  const answer = await askReadModels(settings, (models, register) =>
    new StockChangesHandler(models, register).execute(
      new StockChanges(Scope.nation, facility, clock, first, last, null, limit),
    ),
  );
  if (answer === null) throw new UserError(`there is no facility ${facility}`);
  if (json) printJson(answer);
  else printDiff({ ...answer, next: answer.nextCursor });
}
