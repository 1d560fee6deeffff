import { assert } from '../assert.js';
import { type FacilityId } from './facility-code.js';
import { type Facility } from './facility.js';

/** Facilities by id, and who stands below whom. Changed in place; the register alone holds one. */
export class FacilityTree {
  readonly #facilities = new Map<FacilityId, Facility>();
  readonly #children = new Map<FacilityId, readonly FacilityId[]>();

  get size(): number {
    return this.#facilities.size;
  }

  get(id: FacilityId): Facility | null {
    return this.#facilities.get(id) ?? null;
  }

  /** @throws {InvariantViolation} there is none */
  known(id: FacilityId): Facility {
    const facility = this.#facilities.get(id);
    assert(facility !== undefined, `facility ${id} is in the register`);
    return facility;
  }

  all(): Iterable<Facility> {
    return this.#facilities.values();
  }

  children(id: FacilityId): readonly FacilityId[] {
    return this.#children.get(id) ?? [];
  }

  ancestors(id: FacilityId): readonly Facility[] {
    const above: Facility[] = [];
    let parent = this.get(id)?.parent ?? null;
    while (parent !== null) {
      const facility = this.known(parent);
      above.push(facility);
      parent = facility.parent;
    }
    return above;
  }

  isWithin(id: FacilityId, ancestorId: FacilityId): boolean {
    let at = this.get(id);
    while (at !== null && at.facilityId !== ancestorId) {
      at = at.parent === null ? null : this.get(at.parent);
    }
    return at !== null;
  }

  within(id: FacilityId): readonly Facility[] {
    const found: Facility[] = [];
    const visit = (facility: Facility): void => {
      found.push(facility);
      for (const child of this.children(facility.facilityId)) visit(this.known(child));
    };
    const top = this.get(id);
    if (top !== null) visit(top);
    return found;
  }

  /** Adds many at once: parents before children, siblings in code order. O(n). */
  addInOrder(facilities: Iterable<Facility>): void {
    const children = new Map<FacilityId, FacilityId[]>();
    for (const facility of facilities) {
      const { facilityId, parent } = facility;
      assert(!this.#facilities.has(facilityId), 'a facility stands once in the register');
      this.#facilities.set(facilityId, facility);
      if (parent === null) continue;
      assert(this.#facilities.has(parent), 'a parent comes before its children');
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [facilityId]);
      else siblings.push(facilityId);
    }
    for (const [parent, siblings] of children) this.#children.set(parent, siblings);
  }

  /** Adds a facility or puts a changed one in its place. O(siblings). */
  put(facility: Facility): void {
    const { facilityId, parent } = facility;
    const before = this.get(facilityId);
    this.#facilities.set(facilityId, facility);
    if (before !== null && before.parent !== null) {
      const rest = this.children(before.parent).filter((id) => id !== facilityId);
      this.#children.set(before.parent, rest);
    }
    if (parent === null) return;
    const siblings = [...this.children(this.known(parent).facilityId), facilityId];
    const keyOf = (id: FacilityId): string => `${this.known(id).code} ${id}`;
    this.#children.set(
      parent,
      siblings.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    );
  }
}
