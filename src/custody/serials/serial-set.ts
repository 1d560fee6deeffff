import { assert } from '../assert.js';
import { compareRanges, lengthOf, normalise } from './normal-form.js';
import {
  fromSorted,
  leftmost,
  rangeAt,
  rangeCount,
  rangeFrom,
  rangesInOrder,
  type RangeTree,
  serialCount,
  within,
} from './range-tree.js';
import {
  containsAll,
  difference,
  intersection,
  intersects,
  union,
  withRange,
} from './range-tree-algebra.js';
import { type BatchCode, MAX_SERIAL_NUMBER, type Parsed, refuse } from './serial-number.js';
import {
  formatSerialRange,
  MAX_RANGES_PER_EVENT,
  parseSerialRange,
  type SerialRange,
} from './serial-range.js';
import { jsonOfRanges, rangesOfJson, type SerialSetJson } from './serial-set-json.js';

export type { SerialSetJson } from './serial-set-json.js';

/**
 * A set of serial numbers of any batches, held as ranges. Immutable: an operation gives a new set
 * that shares structure with the old one, which stays valid. Compare with {@link equals} or by
 * {@link toJson}: equal sets may be built differently inside.
 *
 * Costs are in ranges, never in serials: n in the larger set, k in the smaller one together with
 * those it touches. docs/decisions/0001-serial-sets-are-persistent-trees.md says why.
 */
export class SerialSet {
  static readonly empty: SerialSet = new SerialSet(null);

  private constructor(private readonly root: RangeTree) {}

  /** The serials of all the ranges, which may overlap. O(n) if they are sorted, else O(n log n). */
  static of(ranges: Iterable<SerialRange>): SerialSet {
    return SerialSet.fromTree(fromSorted(normalise(ranges)));
  }

  /**
   * Reads back what {@link toJson} wrote. O(n).
   *
   * @throws InvariantViolation unless the value is in the one normal form of {@link SerialSetJson}.
   */
  static fromJson(json: SerialSetJson): SerialSet {
    return SerialSet.fromTree(fromSorted(rangesOfJson(json)));
  }

  /**
   * Reads text ranges in any order, of which no two may overlap; adjacent ones become one.
   * Refusals: `too_many_ranges` (before any text is read; `at` is the first index too many), then
   * for the first item that is at fault the refusals of {@link parseSerialRange}, or
   * `overlapping_ranges` if it shares a serial with an item before it. O(n log n).
   */
  static parse(texts: readonly string[]): Parsed<SerialSet> {
    if (texts.length > MAX_RANGES_PER_EVENT) {
      const message = `at most ${MAX_RANGES_PER_EVENT} ranges can be named at once`;
      return refuse('too_many_ranges', message, MAX_RANGES_PER_EVENT);
    }
    const ranges: SerialRange[] = [];
    for (const [at, text] of texts.entries()) {
      const parsed = parseSerialRange(text);
      if (!parsed.ok) {
        const overlapAt = firstOverlap(ranges);
        return overlapAt === undefined
          ? refuse(parsed.error.code, parsed.error.message, at)
          : refuseOverlap(overlapAt);
      }
      ranges.push(parsed.value);
    }
    const set = SerialSet.of(ranges);
    const named = ranges.reduce((serials, range) => serials + lengthOf(range), 0);
    const overlapAt = set.size === named ? undefined : firstOverlap(ranges);
    return overlapAt === undefined ? { ok: true, value: set } : refuseOverlap(overlapAt);
  }

  /** How many serial numbers the set holds. O(1). */
  get size(): number {
    return serialCount(this.root);
  }

  /** How many ranges the normal form has. O(1). */
  get rangeCount(): number {
    return rangeCount(this.root);
  }

  get isEmpty(): boolean {
    return this.root === null;
  }

  /** O(log n). */
  has(batch: BatchCode, number: number): boolean {
    return rangeAt(this.root, batch, number) !== null;
  }

  /** Whether every serial of the other set is in this one. O(k log n). */
  containsAll(other: SerialSet): boolean {
    return containsAll(this.root, other.root);
  }

