import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { InvariantViolation } from '../assert.js';
import { type BatchCode } from './serial-number.js';
import { formatSerialRange, type SerialRange } from './serial-range.js';
import { SerialSet } from './serial-set.js';

/*
 * Every operation against a naive model, a set of texts with one entry for each serial number.
 * The numbers are few and close together, so that ranges overlap, touch and swallow each other.
 */
type Model = ReadonlySet<string>;

const BATCHES = ['A' as BatchCode, 'A-' as BatchCode, 'B' as BatchCode];
const LAST_NUMBER = 60;

const someRange: fc.Arbitrary<SerialRange> = fc
  .record({
    batch: fc.constantFrom(...BATCHES),
    first: fc.integer({ min: 1, max: LAST_NUMBER }),
    length: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ batch, first, length }) => ({
    batch,
    first,
    last: Math.min(first + length - 1, LAST_NUMBER),
  }));
const someRanges = fc.array(someRange, { maxLength: 40, size: 'max' });
const fewRanges = fc.array(someRange, { maxLength: 3 });
const operands = fc.oneof(
  fc.tuple(someRanges, someRanges),
  fc.tuple(someRanges, fewRanges),
  fc.tuple(fewRanges, someRanges),
);

function modelOf(ranges: readonly SerialRange[]): Model {
  const serials = new Set<string>();
  for (const { batch, first, last } of ranges) {
    for (let number = first; number <= last; number += 1) {
      serials.add(`${batch}/${number}`);
    }
  }
  return serials;
}

function either(one: Model, other: Model): Model {
  return new Set([...one, ...other]);
}

function both(one: Model, other: Model): Model {
  return new Set([...one].filter((serial) => other.has(serial)));
}

function without(one: Model, other: Model): Model {
  return new Set([...one].filter((serial) => !other.has(serial)));
}

/** Every serial of the set, by asking for each one that could be in it. */
function serialsOf(set: SerialSet): Model {
  const serials = new Set<string>();
  for (const batch of BATCHES) {
    for (let number = 0; number <= LAST_NUMBER + 1; number += 1) {
      if (set.has(batch, number)) {
        serials.add(`${batch}/${number}`);
      }
    }
  }
  return serials;
}

function expectNormalForm(set: SerialSet): void {
  let previous: SerialRange | undefined;
  let size = 0;
  let count = 0;
  for (const range of set.ranges()) {
    expect(range.first).toBeGreaterThanOrEqual(1);
    expect(range.first).toBeLessThanOrEqual(range.last);
    if (previous?.batch === range.batch) {
      expect(range.first).toBeGreaterThan(previous.last + 1);
    } else if (previous !== undefined) {
      expect(previous.batch < range.batch).toBe(true);
    }
    previous = range;
    size += range.last - range.first + 1;
    count += 1;
  }
  expect(set.size).toBe(size);
  expect(set.rangeCount).toBe(count);
  expect(set.isEmpty).toBe(size === 0);
}

function expectSet(set: SerialSet, model: Model): void {
  expectNormalForm(set);
  expect(serialsOf(set)).toEqual(model);
  expect(set.size).toBe(model.size);
}

