import { ZONES } from '../../custody/occurrence.js';

/** Days and months of the history are those of Jakarta; questions are answered to the millisecond all the same. */
const OFFSET_MS = ZONES['Asia/Jakarta'] * 3_600_000;
const DAY_MS = 86_400_000;

/** Days since 1970-01-01 in Jakarta of an instant, in milliseconds since the epoch. */
export function dayOf(instant: number): number {
  return Math.floor((instant + OFFSET_MS) / DAY_MS);
}

/** The instant a day begins. */
export function startOfDay(day: number): number {
  return day * DAY_MS - OFFSET_MS;
}

/** Months since January 1970 that the day lies in. */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** The first day of a month. */
export function firstDayOf(month: number): number {
  return Date.UTC(1970, month, 1) / DAY_MS;
}

/** The day that a calendar date names. */
export function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00.000Z`) / DAY_MS;
}
