/** One line of the table: a figure, and what it is measured against. */
export interface Figure {
  readonly name: string;
  /** Operations under way at once; null where that means nothing. */
  readonly inFlight: number | null;
  readonly unit: 'a second' | 'ms' | 'MiB';
  /** Over the rounds; null when it was not measured, as {@link note} says. */
  readonly median: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly peer: string;
  readonly peerMedian: number | null;
  /** Figure by peer: the median of the rounds' own ratios. */
  readonly ratio: number | null;
  readonly note: string;
}

export interface Contender {
  readonly name: string;
  /** One measurement, in the figure's unit. */
  readonly measure: () => Promise<number>;
}

/** The measurements of each contender, by its name, in order of the rounds. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/**
 * Measures every contender once a round, each round beginning with another one, so that what the
 * machine does meanwhile falls on all of them alike.
 */
export async function interleaved(
  rounds: number,
  contenders: readonly Contender[],
): Promise<Samples> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length;
    for (const { name, measure } of [...contenders.slice(first), ...contenders.slice(0, first)])
      samples.get(name)?.push(await measure());
  }
  return samples;
}

export interface Comparison extends Pick<Figure, 'name' | 'inFlight' | 'unit'> {
  readonly contender: string;
  readonly peer: string;
}

/** The figure of a contender against a peer of the same rounds. */
export function compared(samples: Samples, comparison: Comparison): Figure {
  const { contender, peer, ...what } = comparison;
  const own = samplesOf(samples, contender);
  const others = samplesOf(samples, peer);
  return {
    ...what,
    median: median(own),
    min: Math.min(...own),
    max: Math.max(...own),
    peer,
    peerMedian: median(others),
    ratio: median(own.map((value, round) => value / (others[round] ?? NaN))),
    note: '',
  };
}

/** The figure of a contender whose peer could not be measured. */
export function uncompared(samples: Samples, comparison: Comparison, note: string): Figure {
  const { contender, peer } = comparison;
  const alone = compared(samples, { ...comparison, peer: contender });
  return { ...alone, peer, peerMedian: null, ratio: null, note };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('there is no median of nothing');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function samplesOf(samples: Samples, name: string): readonly number[] {
  const found = samples.get(name);
  if (found === undefined || found.length === 0) throw new Error(`${name} was not measured`);
  return found;
}
