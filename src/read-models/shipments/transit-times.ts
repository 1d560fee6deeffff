import type { ReadModelDatabase } from '../read-model-database.js';

/** `recorded`: between the entries of the ledger; `occurred`: between the times that officers stated. */
export type TransitClock = 'recorded' | 'occurred';

const COLUMN_OF: Readonly<Record<TransitClock, string>> = {
  recorded: 'transit_ms',
  occurred: 'transit_occurred_ms',
};

/**
 * How long shipments took from their dispatch until nothing of them was in transit, in milliseconds.
 * Percentiles are exact, by nearest rank: the least time that so many of a hundred did not exceed. Null
 * where there is none. Only what arrived counts: no reported losses, nor cards handed in elsewhere.
 */
export interface TransitTimes {
  readonly shipments: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

/** On both clocks; `occurred` counts only what was stated to the minute at both ends. */
export interface ClockedTransitTimes {
  readonly recorded: TransitTimes;
  readonly occurred: TransitTimes;
}

/** From one account to another, or all that accounts of one level sent. */
export interface TransitsAsked {
  /** On columns of `shipment`. */
  readonly sql: string;
  readonly values: readonly string[];
}

export function routeTransits(consignor: string, consignee: string): TransitsAsked {
  // Names the term of the index, which holds no others.
  const sql = `origin <> 'surrender' AND consignor = ? AND consignee = ?`;
  return { sql, values: [consignor, consignee] };
}

export function clockedTransitTimes(
  database: ReadModelDatabase,
  asked: TransitsAsked,
): ClockedTransitTimes {
  return {
    recorded: transitTimes(database, asked, 'recorded'),
    occurred: transitTimes(database, asked, 'occurred'),
  };
}

/** O(those asked for), in the order of an index. */
function transitTimes(
  database: ReadModelDatabase,
  asked: TransitsAsked,
  clock: TransitClock,
): TransitTimes {
  const shipments = countOf(database, asked, clock);
  const at = (percent: number): number | null =>
    shipments === 0 ? null : timeAt(database, asked, clock, nearestRank(percent, shipments));
  return { shipments, p50Ms: at(50), p90Ms: at(90), p95Ms: at(95), maxMs: at(100) };
}

/**
 * The time that 95 of 100 shipments of a route took at most, on the recorded clock; null while fewer
 * than `least` of them have arrived.
 */
export function usualTransitMs(
  database: ReadModelDatabase,
  { consignor, consignee }: { readonly consignor: string; readonly consignee: string },
  least: number,
): number | null {
  const asked = routeTransits(consignor, consignee);
  const shipments = countOf(database, asked, 'recorded');
  if (shipments < least) return null;
  return timeAt(database, asked, 'recorded', nearestRank(95, shipments));
}

/** From 1: the least rank that `percent` of a hundred of `count` do not exceed. */
export function nearestRank(percent: number, count: number): number {
  return Math.max(1, Math.ceil((percent * count) / 100));
}

function countOf(
  database: ReadModelDatabase,
  { sql, values }: TransitsAsked,
  clock: TransitClock,
): number {
  const row = database.get(
    `SELECT COUNT(*) AS shipments FROM shipment WHERE ${sql} AND ${COLUMN_OF[clock]} IS NOT NULL`,
    ...values,
  );
  return Number(row?.shipments);
}

function timeAt(
  database: ReadModelDatabase,
  { sql, values }: TransitsAsked,
  clock: TransitClock,
  rank: number,
): number {
  const column = COLUMN_OF[clock];
  const row = database.get(
    `SELECT ${column} AS time FROM shipment WHERE ${sql} AND ${column} IS NOT NULL
     ORDER BY ${column} LIMIT 1 OFFSET ?`,
    ...values,
    rank - 1,
  );
  return Number(row?.time);
}
