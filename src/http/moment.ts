import type { FacilityId } from '../custody/facilities/facility-code.js';
import { zoneOf } from '../custody/facilities/zone.js';
import { CLOCK_TOLERANCE_MS } from '../custody/occurrence.js';
import { parseMoment, type Moment } from '../read-models/history/as-of.js';
import type { Clock } from '../read-models/history/history-tables.js';
import { Problem } from './problem.js';

/** A moment as a parameter gives it. */
export interface AskedMoment {
  readonly parameter: string;
  readonly text: string;
  /** Whose end of the day a bare date means. */
  readonly facility: string;
  readonly clock: Clock;
}

/**
 * @param now milliseconds since the epoch
 * @throws {Problem} `moment_invalid`: it is none, lies in the future, or names a position for the wrong clock
 */
export function momentOf({ parameter, text, facility, clock }: AskedMoment, now: number): Moment {
  const refuse = (detail: string): never => {
    throw new Problem('moment_invalid', { errors: [{ parameter, detail }] });
  };
  const moment = parseMoment(text, zoneOf(facility as FacilityId));
  if (moment === null)
    return refuse('a day (2017-03-31), an instant (2017-03-31T17:00:00+07:00) or position:N');
  if (moment.kind === 'position')
    return clock === 'recorded' ? moment : refuse('a position is of the clock `recorded` alone');
  // The end of a day that has begun may be asked for: the answer says that it is not final.
  const begins = /^[0-9-]+$/.test(text) ? moment.instant - DAY_MS : moment.instant;
  return begins > now + CLOCK_TOLERANCE_MS ? refuse('it lies in the future') : moment;
}

const DAY_MS = 86_400_000;
