import type { Recorded } from '../event-store/codec/ledger-event.js';
import { rowsOf, type IssuanceColumns } from './issuance-columns.js';

/** A stretch of the log as projections take it in: what is not an issuance as events. */
export interface LogSegment {
  /** Of the last event of the stretch, whether or not it is among those below. */
  readonly through: bigint;
  /** Events of the stretch below. */
  readonly size: number;
  /** All but the issuances, in the order of the log. */
  readonly events: readonly Recorded[];
  /** Of each of `events`, as `ledgerTime` of the issuances. */
  readonly eventTimes: Float64Array;
  readonly issuances: IssuanceColumns;
  /** Ledger time at its end: the greatest `recordedAt` of the log up to `through`; -Infinity for no event. */
  readonly endTime: number;
}

/** What of a segment stands after a position. O(log n), nothing is copied. */
export function after(segment: LogSegment, position: bigint): LogSegment {
  const { events, eventTimes, issuances } = segment;
  const isBefore = (at: number): boolean => at <= Number(position);
  const row = firstNot(issuances.count, (index) => isBefore(issuances.position[index] ?? 0));
  const event = firstNot(events.length, (index) => isBefore(Number(events[index]?.position)));
  if (row === 0 && event === 0) return segment;
  const left = events.slice(event);
  return {
    ...segment,
    size: left.length + issuances.count - row,
    events: left,
    eventTimes: eventTimes.subarray(event),
    issuances: rowsOf(issuances, row, issuances.count),
  };
}

/** What of a segment stands at or before a position. O(log n), nothing is copied. */
export function upTo(segment: LogSegment, position: bigint): LogSegment {
  const { events, eventTimes, issuances } = segment;
  const isBefore = (at: number): boolean => at <= Number(position);
  const row = firstNot(issuances.count, (index) => isBefore(issuances.position[index] ?? 0));
  const event = firstNot(events.length, (index) => isBefore(Number(events[index]?.position)));
  const left = events.slice(0, event);
  const endTime = Math.max(
    eventTimes[event - 1] ?? -Infinity,
    issuances.ledgerTime[row - 1] ?? -Infinity,
  );
  return {
    through: position,
    size: event + row,
    events: left,
    eventTimes: eventTimes.subarray(0, event),
    issuances: rowsOf(issuances, 0, row),
    endTime,
  };
}

/** Every event as a segment of its own, in the order of the log. */
export function* singly({ events, eventTimes, issuances }: LogSegment): Generator<LogSegment> {
  const none = rowsOf(issuances, 0, 0);
  let row = 0;
  for (let index = 0; index <= events.length; index++) {
    const event = events[index];
    const end = event === undefined ? Infinity : Number(event.position);
    for (; row < issuances.count && (issuances.position[row] ?? 0) < end; row++) {
      const through = BigInt(issuances.position[row] ?? 0);
      const endTime = issuances.ledgerTime[row] ?? 0;
      const one = rowsOf(issuances, row, row + 1);
      const eventless = { events: [], eventTimes: new Float64Array(0) };
      yield { through, size: 1, ...eventless, issuances: one, endTime };
    }
    if (event === undefined) return;
    const times = eventTimes.subarray(index, index + 1);
    const [endTime = 0] = times;
    const { position } = event;
    yield {
      through: position,
      size: 1,
      events: [event],
      eventTimes: times,
      issuances: none,
      endTime,
    };
  }
}

/** The first index up to `length` that is not among the leading ones of which `holds` is true. */
function firstNot(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
