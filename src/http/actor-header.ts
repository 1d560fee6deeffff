import type { Officer } from '../custody/account/events.js';
import { parseFacilityId } from '../custody/facilities/facility-code.js';

const ID = /^[0-9A-Za-z._@-]{1,64}$/;
const ROLE = /^[a-z][a-z_]{0,31}$/;

/**
 * The officer `id;role;facilityId` names, e.g. `sari;custodian;31.71`, or null when the text is in
 * another form. Who it is, nobody checks: that is why only this machine may send it.
 */
export function parseActor(text: string): Officer | null {
  const [id = '', role = '', facilityId = '', ...rest] = text.split(';');
  if (rest.length > 0 || !ID.test(id) || !ROLE.test(role)) return null;
  return parseFacilityId(facilityId) === null ? null : { id, role, facilityId };
}
