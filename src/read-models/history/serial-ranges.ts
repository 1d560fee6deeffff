/** Inclusive, both. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** Numbers of several batches, gathered one range after the other and then asked for. */
export class SerialRanges {
  readonly #gathered = new Map<string, NumberRange[]>();
  readonly #merged = new Map<string, readonly NumberRange[]>();

  get isEmpty(): boolean {
    return this.#gathered.size === 0;
  }

  add(batch: string, first: number, last: number): void {
    const ranges = this.#gathered.get(batch);
    if (ranges === undefined) this.#gathered.set(batch, [{ first, last }]);
    else ranges.push({ first, last });
    this.#merged.delete(batch);
  }

  batches(): readonly string[] {
    return [...this.#gathered.keys()].sort();
  }

  /** In order, disjoint and not touching. */
  of(batch: string): readonly NumberRange[] {
    const known = this.#merged.get(batch);
    if (known !== undefined) return known;
    const merged: { first: number; last: number }[] = [];
    const gathered = this.#gathered.get(batch) ?? [];
    for (const { first, last } of gathered.toSorted((a, b) => a.first - b.first)) {
      const before = merged.at(-1);
      if (before !== undefined && first <= before.last + 1)
        before.last = Math.max(before.last, last);
      else merged.push({ first, last });
    }
    this.#merged.set(batch, merged);
    return merged;
  }

  has(batch: string, number: number): boolean {
    return this.#overlap(batch, number, number) > 0;
  }

  /** How many of `first`..`last` are among them. */
  #overlap(batch: string, first: number, last: number): number {
    const ranges = this.of(batch);
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle]?.last ?? 0) < first) low = middle + 1;
      else high = middle;
    }
    let count = 0;
    for (let range = ranges[low]; range !== undefined && range.first <= last; range = ranges[++low])
      count += Math.min(range.last, last) - Math.max(range.first, first) + 1;
    return count;
  }

  /** How many of the serials of ranges are not among them. */
  sizeOutside(batch: string, ranges: readonly NumberRange[]): number {
    let size = 0;
    for (const { first, last } of ranges)
      size += last - first + 1 - this.#overlap(batch, first, last);
    return size;
  }
}
