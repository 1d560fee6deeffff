import { assert } from '../assert.js';
import { assertInBounds } from './normal-form.js';
import { isBatchCode } from './serial-number.js';
import { type SerialRange } from './serial-range.js';

/**
 * A serial set in JSON, in the one normal form: batches in code unit order, none empty; in each the
 * ranges `[first, last]`, inclusive, ascending, and never touching. Equal sets have equal JSON.
 */
export type SerialSetJson = readonly {
  readonly batch: string;
  readonly ranges: readonly (readonly [number, number])[];
}[];

/**
 * The ranges that the JSON holds, which are then in normal form. O(n).
 *
 * @throws InvariantViolation unless the value is in the one normal form of {@link SerialSetJson}.
 */
export function rangesOfJson(json: unknown): readonly SerialRange[] {
  const ranges: SerialRange[] = [];
  assert(Array.isArray(json), 'a serial set in JSON is an array');
  for (const entry of json as readonly unknown[]) {
    readBatch(entry, ranges);
  }
  return ranges;
}

/** The normal form of ranges that are in it, as plain arrays. O(n). */
export function jsonOfRanges(ranges: Iterable<SerialRange>): SerialSetJson {
  const json: { readonly batch: string; readonly ranges: [number, number][] }[] = [];
  for (const { batch, first, last } of ranges) {
    const current = json.at(-1);
    if (current?.batch === batch) {
      current.ranges.push([first, last]);
    } else {
      json.push({ batch, ranges: [[first, last]] });
    }
  }
  return json;
}

/** Appends the ranges of one batch of a set in JSON to those of the batches before it. */
function readBatch(entry: unknown, ranges: SerialRange[]): void {
  assert(typeof entry === 'object' && entry !== null, 'a batch of a serial set is an object');
  const keys = Object.keys(entry).sort().join();
  assert(keys === 'batch,ranges', 'a batch of a serial set has a code and ranges, nothing else');
  const { batch, ranges: pairs } = entry as { readonly batch: unknown; readonly ranges: unknown };
  assert(typeof batch === 'string', 'a batch code is text');
  assert(isBatchCode(batch), 'a batch code is 1 to 16 of 0-9, A-Z and -');
  const batchBefore = ranges.at(-1)?.batch;
  assert(batchBefore === undefined || batchBefore < batch, 'the batches of a serial set ascend');
  assert(Array.isArray(pairs), 'the ranges of a batch are an array');
  assert(pairs.length > 0, 'a batch of a serial set is not empty');
  let lastBefore = -1;
  for (const pair of pairs as readonly unknown[]) {
    assert(Array.isArray(pair), 'a range in JSON is an array');
    assert(pair.length === 2, 'a range in JSON has a first and a last number');
    const [first, last] = pair as [number, number];
    const range = { batch, first, last };
    assertInBounds(range);
    assert(first > lastBefore + 1, 'the ranges of a batch ascend and never touch');
    ranges.push(range);
    lastBefore = last;
  }
}
