import { assert } from '../assert.js';
import { MAX_SERIAL_NUMBER } from './serial-number.js';
import { type SerialRange } from './serial-range.js';

/** How many serials the range holds. */
export function lengthOf(range: SerialRange): number {
  return range.last - range.first + 1;
}

/**
 * The ranges of any list in the one normal form: by batch and then by number, disjoint, and no two
 * touching. O(n) if they are sorted already, else O(n log n).
 *
 * @throws InvariantViolation when a range is out of bounds.
 */
export function normalise(ranges: Iterable<SerialRange>): readonly SerialRange[] {
  const sorted = [...ranges];
  sorted.forEach(assertInBounds);
  if (!isSorted(sorted)) {
    sorted.sort(compareRanges);
  }
  return mergeTouching(sorted);
}

/** @throws InvariantViolation unless 1 <= first <= last <= {@link MAX_SERIAL_NUMBER}. */
export function assertInBounds(range: SerialRange): void {
  const { first, last } = range;
  assert(Number.isInteger(first), 'the first number of a range is an integer');
  assert(Number.isInteger(last), 'the last number of a range is an integer');
  assert(first >= 1, 'serial numbers run from 1');
  assert(first <= last, 'the first number of a range is at most its last');
  assert(last <= MAX_SERIAL_NUMBER, 'serial numbers have at most nine digits');
}

/** By batch in code unit order, then by first number. */
export function compareRanges(one: SerialRange, other: SerialRange): number {
  if (one.batch !== other.batch) {
    return one.batch < other.batch ? -1 : 1;
  }
  return one.first - other.first;
}

function isSorted(ranges: readonly SerialRange[]): boolean {
  let previous: SerialRange | undefined;
  for (const range of ranges) {
    if (previous !== undefined && compareRanges(previous, range) > 0) {
      return false;
    }
    previous = range;
  }
  return true;
}

function mergeTouching(sorted: readonly SerialRange[]): readonly SerialRange[] {
  const merged: SerialRange[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous?.batch === range.batch && range.first <= previous.last + 1) {
      const last = Math.max(previous.last, range.last);
      merged[merged.length - 1] = { batch: range.batch, first: previous.first, last };
    } else {
      merged.push(range);
    }
  }
  return merged;
}
