import type { IssuanceReason } from '../../custody/account/events.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import type { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { isFacilityOpen } from '../../custody/facilities/facility.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { dayPlus, daysBetween } from './demand-answer.js';
import type { IssuedSince } from './issued-since.js';
import type { RegionRanges } from './region-range.js';

/** What the latest report of an office says of one reason. */
export interface Statement {
  readonly facilityId: FacilityId;
  readonly reason: IssuanceReason;
  readonly asOf: string;
  readonly deadline: string | null;
  /** Residents waiting at the end of that day. */
  readonly stated: number;
  /** Of these, not yet served. */
  readonly left: number;
}

/** The statements that count for a region and a reason, with nobody in two of them. */
interface Standing {
  readonly statements: readonly Statement[];
  readonly left: number;
  /** Whether all of the region is spoken for. */
  readonly isWhole: boolean;
}

/** All that the offices of a region have reported, up to a day. See `DemandFigures`. */
export class Statements {
  readonly #statements = new Map<string, Statement>();
  /** Offices that have reported, or have some below them that have; and those directly below each. */
  readonly #below = new Map<FacilityId, Set<FacilityId>>();
  readonly #reasons = new Set<IssuanceReason>();
  /** How many open offices each has directly below, as far as it was asked. */
  readonly #open = new Map<FacilityId, number>();

  constructor(
    private readonly register: FacilityRegister,
    statements: Iterable<Statement>,
  ) {
    for (const statement of statements) {
      const { facilityId, reason } = statement;
      this.#statements.set(`${facilityId} ${reason}`, statement);
      this.#reasons.add(reason);
      this.#connect(facilityId);
    }
  }

  /** Those that count for an office and all below it. */
  standing(facilityId: FacilityId): readonly Statement[] {
    // Most offices of the nation report nothing.
    if (!this.#below.has(facilityId)) return [];
    return [...this.#reasons].sort().flatMap((reason) => {
      return this.#standing(facilityId, reason, null).statements;
    });
  }

  /** @param after only what is as of a later day; null: all */
  #standing(facilityId: FacilityId, reason: IssuanceReason, after: string | null): Standing {
    const known = this.#statements.get(`${facilityId} ${reason}`);
    const own = known !== undefined && (after === null || known.asOf > after) ? known : null;
    const floor = own?.asOf ?? after;
    const below = this.#sumBelow(facilityId, reason, floor);
    if (own === null || below.isWhole || below.left > own.left) return below;
    return { statements: [own], left: own.left, isWhole: true };
  }

  #sumBelow(facilityId: FacilityId, reason: IssuanceReason, after: string | null): Standing {
    const below = this.#below.get(facilityId) ?? [];
    const parts = [...below].map((child) => this.#standing(child, reason, after));
    const whole = parts.filter(({ isWhole }) => isWhole).length;
    return {
      statements: parts.flatMap(({ statements }) => statements),
      left: parts.reduce((sum, { left }) => sum + left, 0),
      // Closed ones report nothing that counts, so those here are open.
      isWhole: whole > 0 && whole === this.#openBelow(facilityId),
    };
  }

  #openBelow(facilityId: FacilityId): number {
    const known = this.#open.get(facilityId);
    if (known !== undefined) return known;
    const open = this.register.children(facilityId).filter((child) => isFacilityOpen(child));
    this.#open.set(facilityId, open.length);
    return open.length;
  }

  #connect(facilityId: FacilityId): void {
    if (!this.#below.has(facilityId)) this.#below.set(facilityId, new Set());
    let child = facilityId;
    for (const { facilityId: above } of this.register.ancestors(facilityId)) {
      const known = this.#below.get(above) ?? new Set();
      if (known.has(child)) return;
      this.#below.set(above, known.add(child));
      child = above;
    }
  }
}

/** Of open offices of a region, by the reports as of `today` or before. */
export function latestStatements(
  database: ReadModelDatabase,
  register: FacilityRegister,
  { ranges, issued }: { readonly ranges: RegionRanges; readonly issued: IssuedSince },
  { within, today }: { readonly within: FacilityId; readonly today: string },
): readonly Statement[] {
  const region = ranges.of(within, 'facility');
  const rows = database.all(
    `SELECT facility, reason, as_of, waiting, deadline FROM demand_latest WHERE ${region.sql}`,
    ...region.values,
  );
  return rows.flatMap((latest): readonly Statement[] => {
    const row = String(latest.as_of) > today ? earlier(database, latest, today) : latest;
    const facilityId = String(latest.facility) as FacilityId;
    const facility = register.get(facilityId);
    if (row === undefined || facility === null || !isFacilityOpen(facility)) return [];
    const reason = String(row.reason) as IssuanceReason;
    const [asOf, stated] = [String(row.as_of), Number(row.waiting)];
    const served = issued.of(facilityId, reason, { after: asOf, until: today });
    const deadline = row.deadline === null ? null : String(row.deadline);
    return [{ facilityId, reason, asOf, deadline, stated, left: Math.max(0, stated - served) }];
  });
}

/** What an office said of a reason as of `today` or before. */
function earlier(
  database: ReadModelDatabase,
  { facility, reason }: Row,
  today: string,
): Row | undefined {
  return database.get(
    `SELECT reason, as_of, waiting, deadline FROM demand_stated
     WHERE facility = ? AND reason = ? AND as_of <= ? ORDER BY as_of DESC, position DESC LIMIT 1`,
    String(facility),
    String(reason),
    today,
  );
}

/** Two reports that are nearer to each other tell little of a rate. */
const LEAST_DAYS_BETWEEN = 7;

/**
 * How many came to wait a day between an office's statement of a reason and the latest that is a week
 * older or more: the change of who waits, and whoever was served meanwhile. Null where there is none.
 */
export function newPerDay(
  database: ReadModelDatabase,
  issued: IssuedSince,
  { facilityId, reason, asOf, stated }: Statement,
): number | null {
  const before = database.get(
    `SELECT as_of, waiting FROM demand_stated
     WHERE facility = ? AND reason = ? AND as_of <= ? ORDER BY as_of DESC, position DESC LIMIT 1`,
    facilityId,
    reason,
    dayPlus(asOf, -LEAST_DAYS_BETWEEN),
  );
  if (before === undefined) return null;
  const since = String(before.as_of);
  const served = issued.of(facilityId, reason, { after: since, until: asOf });
  const came = stated - Number(before.waiting) + served;
  return Math.max(0, came) / daysBetween(since, asOf);
}
