import { LEVELS, type FacilityCode } from '../../../custody/facilities/facility-code.js';
import type { FacilityEvent } from '../../../custody/facilities/facility-events.js';
import type { FacilityCounts } from '../../../custody/facilities/published-register.js';
import { date, facilityId, registerEntryOf, sha256 } from './common.js';
import { firstVersion } from './definition.js';
import { described, integer, objectOf, oneOf, text, textOf } from './shape.js';

type DataOf<T extends FacilityEvent['type']> = Extract<FacilityEvent, { type: T }>['data'];

const code = textOf<FacilityCode>(/^[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?$/);
const count = integer(0);

export const FACILITY_EVENTS = {
  RegisterPublished: firstVersion(
    'The first event of the register: names the published list of offices by its hash.',
    registerEntryOf<DataOf<'RegisterPublished'>>({
      source: text(),
      version: text(),
      licence: described(text(), 'SPDX identifier.'),
      sha256,
      counts: objectOf<FacilityCounts>({
        provinces: count,
        regencies: count,
        districts: count,
        villages: count,
      }),
    }),
  ),
  FacilityOpened: firstVersion(
    'An office opens.',
    registerEntryOf<DataOf<'FacilityOpened'>>({
      facilityId,
      code,
      name: text(1),
      level: oneOf(LEVELS),
      parent: facilityId,
      effectiveOn: date,
    }),
  ),
  FacilityClosed: firstVersion(
    'An office closes; its successor answers for what it left.',
    registerEntryOf<DataOf<'FacilityClosed'>>({
      facilityId,
      successor: facilityId,
      effectiveOn: date,
      reason: text(),
    }),
  ),
  FacilityRenamed: firstVersion(
    'An office has a new name.',
    registerEntryOf<DataOf<'FacilityRenamed'>>({ facilityId, name: text(1), effectiveOn: date }),
  ),
  FacilityRenumbered: firstVersion(
    'An office has a new code; its id stays.',
    registerEntryOf<DataOf<'FacilityRenumbered'>>({ facilityId, code, effectiveOn: date }),
  ),
  FacilityMoved: firstVersion(
    'An office has a new parent.',
    registerEntryOf<DataOf<'FacilityMoved'>>({
      facilityId,
      parent: facilityId,
      effectiveOn: date,
    }),
  ),
};
