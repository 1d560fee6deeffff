import type { ReadModelDatabase } from '../read-model-database.js';
import { CustodyLine, type IssuanceRecord, type MovedRange } from './custody-line.js';
import { stepsOf, type Move, type StoryRun } from './story.js';

/**
 * The serials `first`..`last` of a batch (inclusive, 1 to 999,999,999), cut into the longest runs that
 * have the same steps. The runs are in order and leave nothing out: what was never produced is a run
 * without steps. A serial that was ever issued is mostly a run by itself, for each issuance is an
 * entry of its own. Some 0.1 ms for one serial, and some 10 µs for each run of a long range: bound what is
 * asked for at once, or walk it by {@link storyRuns}.
 */
export function storyOf(
  database: ReadModelDatabase,
  batch: string,
  first: number,
  last: number,
): readonly StoryRun[] {
  return [...storyRuns(new CustodyLine(database), batch, first, last)];
}

/**
 * As {@link storyOf}, one run after the other: a whole batch needs no more memory than its ranges.
 * @param through the position up to which the log is looked at; default: its end
 */
export function* storyRuns(
  line: CustodyLine,
  batch: string,
  first: number,
  last: number,
  through = Infinity,
): Generator<StoryRun, void, undefined> {
  let run = null as Stretch | null;
  for (const stretch of stretches(line, batch, first, last, through)) {
    if (run !== null && isSameStory(run, stretch)) {
      run = { ...run, last: stretch.last };
      continue;
    }
    if (run !== null) yield told(line, run);
    run = stretch;
  }
  if (run !== null) yield told(line, run);
}

/** Consecutive serials that were moved by the same rows. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
  /** In the order of the log. */
  readonly ranges: readonly MovedRange[];
  /** Of a single serial only. */
  readonly issuances: readonly IssuanceRecord[];
}

const NONE: readonly IssuanceRecord[] = [];

/**
 * Sweeps over the serials once, with the ranges that contain the current one in hand. Neighbouring
 * stretches may have the same story: an entry can name both in two parts.
 */
export function* stretches(
  line: CustodyLine,
  batch: string,
  first: number,
  last: number,
  through = Infinity,
): Generator<Stretch, void, undefined> {
  const number = line.batchNumber(batch);
  if (number === null) {
    yield { first, last, ranges: [], issuances: NONE };
    return;
  }
  const issuances = groupedByNumber(line.issuances(number, first, last), through);
  let next = issuances.next();
  const ranges = line.ranges(number, first, last).filter(({ position }) => position <= through);
  for (const between of betweenCuts(ranges, first, last)) {
    let at = between.first;
    while (next.done !== true && next.value.number <= between.last) {
      const { number: issued, records } = next.value;
      if (at < issued) yield { ...between, first: at, last: issued - 1, issuances: NONE };
      yield { ...between, first: issued, last: issued, issuances: records };
      at = issued + 1;
      next = issuances.next();
    }
    if (at <= between.last) yield { ...between, first: at, issuances: NONE };
  }
}

function* groupedByNumber(
  records: Iterable<IssuanceRecord>,
  through: number,
): Generator<{ readonly number: number; readonly records: IssuanceRecord[] }, void, undefined> {
  let group = null as { readonly number: number; readonly records: IssuanceRecord[] } | null;
  for (const record of records) {
    if (record.block.position(record.record) > through) continue;
    if (group?.number === record.number) {
      group.records.push(record);
      continue;
    }
    if (group !== null) yield group;
    group = { number: record.number, records: [record] };
  }
  if (group !== null) yield group;
}

type Between = Pick<Stretch, 'first' | 'last' | 'ranges'>;

/** `first`..`last`, cut wherever a range begins or has ended. */
function* betweenCuts(
  ranges: readonly MovedRange[],
  first: number,
  last: number,
): Generator<Between, void, undefined> {
  const starting = [...ranges].sort((a, b) => a.first - b.first);
  const cuts = cutsOf(ranges, first, last);
  let started = 0;
  let current: readonly MovedRange[] = [];
  for (const [index, cut] of cuts.entries()) {
    const fresh: MovedRange[] = [];
    for (let range = starting[started]; range !== undefined && range.first <= cut;) {
      fresh.push(range);
      started += 1;
      range = starting[started];
    }
    current = [...current, ...fresh]
      .filter((range) => range.last >= cut)
      .sort((a, b) => a.position - b.position);
    yield { first: cut, last: (cuts[index + 1] ?? last + 1) - 1, ranges: current };
  }
}

/** Where stretches begin: each number once, in order, `first` the first of them. */
function cutsOf(ranges: readonly MovedRange[], first: number, last: number): Float64Array {
  const all = new Float64Array(2 * ranges.length + 1);
  let count = 0;
  all[count++] = first;
  for (const range of ranges) {
    if (range.first > first) all[count++] = range.first;
    if (range.last < last) all[count++] = range.last + 1;
  }
  const sorted = all.subarray(0, count).sort();
  return sorted.filter((cut, index) => index === 0 || cut !== sorted[index - 1]);
}

function isSameStory(one: Stretch, other: Stretch): boolean {
  if (one.issuances.length > 0 || other.issuances.length > 0) return false;
  if (one.ranges.length !== other.ranges.length) return false;
  return one.ranges.every((range, index) => {
    const counterpart = other.ranges[index];
    return (
      range.position === counterpart?.position &&
      range.from === counterpart.from &&
      range.to === counterpart.to
    );
  });
}

function told(line: CustodyLine, { first, last, ranges, issuances }: Stretch): StoryRun {
  return { first, last, steps: stepsOf(movesOf(line, ranges, issuances)) };
}

/** Both in the order of the log. */
function movesOf(
  line: CustodyLine,
  ranges: readonly MovedRange[],
  issuances: readonly IssuanceRecord[],
): readonly Move[] {
  const moves: Move[] = ranges.map(({ position, from, to }) => ({
    entry: line.entry(position),
    from,
    to,
  }));
  if (issuances.length === 0) return moves;
  for (const record of issuances)
    moves.push({ entry: line.opened(record), from: 'usable', to: 'issued' });
  return moves.sort((a, b) => a.entry.position - b.entry.position);
}
