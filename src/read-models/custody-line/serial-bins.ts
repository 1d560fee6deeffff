/*
 * An index of intervals in a B-tree. A range lies in the smallest of the blocks of 8^k serial numbers,
 * aligned, that contains it. Those that contain one serial are then in one block of each of the eleven
 * levels, and each range of a block crosses one of its seven inner boundaries: there are at most seven
 * times as many as one serial has entries, however many the batch has.
 */

const LEVELS = 11;
/** Of the bins of one batch: more than there are blocks of all levels. */
const BINS_PER_BATCH = 2 ** 31;

/** The first bin of each level; level 10 is one block of 8^10, more than a batch can hold. */
const FIRST_BINS: readonly number[] = Array.from({ length: LEVELS }, (_, level) => {
  // Before it stand the blocks of all coarser levels: 1 + 8 + 64 + …
  const coarser = LEVELS - 1 - level;
  return (8 ** coarser - 1) / 7;
});

function binAt(batch: number, level: number, number: number): number {
  return batch * BINS_PER_BATCH + (FIRST_BINS[level] ?? 0) + (number >>> (3 * level));
}

/** Where a range is kept. @param batch the number of its batch */
export function binOf(batch: number, first: number, last: number): number {
  // The bits in which the ends differ say how coarse a block must be.
  const level = Math.ceil((32 - Math.clz32(first ^ last)) / 3);
  return binAt(batch, level, first);
}

/** Where all ranges are kept that contain a serial. */
export function binsOf(batch: number, number: number): readonly number[] {
  return FIRST_BINS.map((_, level) => binAt(batch, level, number));
}

export interface BinSpan {
  /** Inclusive, both. */
  readonly from: number;
  readonly to: number;
}

/** Where all ranges are kept that share a serial with one; others too. */
export function binSpans(batch: number, first: number, last: number): readonly BinSpan[] {
  return FIRST_BINS.map((_, level) => ({
    from: binAt(batch, level, first),
    to: binAt(batch, level, last),
  }));
}

/** All ranges of a batch. */
export function allBins(batch: number): BinSpan {
  return { from: batch * BINS_PER_BATCH, to: (batch + 1) * BINS_PER_BATCH - 1 };
}

/** The number of the batch whose ranges are kept there. */
export function batchOfBin(bin: number): number {
  return Math.floor(bin / BINS_PER_BATCH);
}
