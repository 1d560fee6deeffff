import type { FacilityId } from '../custody/facilities/facility-code.js';
import { zoneOf } from '../custody/facilities/zone.js';
import { parseMoment, type Moment } from '../read-models/history/as-of.js';
import type { Clock } from '../read-models/history/history-tables.js';
import { UserError } from './user-error.js';

/** @throws {UserError} the text is no moment, or a position for the clock that has none */
export function askedMoment(option: string, text: string, of: string, clock: Clock): Moment {
  const moment = parseMoment(text, zoneOf(of as FacilityId));
  if (moment === null)
    throw new UserError(
      `${option}: a day (2017-03-31), an instant (2017-03-31T17:00:00+07:00) or position:N is needed`,
    );
  if (moment.kind === 'position' && clock !== 'recorded')
    throw new UserError(`${option}: a position is of the clock recorded alone`);
  return moment;
}
