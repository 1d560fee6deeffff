/**
 * What is counted of each account and each batch. `inTransitIn` is on its way to the account,
 * `inTransitOut` from it; `inTransitWithin` is both, for a region. `unnumbered` cards have no
 * legible serial and stand outside conservation.
 */
export const COUNT_NAMES = [
  'produced',
  'usable',
  'invalid',
  'inTransitIn',
  'inTransitOut',
  'inTransitWithin',
  'issued',
  'destroyed',
  'missing',
  'unnumbered',
] as const;
export type CountName = (typeof COUNT_NAMES)[number];

/** Numbers of blanks or cards. */
export type StockCounts = Readonly<Record<CountName, number>>;

export interface LastMovement {
  /** Of the last event that changed any of the counts: ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly eventId: string;
}

export function noCounts(): Record<CountName, number> {
  return {
    produced: 0,
    usable: 0,
    invalid: 0,
    inTransitIn: 0,
    inTransitOut: 0,
    inTransitWithin: 0,
    issued: 0,
    destroyed: 0,
    missing: 0,
    unnumbered: 0,
  };
}

/** Adds to counts in place. */
export function addCountsTo(counts: Record<CountName, number>, more: StockCounts): void {
  for (const name of COUNT_NAMES) counts[name] += more[name];
}

/** The batch under which cards without a legible serial are counted. */
export const NO_BATCH = '';
