import { accountParts, type AccountId } from '../../custody/account/account-id.js';
import {
  CENTRAL_STORE,
  parentCode,
  parseFacilityCode,
  type FacilityId,
} from '../../custody/facilities/facility-code.js';
import type { FacilityEvent } from '../../custody/facilities/facility-events.js';
import type { ReadModelDatabase } from '../read-model-database.js';

export const REGION_TABLE = {
  name: 'stock_parent',
  key: 'facility',
  ddl: `CREATE TABLE stock_parent (
  facility TEXT PRIMARY KEY,
  parent TEXT NOT NULL,
  effective_on TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
};

/**
 * Which regions an account counts in. It follows the log and not the register of this process, so
 * that the rows at a position depend on nothing but the log up to it: a published facility stands
 * where its code says, one that was opened or moved since where the table says.
 */
export class RegionTree {
  readonly #parents = new Map<string, FacilityId>();
  readonly #regions = new Map<AccountId, readonly string[]>();

  constructor(private readonly database: ReadModelDatabase) {
    for (const { facility, parent } of database.all('SELECT facility, parent FROM stock_parent'))
      this.#parents.set(String(facility), String(parent) as FacilityId);
  }

  /** Itself and all above it, nearest first. Batches and evidence count in the nation alone. */
  regionsOf(account: AccountId): readonly string[] {
    const known = this.#regions.get(account);
    if (known !== undefined) return known;
    const parts = accountParts(account);
    const regions = parts.kind === 'facility' ? this.#above(parts.facilityId) : [CENTRAL_STORE];
    this.#regions.set(account, regions);
    return regions;
  }

  /** Ids of those that the log tells of: opened or moved since the register was published. */
  changed(): readonly string[] {
    return [...this.#parents.keys()];
  }

  /** Takes an event of the register in. True when counts by region must be made anew. */
  take(event: FacilityEvent): boolean {
    if (event.type !== 'FacilityOpened' && event.type !== 'FacilityMoved') return false;
    const { facilityId, parent, effectiveOn } = event.data;
    // Of two moves the one that takes effect later counts, whichever was recorded first.
    this.database.run(
      `INSERT INTO stock_parent VALUES (?, ?, ?) ON CONFLICT (facility) DO UPDATE
       SET parent = excluded.parent, effective_on = excluded.effective_on
       WHERE excluded.effective_on >= stock_parent.effective_on`,
      facilityId,
      parent,
      effectiveOn,
    );
    const row = this.database.get('SELECT parent FROM stock_parent WHERE facility = ?', facilityId);
    this.#parents.set(facilityId, String(row?.parent) as FacilityId);
    this.#regions.clear();
    return true;
  }

  #above(facility: FacilityId): readonly string[] {
    const regions: FacilityId[] = [];
    let at: FacilityId | null = facility;
    while (at !== null) {
      regions.push(at);
      at = this.#parentOf(at);
    }
    return regions;
  }

  #parentOf(facility: FacilityId): FacilityId | null {
    const changed = this.#parents.get(facility);
    if (changed !== undefined) return changed;
    const code = parseFacilityCode(facility);
    // An id that is no code was opened by an event, so it is in the table.
    return code === null ? CENTRAL_STORE : (parentCode(code) as string | null as FacilityId | null);
  }
}