  /** Whether the sets share a serial. O(k log n). */
  intersects(other: SerialSet): boolean {
    return intersects(this.root, other.root);
  }

  /** Whether the sets hold the same serials. O(n); O(1) when their sizes differ. */
  equals(other: SerialSet): boolean {
    if (this.root === other.root) {
      return true;
    }
    if (this.size !== other.size || this.rangeCount !== other.rangeCount) {
      return false;
    }
    const others = rangesInOrder(other.root);
    for (const range of rangesInOrder(this.root)) {
      const counterpart = others.next().value;
      if (!counterpart || compareRanges(range, counterpart) !== 0) {
        return false;
      }
      if (range.last !== counterpart.last) {
        return false;
      }
    }
    return true;
  }

  /** The serials of either set. O(k log n). */
  union(other: SerialSet): SerialSet {
    return this.with(union(this.root, other.root));
  }

  /** The serials of both sets. O(k log n). */
  intersect(other: SerialSet): SerialSet {
    return this.with(intersection(this.root, other.root));
  }

  /** The serials of this set that are not in the other. O(k log n). */
  subtract(other: SerialSet): SerialSet {
    return this.with(difference(this.root, other.root));
  }

  /**
   * As {@link union}, of sets that share nothing. O(k log n).
   *
   * @throws InvariantViolation when they share a serial.
   */
  plus(other: SerialSet): SerialSet {
    const sum = this.union(other);
    assert(
      sum.size === this.size + other.size,
      'serials are added to a set that holds some already',
    );
    return sum;
  }

  /**
   * As {@link subtract}, of a set that is contained in this one. O(k log n).
   *
   * @throws InvariantViolation when the other set holds a serial that this one does not.
   */
  minus(other: SerialSet): SerialSet {
    const rest = this.subtract(other);
    assert(
      rest.size === this.size - other.size,
      'serials are taken from a set that does not hold all of them',
    );
    return rest;
  }

  /** The ranges of the normal form, in order. */
  ranges(): IterableIterator<SerialRange> {
    return rangesInOrder(this.root);
  }

  /** The batches that the set has serials of, in order. O(log n) each. */
  batches(): readonly BatchCode[] {
    const batches: BatchCode[] = [];
    let next = this.root === null ? null : leftmost(this.root);
    while (next !== null) {
      batches.push(next.batch);
      next = rangeFrom(this.root, next.batch, MAX_SERIAL_NUMBER + 1);
    }
    return batches;
  }

  /** The serials of one batch. O(log n). */
  ofBatch(batch: BatchCode): SerialSet {
    return this.with(within(this.root, { batch, first: 1, last: MAX_SERIAL_NUMBER }));
  }

  /** The first ranges in order, at most `limit` of them. O(log n + limit). */
  firstRanges(limit: number): readonly SerialRange[] {
    const ranges: SerialRange[] = [];
    for (const range of rangesInOrder(this.root)) {
      if (ranges.length >= limit) {
        break;
      }
      ranges.push(range);
    }
    return ranges;
  }

  /** The normal form as plain arrays. O(n). */
  toJson(): SerialSetJson {
    return jsonOfRanges(this.ranges());
  }

  /** The normal form as text ranges, which {@link parse} reads. O(n). */
  format(): readonly string[] {
    return Array.from(rangesInOrder(this.root), formatSerialRange);
  }

  private static fromTree(root: RangeTree): SerialSet {
    return root === null ? SerialSet.empty : new SerialSet(root);
  }

  private with(root: RangeTree): SerialSet {
    return root === this.root ? this : SerialSet.fromTree(root);
  }
}

/** The index of the first range that overlaps one before it. O(n log n). */
function firstOverlap(ranges: readonly SerialRange[]): number | undefined {
  let seen: RangeTree = null;
  for (const [at, range] of ranges.entries()) {
    const before = serialCount(seen);
    seen = withRange(seen, range);
    if (seen.serials !== before + lengthOf(range)) {
      return at;
    }
  }
  return undefined;
}

function refuseOverlap(at: number): ReturnType<typeof refuse> {
  return refuse('overlapping_ranges', 'the range shares a serial with one before it', at);
}
