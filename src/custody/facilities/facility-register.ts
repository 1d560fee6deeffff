import { assert, assertNever } from '../assert.js';
import {
  CENTRAL_STORE_CODE,
  type FacilityCode,
  type FacilityId,
  type Level,
  facilityIdOf,
  levelOf,
  parentCode,
} from './facility-code.js';
import {
  type FacilityClosed,
  type FacilityEvent,
  type FacilityOpened,
  type RegisterPublished,
} from './facility-events.js';
import {
  type CalendarDate,
  type Facility,
  type FacilityChange,
  attributesAsOf,
  isFacilityOpen,
  withChange,
} from './facility.js';
import { FacilityTree } from './facility-tree.js';
import { FacilitySearch, type FacilityMatch, pathOf } from './facility-search.js';
import { type PublishedRegister } from './published-register.js';

/**
 * The log was begun with another edition of the published register than this program has: every
 * answer about facilities would be wrong, so the program must not go on.
 */
export class RegisterMismatch extends Error {
  override readonly name = 'RegisterMismatch';
}

const UNTOUCHED = { closedAt: null, successor: null, history: null } as const;

/** A published facility: the code is also the id, and stood before this register did. */
function asPublished(code: FacilityCode, name: string): Facility {
  const facilityId = facilityIdOf(code, 1);
  const above = parentCode(code);
  const parent = above === null ? null : facilityIdOf(above, 1);
  return { facilityId, code, name, level: levelOf(code), parent, openedAt: null, ...UNTOUCHED };
}

/**
 * All offices of the nation and their history. It is folded from `register-facilities` alone, yet
 * kept in place: about 91,600 facilities are too many to copy for each event. Whoever seeds it owns
 * it and alone may call {@link apply}; facilities handed out never change. Look-ups by id are O(1).
 */
export class FacilityRegister {
  /** What it was seeded with. */
  readonly published: Omit<PublishedRegister, 'facilities'>;
  readonly #tree = new FacilityTree();
  /** Who came to bear a code besides the facility whose id is that code; in order of coming. */
  readonly #laterBearers = new Map<FacilityCode, FacilityId[]>();
  #isPublished = false;
  #search: FacilitySearch | null = null;

  private constructor(published: PublishedRegister) {
    const { facilities, ...rest } = published;
    this.published = rest;
    const { codes, names } = facilities;
    assert(codes.length === names.length, 'every published code has a name');
    assert(codes[0] === CENTRAL_STORE_CODE, 'the register begins with the central store');
    this.#tree.addInOrder(codes.map((code, index) => asPublished(code, names[index] ?? '')));
  }

  /** The register as published, before the first event. O(n), about 0.1 s for the nation. */
  static seed(published: PublishedRegister): FacilityRegister {
    return new FacilityRegister(published);
  }

  /** Whether the first event, RegisterPublished, has been applied. */
  get isPublished(): boolean {
    return this.#isPublished;
  }

  /** How many facilities there are, closed ones included. */
  get size(): number {
    return this.#tree.size;
  }

