import { ZONES, type Zone } from '../../custody/occurrence.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { dayOf, monthOf } from './history-day.js';
import { CLOCKS, type Clock } from './history-tables.js';

/** The moment a question is about, as it was asked. */
export type Moment =
  /** Inclusive, in milliseconds since the epoch. */
  | { readonly kind: 'instant'; readonly instant: number }
  /** Of an event, inclusive: by the recorded clock alone. */
  | { readonly kind: 'position'; readonly position: number };

/** An instant with its offset: 2017-03-31T17:00:00+07:00, 2017-03-31T10:00Z, with up to milliseconds. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const POSITION = /^position:(0|[1-9][0-9]{0,14})$/;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Reads `2017-03-31` (the end of that day in the zone), an instant with its offset, or `position:N`; null for
 * any other text.
 */
export function parseMoment(text: string, zone: Zone): Moment | null {
  const position = POSITION.exec(text)?.[1];
  if (position !== undefined) return { kind: 'position', position: Number(position) };
  if (DATE.test(text)) {
    const day = calendarDay(text);
    return day === null
      ? null
      : { kind: 'instant', instant: day + DAY_MS - 1 - ZONES[zone] * HOUR_MS };
  }
  const match = INSTANT.exec(text);
  const instant = match === null || calendarDay(match[1] ?? '') === null ? NaN : Date.parse(text);
  return Number.isNaN(instant) ? null : { kind: 'instant', instant };
}

/** The day's beginning in UTC; null for one that no calendar has. */
function calendarDay(date: string): number | null {
  const day = Date.parse(`${date}T00:00:00.000Z`);
  return Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date ? null : day;
}

/** What of the history counts at a moment. */
export interface Cut {
  readonly clock: Clock;
  /** As the rows number it. */
  readonly clockNumber: number;
  /** Moves count up to and with this time by the clock, in milliseconds since the epoch. */
  readonly time: number;
  /** The last event whose ledger time is not later; 0 before the first. */
  readonly position: number;
  /** Of that event, on the recorded clock, only those up to {@link Cut.position} count. */
  readonly isExact: boolean;
  /** Whether no later entry can change the answer; never on the occurred clock. */
  readonly isFinal: boolean;
}

export function clockNumber(clock: Clock): number {
  return CLOCKS.indexOf(clock);
}

/** What counts at a moment by a clock. A position is one of the recorded clock: see the query's own check. */
export function cutAt(database: ReadModelDatabase, clock: Clock, moment: Moment): Cut {
  const own = { clock, clockNumber: clockNumber(clock) };
  if (moment.kind === 'position') {
    const { position } = moment;
    const time = ledgerTimeAt(database, position);
    return { ...own, time, position, isExact: true, isFinal: position <= lastPosition(database) };
  }
  const { instant: time } = moment;
  const isFinal = clock === 'recorded' && isFollowed(database, time);
  return { ...own, time, position: positionAt(database, time), isExact: false, isFinal };
}

/**
 * The month of the last ledger time, in which events are still recorded: those before it have rows of their
 * own, whose sums days need not be read for. Before the first event no month has.
 */
export function currentMonth(database: ReadModelDatabase): number {
  const row = database.get('SELECT max(ledger_time) AS latest FROM history_time');
  return typeof row?.latest === 'number' ? monthOf(dayOf(row.latest)) : FIRST_MONTH;
}

/** Long before any stated time. */
const FIRST_MONTH = -12_000;

/** Whether something was recorded later. */
function isFollowed(database: ReadModelDatabase, time: number): boolean {
  const sql = 'SELECT 1 FROM history_time WHERE ledger_time > ? LIMIT 1';
  return database.get(sql, time) !== undefined;
}

/** Of the last event that was recorded by a ledger time; 0 when there is none. */
export function positionAt(database: ReadModelDatabase, time: number): number {
  const row = database.get(
    `SELECT times.position AS last FROM history_time AS times
     WHERE ledger_time <= ? ORDER BY ledger_time DESC LIMIT 1`,
    time,
  );
  return Number(row?.last ?? 0);
}

function lastPosition(database: ReadModelDatabase): number {
  return positionAt(database, Number.MAX_SAFE_INTEGER);
}

/** The ledger time of the first event at or after a position; of the last, where none is. Both rise together. */
export function ledgerTimeAt(database: ReadModelDatabase, position: number): number {
  const ends = database.get(
    'SELECT min(ledger_time) AS low, max(ledger_time) AS high FROM history_time',
  );
  let [low, high] = [Number(ends?.low ?? 0), Number(ends?.high ?? 0)];
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (positionAt(database, middle) >= position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The later of a position that is asked for and the one that a moment names. */
export function atLeastOf(
  atLeast: string | undefined,
  moments: readonly Moment[],
): string | undefined {
  const named = moments.flatMap((it) => (it.kind === 'position' ? [BigInt(it.position)] : []));
  const all = atLeast === undefined ? named : [...named, BigInt(atLeast)];
  if (all.length === 0) return undefined;
  return String(all.reduce((a, b) => (a > b ? a : b)));
}
