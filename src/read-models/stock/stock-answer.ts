import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { noCounts, NO_BATCH, type LastMovement, type StockCounts } from './stock-counts.js';
import { countsOf, NAMED_COUNTS } from './stock-tables.js';

export interface BatchStock extends StockCounts {
  readonly batch: string;
}

/** What one account or one region holds. */
export interface Stock extends StockCounts {
  readonly byBatch: readonly BatchStock[];
  /** Null where nothing ever moved. */
  readonly lastMovement: LastMovement | null;
}

/** The rows of one owner as one answer. */
function stockOf(rows: readonly Row[]): Stock {
  const sums = noCounts();
  const byBatch: BatchStock[] = [];
  let last: Row | null = null;
  for (const row of rows) {
    const counts = countsOf(row);
    for (const name of Object.keys(sums) as (keyof StockCounts)[]) sums[name] += counts[name];
    if (row.batch !== NO_BATCH) byBatch.push({ batch: String(row.batch), ...counts });
    if (last === null || Number(row.last_position) > Number(last.last_position)) last = row;
  }
  const lastMovement =
    last === null
      ? null
      : { recordedAt: String(last.last_recorded_at), eventId: String(last.last_event_id) };
  return { ...sums, byBatch, lastMovement };
}

const SELECTED = `batch, ${NAMED_COUNTS}, last_position, last_recorded_at, last_event_id`;

export function ownStock(database: ReadModelDatabase, account: string): Stock {
  const sql = `SELECT ${SELECTED} FROM stock_own WHERE account = ? ORDER BY batch`;
  return stockOf(database.all(sql, account));
}

/** Of a facility with all below it. */
export function totalStock(database: ReadModelDatabase, facility: string): Stock {
  const sql = `SELECT ${SELECTED} FROM stock_total WHERE facility = ? ORDER BY batch`;
  return stockOf(database.all(sql, facility));
}