  /**
   * Takes one recorded event in.
   * @throws {RegisterMismatch} the event names another published register than the seed
   * @throws {InvariantViolation} the event cannot follow from the log up to here
   */
  apply(event: FacilityEvent): void {
    if (event.type !== 'RegisterPublished') {
      assert(this.#isPublished, 'the first event of the register is RegisterPublished');
    }
    this.#search = null;
    switch (event.type) {
      case 'RegisterPublished':
        this.#publish(event);
        return;
      case 'FacilityOpened':
        this.#open(event);
        return;
      case 'FacilityClosed':
        this.#close(event);
        return;
      case 'FacilityRenamed': {
        const { facilityId, name, effectiveOn } = event.data;
        this.#change(facilityId, { effectiveOn, name });
        return;
      }
      case 'FacilityRenumbered': {
        const { facilityId, code, effectiveOn } = event.data;
        this.#change(facilityId, { effectiveOn, code });
        this.#bear(code, facilityId);
        return;
      }
      case 'FacilityMoved': {
        const { facilityId, parent, effectiveOn } = event.data;
        this.#change(facilityId, { effectiveOn, parent });
        return;
      }
      default:
        assertNever(event);
    }
  }

  get(id: FacilityId): Facility | null {
    return this.#tree.get(id);
  }

  /**
   * Who bears a code now, or bore it at the end of `asOf`: an open facility before a closed one,
   * and of closed ones the one that closed last. Null when nobody does.
   */
  byCode(code: FacilityCode, asOf?: CalendarDate): Facility | null {
    const bearing = this.bearersOf(code).filter((it) =>
      asOf === undefined
        ? it.code === code
        : attributesAsOf(it, asOf).code === code && (it.openedAt === null || it.openedAt <= asOf),
    );
    const open = bearing.findLast((it) => isFacilityOpen(it, asOf));
    if (open !== undefined) return open;
    const [last] = bearing.sort((a, b) => ((a.closedAt ?? '') < (b.closedAt ?? '') ? 1 : -1));
    return last ?? null;
  }

  /** Everyone who ever bore a code, in order of coming to it. */
  bearersOf(code: FacilityCode): Facility[] {
    const first = this.get(facilityIdOf(code, 1));
    const later = (this.#laterBearers.get(code) ?? []).map((id) => this.#tree.known(id));
    return first === null ? later : [first, ...later];
  }

  /** Those directly below, closed ones included, in code order. */
  children(id: FacilityId): readonly Facility[] {
    return this.#tree.children(id).map((child) => this.#tree.known(child));
  }

  /** Those above, nearest first, ending with the central store. At most four. */
  ancestors(id: FacilityId): readonly Facility[] {
    return this.#tree.ancestors(id);
  }

  /** Whether `id` is `ancestorId` or stands below it. False when it is unknown. */
  isWithin(id: FacilityId, ancestorId: FacilityId): boolean {
    return this.#tree.isWithin(id, ancestorId);
  }

  /** The facility and all below it, closed ones included: parents first, siblings in code order. */
  within(id: FacilityId): readonly Facility[] {
    return this.#tree.within(id);
  }

  /**
   * Whether the facility exists and was open on `date`; without a date, whether no closing of it is
   * on record, even one that takes effect later.
   */
  isOpen(id: FacilityId, date?: CalendarDate): boolean {
    const facility = this.get(id);
    return facility !== null && isFacilityOpen(facility, date);
  }

  /** The facility itself if it is open, or else the first open one along its successors. */
  inChargeOf(id: FacilityId): Facility | null {
    let facility = this.get(id);
    // A successor was open when it was named, so this chain has no cycle.
    while (facility?.successor != null) facility = this.get(facility.successor);
    return facility;
  }

  /** Open facilities by level. O(n). */
  countByLevel(): Readonly<Record<Level, number>> {
    const counts: Record<Level, number> = {
      nation: 0,
      province: 0,
      regency: 0,
      district: 0,
      village: 0,
    };
    for (const facility of this.#tree.all()) {
      if (facility.closedAt === null) counts[facility.level] += 1;
    }
    return counts;
  }

  /** The names from the facility up: `Sidomulyo, Kec. Deket, Kab. Lamongan, Prov. Jawa Timur`. */
  pathOf(id: FacilityId): string {
    const facility = this.get(id);
    return facility === null ? '' : pathOf(facility, this.ancestors(id));
  }

  /**
   * Facilities by name or code, present or former, closed ones included. Every word must occur in
   * the facility's own name or code or in those above it, at least one in its own; words may come
   * in any order and case. Exact names first, then beginnings, then the rest; then higher levels;
   * then code order. `limit` is held to 1..100. O(n), a few milliseconds for the nation.
   */
  search(text: string, limit: number): readonly FacilityMatch[] {
    this.#search ??= new FacilitySearch(this.#tree);
    return this.#search.find(text, limit);
  }

  #publish(event: RegisterPublished): void {
    assert(!this.#isPublished, 'the register is published once');
    const { source, version, sha256 } = event.data;
    if (sha256 !== this.published.sha256) {
      throw new RegisterMismatch(
        `the log begins with ${source} ${version} (${sha256}), ` +
          `this program has ${this.published.source} ${this.published.version} (${this.published.sha256})`,
      );
    }
    this.#isPublished = true;
  }

  #open(event: FacilityOpened): void {
    const { facilityId, code, name, level, parent, effectiveOn } = event.data;
    assert(this.get(facilityId) === null, 'a facility opens once');
    const born = { facilityId, code, name, level, parent, openedAt: effectiveOn };
    this.#tree.put({ ...born, ...UNTOUCHED });
    this.#bear(code, facilityId);
  }

  #close(event: FacilityClosed): void {
    const { facilityId, successor, effectiveOn } = event.data;
    const facility = this.#tree.known(facilityId);
    assert(facility.closedAt === null, 'a facility closes once');
    assert(this.isOpen(successor), 'the successor of a facility is open when it is named');
    assert(successor !== facilityId, 'a facility does not succeed itself');
    this.#tree.put({ ...facility, closedAt: effectiveOn, successor });
  }

  #change(facilityId: FacilityId, change: FacilityChange): void {
    this.#tree.put(withChange(this.#tree.known(facilityId), change));
  }

  #bear(code: FacilityCode, facilityId: FacilityId): void {
    if (this.bearersOf(code).some((it) => it.facilityId === facilityId)) return;
    this.#laterBearers.set(code, [...(this.#laterBearers.get(code) ?? []), facilityId]);
  }
}

/** Folds one event into a register, which the caller owns and which is changed in place. */
export function evolve(register: FacilityRegister, event: FacilityEvent): FacilityRegister {
  register.apply(event);
  return register;
}
