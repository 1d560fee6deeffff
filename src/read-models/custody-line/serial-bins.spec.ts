import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_SERIAL_NUMBER } from '../../custody/serials/serial-number.js';
import { allBins, binOf, binsOf, binSpans } from './serial-bins.js';

const NUMBER = fc.integer({ min: 1, max: MAX_SERIAL_NUMBER });
/** Short ones are as likely as long ones. */
const RANGE = fc
  .tuple(NUMBER, fc.integer({ min: 0, max: 29 }), fc.nat())
  .map(([first, bits, more]) => ({
    first,
    last: Math.min(MAX_SERIAL_NUMBER, first + (more % 2 ** bits)),
  }));
const BATCH = fc.integer({ min: 0, max: 5_000 });

describe('the bins of ranges', () => {
  it('are found from any serial of the range, and from no other batch', () => {
    fc.assert(
      fc.property(BATCH, RANGE, fc.nat(), (batch, { first, last }, some) => {
        const bin = binOf(batch, first, last);
        expect(binsOf(batch, first + (some % (last - first + 1)))).toContain(bin);
        expect(binsOf(batch + 1, first)).not.toContain(bin);
        const { from, to } = allBins(batch);
        expect([bin >= from, bin <= to, Number.isSafeInteger(bin)]).toEqual([true, true, true]);
        expect(allBins(batch + 1).from).toBe(to + 1);
      }),
      { numRuns: 500 },
    );
  });

  it('are found from any range that shares a serial with it', () => {
    fc.assert(
      fc.property(RANGE, RANGE, (range, asked) => {
        const bin = binOf(3, range.first, range.last);
        const isFound = binSpans(3, asked.first, asked.last).some(
          ({ from, to }) => bin >= from && bin <= to,
        );
        const isShared = range.first <= asked.last && asked.first <= range.last;
        expect(isFound || !isShared).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('hold no range that a smaller block could hold', () => {
    fc.assert(
      fc.property(RANGE, ({ first, last }) => {
        const level = binsOf(0, first).indexOf(binOf(0, first, last));
        const blockAt = (number: number, size: number): number => Math.floor(number / size);
        expect(blockAt(first, 8 ** level)).toBe(blockAt(last, 8 ** level));
        if (level > 0)
          expect(blockAt(first, 8 ** (level - 1))).not.toBe(blockAt(last, 8 ** (level - 1)));
      }),
      { numRuns: 500 },
    );
  });
});
