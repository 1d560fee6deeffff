import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '../assert.js';
import { type BatchCode, MAX_SERIAL_NUMBER } from './serial-number.js';
import { MAX_RANGES_PER_EVENT } from './serial-range.js';
import { SerialSet, type SerialSetJson } from './serial-set.js';

const batchA = '2017-A' as BatchCode;
const batchB = '2017-B' as BatchCode;

function setOf(...texts: readonly string[]): SerialSet {
  const parsed = SerialSet.parse(texts);
  if (!parsed.ok) {
    throw new Error(parsed.error.message);
  }
  return parsed.value;
}

describe('SerialSet.parse', () => {
  it('merges adjacent ranges and sorts by batch, then by number', () => {
    const set = setOf('2017-B/5', '2017-A/11..20', '2017-A/1..10', '2017-A/22');
    expect(set.format()).toEqual(['2017-A/1..20', '2017-A/22', '2017-B/5']);
    expect(set.size).toBe(22);
    expect(set.rangeCount).toBe(3);
  });

  it('gives the empty set for no texts', () => {
    expect(setOf()).toBe(SerialSet.empty);
  });

  it.each([
    ['malformed', ['2017-A/1', '2017-A/x'], 'serial_malformed', 1],
    ['reversed', ['2017-A/1', '2017-A/2', '2017-A/9..8'], 'range_reversed', 2],
    ['outside', ['2017-A/0'], 'range_outside_batch', 0],
    ['equal to one before', ['2017-A/1', '2017-B/1', '2017-A/1'], 'overlapping_ranges', 2],
    ['overlapping one before by one', ['2017-A/5..9', '2017-A/1..5'], 'overlapping_ranges', 1],
    ['inside one before', ['2017-A/1..9', '2017-A/4'], 'overlapping_ranges', 1],
    ['around one before', ['2017-A/4', '2017-A/1..9'], 'overlapping_ranges', 1],
    ['overlapping, before a malformed one', ['2017-A/1', '2017-A/1', 'x'], 'overlapping_ranges', 1],
    ['malformed, before an overlap', ['2017-A/1', 'x', '2017-A/1'], 'serial_malformed', 1],
    [
      'the first of two overlaps in the list, not in number order',
      ['2017-A/50', '2017-A/1', '2017-A/50', '2017-A/1'],
      'overlapping_ranges',
      2,
    ],
  ])('refuses an item that is %s, with its index', (_why, texts, code, at) => {
    expect(SerialSet.parse(texts)).toMatchObject({ ok: false, error: { code, at } });
  });

  it('does not take the same number of two batches for an overlap', () => {
    expect(setOf('2017-A/1..5', '2017-B/1..5').size).toBe(10);
  });

  it('accepts as many ranges as an event may hold, and refuses one more', () => {
    const texts = Array.from({ length: MAX_RANGES_PER_EVENT }, (_, at) => `2017-A/${at * 2 + 1}`);
    expect(setOf(...texts).rangeCount).toBe(MAX_RANGES_PER_EVENT);
    expect(SerialSet.parse(['x', ...texts])).toMatchObject({
      ok: false,
      error: { code: 'too_many_ranges', at: MAX_RANGES_PER_EVENT },
    });
  });
});

describe('SerialSet.of', () => {
  it('merges ranges that overlap, in any order', () => {
    const set = SerialSet.of([
      { batch: batchA, first: 8, last: 12 },
      { batch: batchB, first: 1, last: 1 },
      { batch: batchA, first: 1, last: 9 },
      { batch: batchA, first: 2, last: 3 },
    ]);
    expect(set.format()).toEqual(['2017-A/1..12', '2017-B/1']);
  });

  it.each([
    ['zero', 0, 1],
    ['reversed', 2, 1],
    ['beyond the last number', 1, MAX_SERIAL_NUMBER + 1],
    ['not an integer', 1, 1.5],
    ['not a number', NaN, 1],
    ['infinite', 1, Infinity],
  ])('asserts that no range is %s', (_why, first, last) => {
    expect(() => SerialSet.of([{ batch: batchA, first, last }])).toThrow(InvariantViolation);
  });
});