describe('SerialSet, against a naive set of serial numbers', () => {
  it('union, intersect, subtract', () => {
    fc.assert(
      fc.property(operands, ([ones, others]) => {
        const [one, other] = [SerialSet.of(ones), SerialSet.of(others)];
        const [oneModel, otherModel] = [modelOf(ones), modelOf(others)];
        expectSet(one, oneModel);
        expectSet(one.union(other), either(oneModel, otherModel));
        expectSet(one.intersect(other), both(oneModel, otherModel));
        expectSet(one.subtract(other), without(oneModel, otherModel));
      }),
      propertyRuns(500),
    );
  });

  it('containsAll, intersects, equals', () => {
    fc.assert(
      fc.property(operands, ([ones, others]) => {
        const [one, other] = [SerialSet.of(ones), SerialSet.of(others)];
        const [oneModel, otherModel] = [modelOf(ones), modelOf(others)];
        const all = one.union(other);
        expect(one.containsAll(other)).toBe(without(otherModel, oneModel).size === 0);
        expect(all.containsAll(one) && all.containsAll(other)).toBe(true);
        expect(one.containsAll(all)).toBe(without(otherModel, oneModel).size === 0);
        expect(one.intersects(other)).toBe(both(oneModel, otherModel).size > 0);
        expect(one.intersects(one.subtract(other))).toBe(without(oneModel, otherModel).size > 0);
        expect(one.subtract(other).intersects(other)).toBe(false);
        const inOneOnly = without(oneModel, otherModel).size + without(otherModel, oneModel).size;
        expect(one.equals(other)).toBe(inOneOnly === 0);
        expect(one.subtract(other).union(one.intersect(other)).equals(one)).toBe(true);
      }),
      propertyRuns(500),
    );
  });

  it('plus and minus accept exactly what is disjoint, and what is contained', () => {
    fc.assert(
      fc.property(operands, ([ones, others]) => {
        const [one, other] = [SerialSet.of(ones), SerialSet.of(others)];
        const [oneModel, otherModel] = [modelOf(ones), modelOf(others)];
        if (both(oneModel, otherModel).size === 0) {
          expectSet(one.plus(other), either(oneModel, otherModel));
        } else {
          expect(() => one.plus(other)).toThrow(InvariantViolation);
        }
        if (without(otherModel, oneModel).size === 0) {
          expectSet(one.minus(other), without(oneModel, otherModel));
        } else {
          expect(() => one.minus(other)).toThrow(InvariantViolation);
        }
        const apart = other.subtract(one);
        expect(one.plus(apart).minus(apart).equals(one)).toBe(true);
      }),
      propertyRuns(500),
    );
  });

  it('batches, ofBatch, firstRanges', () => {
    fc.assert(
      fc.property(someRanges, fc.nat({ max: 12 }), (ranges, limit) => {
        const set = SerialSet.of(ranges);
        const present = BATCHES.filter((batch) => ranges.some((range) => range.batch === batch));
        expect(set.batches()).toEqual(present);
        for (const batch of BATCHES) {
          expectSet(set.ofBatch(batch), modelOf(ranges.filter((range) => range.batch === batch)));
        }
        expect(set.firstRanges(limit)).toEqual([...set.ranges()].slice(0, limit));
      }),
      propertyRuns(),
    );
  });

  it('has one normal form, however it was made', () => {
    const madeAndShuffled = someRanges.chain((ranges) =>
      fc.tuple(
        fc.constant(ranges),
        fc.shuffledSubarray(ranges, { minLength: ranges.length, maxLength: ranges.length }),
        someRange,
      ),
    );
    fc.assert(
      fc.property(madeAndShuffled, ([ranges, shuffled, extra]) => {
        const atOnce = SerialSet.of(ranges);
        const oneByOne = shuffled.reduce(
          (set, range) => set.union(SerialSet.of([range])),
          SerialSet.empty,
        );
        const thereAndBack = oneByOne
          .union(SerialSet.of([extra]))
          .subtract(SerialSet.of([extra]))
          .union(atOnce.intersect(SerialSet.of([extra])));
        for (const set of [oneByOne, thereAndBack]) {
          expect(set.equals(atOnce)).toBe(true);
          expect(JSON.stringify(set.toJson())).toBe(JSON.stringify(atOnce.toJson()));
          expect(set.format()).toEqual(atOnce.format());
        }
      }),
      propertyRuns(500),
    );
  });

  it('comes back from JSON and from text', () => {
    fc.assert(
      fc.property(someRanges, (ranges) => {
        const set = SerialSet.of(ranges);
        const stored = JSON.parse(JSON.stringify(set.toJson())) as ReturnType<SerialSet['toJson']>;
        expect(SerialSet.fromJson(stored).equals(set)).toBe(true);
        const parsed = SerialSet.parse(set.format());
        expect(parsed.ok && parsed.value.equals(set)).toBe(true);
      }),
      propertyRuns(),
    );
  });

  it('parse refuses at the first range that shares a serial with one before it', () => {
    fc.assert(
      fc.property(fc.array(someRange, { maxLength: 8 }), (ranges) => {
        const at = ranges.findIndex(
          (range, index) => both(modelOf([range]), modelOf(ranges.slice(0, index))).size > 0,
        );
        const parsed = SerialSet.parse(ranges.map(formatSerialRange));
        if (at === -1) {
          expect(parsed.ok && serialsOf(parsed.value)).toEqual(modelOf(ranges));
        } else {
          expect(parsed).toMatchObject({ ok: false, error: { code: 'overlapping_ranges', at } });
        }
      }),
      propertyRuns(500),
    );
  });

  it('leaves every older version as it was', () => {
    const someStep = fc.record({
      operation: fc.constantFrom('union', 'intersect', 'subtract'),
      ranges: fewRanges,
    });
    fc.assert(
      fc.property(someRanges, fc.array(someStep, { maxLength: 15 }), (ranges, steps) => {
        let set = SerialSet.of(ranges);
        const versions = [{ set, json: JSON.stringify(set.toJson()) }];
        for (const { operation, ranges: operand } of steps) {
          set = set[operation](SerialSet.of(operand));
          versions.push({ set, json: JSON.stringify(set.toJson()) });
        }
        for (const version of versions) {
          expect(JSON.stringify(version.set.toJson())).toBe(version.json);
        }
      }),
      propertyRuns(),
    );
  });
});
