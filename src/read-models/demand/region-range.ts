import { CENTRAL_STORE, type FacilityId } from '../../custody/facilities/facility-code.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { Scope, type ScopeCondition } from '../scope.js';
import { RegionTree } from '../stock/region-tree.js';

/** Regions as conditions on a column of facilities or accounts, for many of them in one snapshot. */
export class RegionRanges {
  readonly #hasMoved: boolean;

  constructor(private readonly database: ReadModelDatabase) {
    this.#hasMoved = new RegionTree(database).changed().length > 0;
  }

  /**
   * Those at or below a facility. Where none was opened or moved since the register was published,
   * one stretch of the ids: all below begin with the id and a dot, which `/` follows.
   */
  of(facilityId: FacilityId, column: string): ScopeCondition {
    if (facilityId === CENTRAL_STORE) return { sql: '1', values: [] };
    if (this.#hasMoved) return new Scope(facilityId).condition(this.database, column);
    return { sql: `${column} >= ? AND ${column} < ?`, values: [facilityId, `${facilityId}/`] };
  }
}
