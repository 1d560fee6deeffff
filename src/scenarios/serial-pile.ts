import { assert } from '../custody/assert.js';
import type { BatchCode } from '../custody/serials/serial-number.js';
import { formatSerialRange, type SerialRange } from '../custody/serials/serial-range.js';

/** Serials as they lie in a cupboard: taken from the front, put back at the front. */
export class SerialPile {
  #ranges: SerialRange[];

  constructor(ranges: readonly SerialRange[] = []) {
    this.#ranges = [...ranges];
  }

  static whole(batch: BatchCode, first: number, last: number): SerialPile {
    return new SerialPile([{ batch, first, last }]);
  }

  get size(): number {
    return sizeOf(this.#ranges);
  }

  get ranges(): readonly SerialRange[] {
    return this.#ranges;
  }

  /** The first `count` serials, which must be there. */
  take(count: number): readonly SerialRange[] {
    assert(count <= this.size, 'no more serials are taken than lie here');
    const taken: SerialRange[] = [];
    let wanted = count;
    while (wanted > 0) {
      const range = this.#ranges.shift();
      assert(range !== undefined, 'a pile that is not empty has a first range');
      const last = Math.min(range.last, range.first + wanted - 1);
      taken.push({ ...range, last });
      wanted -= last - range.first + 1;
      if (last < range.last) this.#ranges.unshift({ ...range, first: last + 1 });
    }
    return taken;
  }

  /** Lays serials before the first. */
  putBack(ranges: readonly SerialRange[]): void {
    this.#ranges.unshift(...ranges);
  }

  /** Takes out ranges that were laid here as they are. */
  remove(ranges: readonly SerialRange[]): void {
    const before = this.#ranges.length;
    this.#ranges = this.#ranges.filter(
      (lying) => !ranges.some(({ first, last }) => first === lying.first && last === lying.last),
    );
    assert(before - this.#ranges.length === ranges.length, 'what is taken out lies here');
  }

  /** Lays serials after the last. */
  add(ranges: readonly SerialRange[]): void {
    this.#ranges.push(...ranges);
  }
}

export function sizeOf(ranges: readonly SerialRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

export function textsOf(ranges: readonly SerialRange[]): string[] {
  return ranges.map(formatSerialRange);
}

/** Cut into parts of `size` serials, the last of which may be smaller. */
export function partsOf(
  ranges: readonly SerialRange[],
  size: number,
): readonly (readonly SerialRange[])[] {
  const pile = new SerialPile(ranges);
  const parts: (readonly SerialRange[])[] = [];
  while (pile.size > 0) parts.push(pile.take(Math.min(size, pile.size)));
  return parts;
}
