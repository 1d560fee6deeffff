/**
 * A small generator of numbers that are the same for the same seed on every machine (mulberry32).
 * Not for secrets. {@link SeededRandom.of} gives each office its own sequence, so that what one office does
 * never depends on how many numbers another has drawn.
 */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A generator of its own for `label`, which does not depend on numbers drawn so far from others. */
  static of(seed: number, label: string): SeededRandom {
    // FNV-1a over the label, begun at the seed.
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (let at = 0; at < label.length; at++) {
      hash = Math.imul(hash ^ label.charCodeAt(at), 0x01000193) >>> 0;
    }
    return new SeededRandom(hash);
  }

  /** Uniform in 0 ≤ x < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both bounds inclusive. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** One of a list that is not empty. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.whole(0, items.length - 1)] ?? items[0];
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** Upper-case hex digits. */
  hex(length: number): string {
    return Array.from({ length }, () => '0123456789ABCDEF'.charAt(this.whole(0, 15))).join('');
  }
}