describe('SerialSet.fromJson', () => {
  it('reads the normal form', () => {
    const json: SerialSetJson = [
      {
        batch: '2017-A',
        ranges: [
          [1, 5],
          [7, 7],
        ],
      },
      { batch: '2017-B', ranges: [[1, MAX_SERIAL_NUMBER]] },
    ];
    const set = SerialSet.fromJson(json);
    expect(set.format()).toEqual(['2017-A/1..5', '2017-A/7', '2017-B/1..999999999']);
    expect(set.toJson()).toEqual(json);
    expect(SerialSet.fromJson([])).toBe(SerialSet.empty);
  });

  it.each<[string, unknown]>([
    ['no array', {}],
    ['null', null],
    ['a batch that is null', [null]],
    ['a batch that is text', ['2017-A/1']],
    ['a batch without ranges', [{ batch: 'A' }]],
    ['a batch of no ranges', [{ batch: 'A', ranges: [] }]],
    ['an unknown field', [{ batch: 'A', ranges: [[1, 1]], count: 1 }]],
    ['a batch code that is a number', [{ batch: 1, ranges: [[1, 1]] }]],
    ['a malformed batch code', [{ batch: 'a', ranges: [[1, 1]] }]],
    ['ranges that are text', [{ batch: 'A', ranges: '1..5' }]],
    ['a range that is a number', [{ batch: 'A', ranges: [1] }]],
    ['a range of one number', [{ batch: 'A', ranges: [[1]] }]],
    ['a range of three numbers', [{ batch: 'A', ranges: [[1, 2, 3]] }]],
    ['numbers as text', [{ batch: 'A', ranges: [['1', '2']] }]],
    ['a fraction', [{ batch: 'A', ranges: [[1, 1.5]] }]],
    ['zero', [{ batch: 'A', ranges: [[0, 1]] }]],
    ['a number out of bounds', [{ batch: 'A', ranges: [[1, MAX_SERIAL_NUMBER + 1]] }]],
    ['a reversed range', [{ batch: 'A', ranges: [[2, 1]] }]],
    [
      'overlapping ranges',
      [
        {
          batch: 'A',
          ranges: [
            [1, 5],
            [5, 6],
          ],
        },
      ],
    ],
    [
      'adjacent ranges',
      [
        {
          batch: 'A',
          ranges: [
            [1, 5],
            [6, 6],
          ],
        },
      ],
    ],
    [
      'unsorted ranges',
      [
        {
          batch: 'A',
          ranges: [
            [5, 5],
            [1, 1],
          ],
        },
      ],
    ],
    [
      'unsorted batches',
      [
        { batch: 'B', ranges: [[1, 1]] },
        { batch: 'A', ranges: [[1, 1]] },
      ],
    ],
    [
      'a batch twice',
      [
        { batch: 'A', ranges: [[1, 1]] },
        { batch: 'A', ranges: [[3, 3]] },
      ],
    ],
  ])('throws at %s', (_why, json) => {
    expect(() => SerialSet.fromJson(json as SerialSetJson)).toThrow(InvariantViolation);
  });
});

describe('a set', () => {
  it('knows its serials at the ends of ranges and of batches', () => {
    const set = setOf('2017-A/5..7', '2017-B/1..999999999');
    expect([4, 5, 7, 8].map((number) => set.has(batchA, number))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(set.has(batchB, 1)).toBe(true);
    expect(set.has(batchB, MAX_SERIAL_NUMBER)).toBe(true);
    expect(set.has(batchB, 0)).toBe(false);
    expect(set.has('2017-C' as BatchCode, 1)).toBe(false);
  });

  it('counts exactly beyond 2^32', () => {
    const texts = Array.from({ length: 20 }, (_, at) => `2017-${at + 10}/1..999999999`);
    expect(setOf(...texts).size).toBe(20 * MAX_SERIAL_NUMBER);
  });

  it('names its batches in order, and gives the part of each', () => {
    const set = setOf('B/1..3', 'A/1', 'B/9', 'C/999999999');
    expect(set.batches()).toEqual(['A', 'B', 'C']);
    expect(set.ofBatch('B' as BatchCode).format()).toEqual(['B/1..3', 'B/9']);
    expect(set.ofBatch('AA' as BatchCode)).toBe(SerialSet.empty);
    expect(SerialSet.empty.batches()).toEqual([]);
  });

  it('gives its first ranges', () => {
    const set = setOf('A/1..3', 'A/5', 'B/9');
    expect(set.firstRanges(2)).toEqual([
      { batch: 'A', first: 1, last: 3 },
      { batch: 'A', first: 5, last: 5 },
    ]);
    expect(set.firstRanges(0)).toEqual([]);
    expect(set.firstRanges(20)).toHaveLength(3);
  });

  it('never joins the ranges of two batches, though their numbers follow on', () => {
    const after = setOf('A/1', 'B/6').union(setOf('A/1', 'A/5'));
    expect(after.format()).toEqual(['A/1', 'A/5', 'B/6']);
    const before = setOf('A/1', 'C/1').union(setOf('A/8', 'B/9'));
    expect(before.format()).toEqual(['A/1', 'A/8', 'B/9', 'C/1']);
  });

  it('differs from a set with as many serials in as many ranges', () => {
    expect(setOf('A/1..2', 'A/5').equals(setOf('A/1', 'A/5..6'))).toBe(false);
    expect(setOf('A/1..2', 'A/5').equals(setOf('A/1..2', 'A/6'))).toBe(false);
    expect(setOf('A/1..2', 'A/5').equals(setOf('A/1..2', 'B/5'))).toBe(false);
  });

  it('is the very same set after an operation that changes nothing', () => {
    const set = setOf('2017-A/1..5', '2017-A/8..9', '2017-B/1');
    expect(set.union(SerialSet.empty)).toBe(set);
    expect(set.union(setOf('2017-A/2..4'))).toBe(set);
    expect(set.subtract(setOf('2017-A/6'))).toBe(set);
    expect(set.intersect(setOf('2017-A/1..9', '2017-B/1..9')).equals(set)).toBe(true);
    expect(set.subtract(set)).toBe(SerialSet.empty);
  });
});

describe('plus and minus', () => {
  const held = setOf('2017-A/1..5', '2017-B/1');

  it('add what is not there and take what is', () => {
    expect(held.plus(setOf('2017-A/6..7')).format()).toEqual(['2017-A/1..7', '2017-B/1']);
    expect(held.minus(setOf('2017-A/2..4')).format()).toEqual(['2017-A/1', '2017-A/5', '2017-B/1']);
  });

  it.each(['2017-A/5..6', '2017-B/1', '2017-A/1..5'])('plus refuses to add %s twice', (text) => {
    expect(() => held.plus(setOf(text))).toThrow(InvariantViolation);
  });

  it.each(['2017-A/5..6', '2017-B/2', '2017-C/1'])('minus refuses to take %s', (text) => {
    expect(() => held.minus(setOf(text))).toThrow(InvariantViolation);
  });
});
