import { accountParts, type AccountId } from '../../custody/account/account-id.js';
import type { FacilityRegister } from '../../custody/facilities/facility-register.js';

/** Whether an account exists before anything is entered in its books: every facility of the register has one. */
export function isStanding(account: AccountId, register: FacilityRegister): boolean {
  const parts = accountParts(account);
  return parts.kind === 'facility' && register.get(parts.facilityId) !== null;
}
