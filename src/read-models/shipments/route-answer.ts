import type { ReadModelDatabase } from '../read-model-database.js';
import { clockedTransitTimes, routeTransits, type ClockedTransitTimes } from './transit-times.js';

/** From one account to another, and how long that takes. Cards handed in elsewhere do not count. */
export interface RouteAnswer extends ClockedTransitTimes {
  readonly consignor: string;
  readonly consignee: string;
  /** Ever sent this way. */
  readonly sent: number;
  /** Of these, not yet settled in full. */
  readonly open: number;
}

/** Of a row with `consignor`, `consignee`, `sent` and `open`. */
export function routeAnswer(
  database: ReadModelDatabase,
  row: Readonly<Record<string, unknown>>,
): RouteAnswer {
  const [consignor, consignee] = [String(row.consignor), String(row.consignee)];
  return {
    consignor,
    consignee,
    sent: Number(row.sent),
    open: Number(row.open),
    ...clockedTransitTimes(database, routeTransits(consignor, consignee)),
  };
}

/** Columns of {@link routeAnswer}, over the shipments of one route. */
export const ROUTE_COLUMNS = `consignor, consignee, COUNT(*) AS sent,
  SUM(state <> 'closed') AS open`;
