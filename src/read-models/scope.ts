import { facilityOf, type AccountId } from '../custody/account/account-id.js';
import {
  CENTRAL_STORE,
  parseFacilityId,
  type FacilityId,
} from '../custody/facilities/facility-code.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { ReadModelDatabase } from './read-model-database.js';
import { RegionTree } from './stock/region-tree.js';

/** A condition on one column, to stand in a WHERE clause, and what its places hold. */
export interface ScopeCondition {
  readonly sql: string;
  readonly values: readonly string[];
}

/**
 * The region a questioner may see: a facility and all that stands below it today. Every question takes
 * one, so that whoever decides on authority need not rebuild any. Batches at their vendors and evidence
 * are seen by the nation alone. What lies outside is as if it were not there: null, or no row.
 */
export class Scope {
  static readonly nation = new Scope(CENTRAL_STORE);

  constructor(readonly facilityId: FacilityId) {}

  get isNation(): boolean {
    return this.facilityId === CENTRAL_STORE;
  }

  /** Whether an account is within the region, as the read models know the regions. */
  sees(database: ReadModelDatabase, account: AccountId): boolean {
    return this.isNation || new RegionTree(database).regionsOf(account).includes(this.facilityId);
  }

  /** The same as the register of this process has it: for what is asked of no read model. */
  seesIn(register: FacilityRegister, account: AccountId): boolean {
    if (this.isNation) return true;
    const facility = facilityOf(account);
    return facility !== null && register.isWithin(facility, this.facilityId);
  }

  /**
   * The same as a condition on a column of accounts. Ids of facilities keep the code of the region they
   * were opened in, so nearly all are told by how they begin; those that moved are named.
   */
  condition(database: ReadModelDatabase, column: string): ScopeCondition {
    if (this.isNation) return { sql: '1', values: [] };
    const regions = new RegionTree(database);
    const cases = this.#exceptions(regions).map(([id, isSeen]) => ({
      sql: `WHEN ${beginsWith(column)} THEN ${isSeen ? 1 : 0}`,
      values: bounds(id),
    }));
    const base = { sql: beginsWith(column), values: bounds(this.facilityId) };
    if (cases.length === 0) return base;
    return {
      sql: `(CASE ${cases.map(({ sql }) => sql).join(' ')} ELSE ${base.sql} END)`,
      values: [...cases.flatMap(({ values }) => values), ...base.values],
    };
  }

  /** Those of whom their id does not tell, the longest ids first: of two the deeper decides. */
  #exceptions(regions: RegionTree): readonly (readonly [string, boolean])[] {
    return regions
      .changed()
      .map((id) => [id, regions.regionsOf(id as AccountId).includes(this.facilityId)] as const)
      .sort(([a], [b]) => b.length - a.length);
  }
}

/** The region that a text names, or null. */
export function scopeOf(text: string): Scope | null {
  const facilityId = parseFacilityId(text);
  return facilityId === null ? null : new Scope(facilityId);
}

/** The facility itself, or one whose id begins with it and a dot; `/` follows on the dot. */
function beginsWith(column: string): string {
  return `(${column} = ? OR (${column} > ? AND ${column} < ?))`;
}

function bounds(id: string): readonly string[] {
  return [id, `${id}.`, `${id}/`];
}
