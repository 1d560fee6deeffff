import { InvalidArgumentError } from 'commander';
import { isCalendarDate } from '../custody/facilities/facility.js';

/** A whole number within bounds, both inclusive. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[0-9]{1,10}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is needed`);
  };
}

/** A day of the calendar. */
export function dayOf(text: string): string {
  if (isCalendarDate(text)) return text;
  throw new InvalidArgumentError('a day is needed, as 2017-04-19');
}

const OFFSET = /(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Milliseconds since the epoch. */
export function instantOf(text: string): number {
  const instant = OFFSET.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(instant)) return instant;
  throw new InvalidArgumentError('an instant is needed, as 2017-04-03T12:00:00+07:00');
}
