import type { ReadModelDatabase } from '../read-model-database.js';
import { countsOf, NAMED_COUNTS } from '../stock/stock-tables.js';

/** Blanks of one batch by where they are. What is on its way from and to the same region is within it. */
export interface BatchCounts {
  /** What the region or account answers for: all of the below but what is on its way from it. */
  readonly blanks: number;
  readonly usable: number;
  readonly invalid: number;
  readonly issued: number;
  readonly missing: number;
  readonly destroyed: number;
  readonly inTransitIn: number;
  readonly inTransitOut: number;
}

const OWNER = { stock_own: 'account', stock_total: 'facility' } as const;

export function batchCounts(
  database: ReadModelDatabase,
  table: keyof typeof OWNER,
  owner: string,
  batch: string,
): BatchCounts {
  const row = database.get(
    `SELECT ${NAMED_COUNTS} FROM ${table} WHERE ${OWNER[table]} = ? AND batch = ?`,
    owner,
    batch,
  );
  const counts = countsOf(row ?? {});
  const { usable, invalid, issued, missing, destroyed, inTransitIn, inTransitOut } = counts;
  const blanks = usable + invalid + issued + missing + destroyed + inTransitIn;
  return { blanks, usable, invalid, issued, missing, destroyed, inTransitIn, inTransitOut };
}

export function isNothing({ blanks, inTransitOut }: BatchCounts): boolean {
  return blanks === 0 && inTransitOut === 0;
}
