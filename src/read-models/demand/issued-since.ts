import { CENTRAL_STORE, type FacilityId } from '../../custody/facilities/facility-code.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { RegionRanges } from './region-range.js';

/** After the first day, up to the last. */
export interface Days {
  readonly after: string;
  readonly until: string;
}

/** Blanks issued in a region, by reason, as asked for before: in one snapshot. */
export class IssuedSince {
  readonly #known = new Map<string, ReadonlyMap<string, number>>();

  constructor(
    private readonly database: ReadModelDatabase,
    private readonly ranges: RegionRanges,
  ) {}

  /** O(log n + rows of the region in those days). */
  of(facilityId: FacilityId, reason: string, { after, until }: Days): number {
    if (after >= until) return 0;
    const key = `${facilityId} ${after} ${until}`;
    let byReason = this.#known.get(key);
    if (byReason === undefined) {
      const region = this.ranges.of(facilityId, 'account');
      const rows = this.database.all(
        `SELECT reason, SUM(blanks) AS blanks FROM demand_issued
         WHERE ${region.sql} AND ${daysOf(facilityId)} GROUP BY reason`,
        ...region.values,
        after,
        until,
      );
      byReason = new Map(rows.map((row) => [String(row.reason), Number(row.blanks)]));
      this.#known.set(key, byReason);
    }
    return byReason.get(reason) ?? 0;
  }
}

/**
 * Days as a condition with two places: after, until. The nation is read by the day, a region by its
 * accounts: `+` keeps the index of days out of it, which would lead through the whole nation's.
 */
export function daysOf(facilityId: FacilityId): string {
  const isNation = facilityId === CENTRAL_STORE;
  return isNation ? 'day > ? AND day <= ?' : '+day > ? AND +day <= ?';
}
