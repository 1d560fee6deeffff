import type { AccountId } from '../../custody/account/account-id.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { cutAt, type Cut, type Moment } from './as-of.js';
import {
  differenceOf,
  ownFlows,
  regionFlows,
  stockOfFlows,
  type Flows,
  type StockThen,
} from './history-stock.js';
import type { Clock } from './history-tables.js';
import { lateEntries, type LateEntries } from './late-entries.js';
import { entriesBetween, type MovedEntry } from './moved-entries.js';
import { moveParts, type HistoryPlace } from './move.js';

/** What an answer as of a moment says of itself. */
export interface AsOf {
  readonly clock: Clock;
  /** Up to and with this instant, ISO 8601, UTC. */
  readonly time: string;
  /** On the recorded clock: of the last event that counts, decimal. */
  readonly position: string;
  /** Whether nothing recorded later can change it: never on the occurred clock. */
  readonly isFinal: boolean;
  /** On the occurred clock: what was recorded after that instant and counts all the same. */
  readonly late: LateEntries | null;
}

export interface AsOfQuestion {
  readonly clock: Clock;
  readonly moment: Moment;
}

/** What an answer at a cut says of itself. */
export function asOf(cut: Cut, late: LateEntries | null): AsOf {
  return {
    clock: cut.clock,
    time: new Date(cut.time).toISOString(),
    position: String(cut.position),
    isFinal: cut.isFinal,
    late,
  };
}

export interface FacilityStockThen {
  readonly own: StockThen;
  readonly total: StockThen;
  readonly asOf: AsOf;
}

/** Of one facility: by itself, and with all that stood below it at the moment. */
export function answerStockAsOf(
  database: ReadModelDatabase,
  { facilityId, clock, moment }: AsOfQuestion & { readonly facilityId: string },
): FacilityStockThen {
  const cut = cutAt(database, clock, moment);
  const total = regionFlows(database, cut, [facilityId]).get(facilityId) ?? new Map();
  const late = clock === 'occurred' ? lateEntries(database, cut, { region: facilityId }) : null;
  return {
    own: stockOfFlows(ownFlows(database, cut, facilityId as AccountId)),
    total: stockOfFlows(total),
    asOf: asOf(cut, late),
  };
}

export interface StocksThen {
  /** In the order asked for. */
  readonly totals: readonly StockThen[];
  readonly asOf: AsOf;
}

/** Of several facilities, each with all that stood below it at the moment. */
export function answerStocksAsOf(
  database: ReadModelDatabase,
  {
    within,
    facilities,
    clock,
    moment,
  }: AsOfQuestion & { readonly within: string; readonly facilities: readonly string[] },
): StocksThen {
  const cut = cutAt(database, clock, moment);
  const flows = regionFlows(database, cut, facilities);
  const late = clock === 'occurred' ? lateEntries(database, cut, { region: within }) : null;
  const totals = facilities.map((it) => stockOfFlows(flows.get(it) ?? new Map()));
  return { totals, asOf: asOf(cut, late) };
}

/** Blanks that went from one place in the books to another. */
export interface FlowAnswer {
  readonly batch: string;
  readonly from: HistoryPlace;
  readonly to: HistoryPlace;
  /** Whether they were not moved, but the office that has them, to another region. */
  readonly isTransfer: boolean;
  readonly blanks: number;
}

export interface StockDiff {
  readonly from: AsOf;
  readonly to: AsOf;
  readonly opening: StockThen;
  readonly flows: readonly FlowAnswer[];
  readonly closing: StockThen;
  /** What moved, in order of the clock, the first of them after the place asked for. */
  readonly entries: readonly MovedEntry[];
  /** Where the entries go on; null where they end. */
  readonly next: string | null;
}

export function flowAnswers(flows: Flows): readonly FlowAnswer[] {
  return [...flows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([batch, moves]) =>
      [...moves]
        .sort(([a], [b]) => a - b)
        .filter(([, blanks]) => blanks !== 0)
        .map(([move, blanks]) => ({ batch, ...moveParts(move), blanks })),
    );
}

/** What moved in a region between two moments of one clock: after the first, up to and with the second. */
export function answerStockDiff(
  database: ReadModelDatabase,
  question: {
    readonly facilityId: string;
    readonly clock: Clock;
    readonly from: Moment;
    readonly to: Moment;
    readonly after: string | null;
    readonly limit: number;
  },
): StockDiff {
  const { facilityId, clock, from, to, after, limit } = question;
  const [first, last] = [cutAt(database, clock, from), cutAt(database, clock, to)];
  const flowsAt = (cut: Cut): Flows =>
    regionFlows(database, cut, [facilityId]).get(facilityId) ?? new Map();
  const [opening, closing] = [flowsAt(first), flowsAt(last)];
  const page = entriesBetween(database, { first, last, region: facilityId, after, limit });
  return {
    from: asOf(first, null),
    to: asOf(last, null),
    opening: stockOfFlows(opening),
    flows: flowAnswers(differenceOf(closing, opening)),
    closing: stockOfFlows(closing),
    ...page,
  };
}
