import { InvalidArgumentError } from 'commander';
import { parseAccountId } from '../custody/account/account-id.js';
import { parseFacilityId } from '../custody/facilities/facility-code.js';
import { isCalendarDate } from '../custody/facilities/facility.js';

/* How words of the command line are read; what cannot be read is told, with exit code 2. */

export function oneOf<T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((it) => it === text);
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`one of ${words.join(', ')} is needed`);
  };
}

function readBy<T>(parse: (text: string) => T | null, needed: string): (text: string) => T {
  return (text) => {
    const read = parse(text);
    if (read !== null) return read;
    throw new InvalidArgumentError(`${needed} needed`);
  };
}

export const facilityOf = readBy(parseFacilityId, 'the id of a facility is');
export const accountOf = readBy(parseAccountId, 'an account is');
export const dayOf = readBy((text) => (isCalendarDate(text) ? text : null), 'a day is');
export const positionOf = readBy(
  (text) => (/^(0|[1-9][0-9]{0,14})$/.test(text) ? text : null),
  'a position is',
);
