import type { FacilityDirectory } from '../custody/account/decision.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';

/** The register as decisions on accounts see it. */
export function directoryOf(register: FacilityRegister): FacilityDirectory {
  return {
    get: (id) => {
      const facility = register.get(id);
      if (facility === null) return undefined;
      const { facilityId, parent, successor, closedAt } = facility;
      return { facilityId, parent, successor, isOpen: closedAt === null };
    },
  };
}
