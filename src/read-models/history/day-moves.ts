import type { AccountId } from '../../custody/account/account-id.js';
import type { Move } from './move.js';

/**
 * Blanks of one account and batch that moved at one time, as one event or as several whose positions follow
 * each other without gaps, each of which moved one.
 */
export interface TimedMove {
  /** Milliseconds since the epoch, by the clock in question. */
  readonly time: number;
  /** Of the first event. */
  readonly position: number;
  /** How many events. */
  readonly events: number;
  readonly move: Move;
  /** Negative where something that counted before does not any more. */
  readonly blanks: number;
  /** See `AccountMove`. */
  readonly consignee: AccountId | null;
}

type Stored = readonly [number, number, number, number, number, string?];

/**
 * The moves of a day as stored: JSON of `[time in the day, position, events, move, blanks, consignee?]`, in order of
 * time and position, what follows each other put together. One list has one text, however it came about.
 * @param start the instant the day begins
 */
export function encodeMoves(moves: readonly TimedMove[], start: number): string {
  return JSON.stringify(
    moves.map(({ time, position, events, move, blanks, consignee }): Stored => {
      const facts = [time - start, position, events, move, blanks] as const;
      return consignee === null ? facts : [...facts, consignee];
    }),
  );
}

export function decodeMoves(text: string, start: number): TimedMove[] {
  const stored = JSON.parse(text) as readonly Stored[];
  return stored.map(([time, position, events, move, blanks, consignee]) => ({
    time: start + time,
    position,
    events,
    move: move as Move,
    blanks,
    consignee: (consignee ?? null) as AccountId | null,
  }));
}

/**
 * The one order and form of a list of moves; what adds up to nothing is left out.
 * @param isExact whether some may be parts of one event that others are parts of too, or take away from them
 */
export function normalised(moves: readonly TimedMove[], isExact: boolean): readonly TimedMove[] {
  const sorted = (isExact ? summed(moves) : [...moves]).sort(inOrder);
  const runs: TimedMove[] = [];
  const latest = new Map<Move, number>();
  for (const next of sorted) {
    const at = latest.get(next.move);
    const last = at === undefined ? undefined : runs[at];
    if (at !== undefined && last !== undefined && follows(last, next)) {
      const [events, blanks] = [last.events + next.events, last.blanks + next.blanks];
      runs[at] = { ...last, events, blanks };
    } else latest.set(next.move, runs.push(next) - 1);
  }
  return runs;
}

/** The part of a move that stands at or before a position. */
export function upToPosition(move: TimedMove, position: number): TimedMove | null {
  const events = Math.min(move.events, position - move.position + 1);
  if (events <= 0) return null;
  return events === move.events ? move : { ...move, events, blanks: events };
}

/** Those of one event added up; what is several events is parted where one of them is met singly. */
function summed(moves: readonly TimedMove[]): TimedMove[] {
  const singles = moves.filter(({ events }) => events === 1);
  const runs = moves.filter(({ events }) => events > 1);
  const whole: TimedMove[] = [];
  const sums = new Map<string, TimedMove>();
  const add = (one: TimedMove): void => {
    const key = `${one.time} ${one.position} ${one.move} ${one.consignee ?? ''}`;
    const blanks = (sums.get(key)?.blanks ?? 0) + one.blanks;
    if (blanks === 0) sums.delete(key);
    else sums.set(key, { ...one, blanks });
  };
  for (const run of runs) {
    const isMet = singles.some((one) => holds(run, one)) || runs.some((it) => it.blanks < 0);
    if (!isMet) whole.push(run);
    else
      for (let index = 0; index < run.events; index++)
        add({ ...run, position: run.position + index, events: 1, blanks: run.blanks / run.events });
  }
  for (const one of singles) add(one);
  return [...whole, ...sums.values()];
}

function holds(run: TimedMove, { time, move, position }: TimedMove): boolean {
  const isWithin = position >= run.position && position < run.position + run.events;
  return isWithin && time === run.time && move === run.move;
}

function inOrder(a: TimedMove, b: TimedMove): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.position !== b.position) return a.position - b.position;
  if (a.move !== b.move) return a.move - b.move;
  const [one, other] = [a.consignee ?? '', b.consignee ?? ''];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Whether both are events of one blank each, one after the other. */
function follows(a: TimedMove, b: TimedMove): boolean {
  return (
    a.position + a.events === b.position &&
    a.events === a.blanks &&
    b.events === b.blanks &&
    a.time === b.time &&
    a.move === b.move &&
    a.consignee === null &&
    b.consignee === null
  );
}
