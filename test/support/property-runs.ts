/** How a property is tried. */
interface PropertyRuns {
  readonly numRuns: number;
  readonly seed?: number;
  readonly endOnFailure?: boolean;
}

const SEED = 2017;

/**
 * How many cases of a property are tried: as many as wanted. Where PROPERTY_RUNS is set, at most so
 * many, the same in every run, and none is made smaller when it fails: mutation testing sets it.
 */
export function propertyRuns(wanted = 100): PropertyRuns {
  const bound = process.env.PROPERTY_RUNS;
  if (bound === undefined) return { numRuns: wanted };
  return { numRuns: Math.min(wanted, Number(bound)), seed: SEED, endOnFailure: true };
}
