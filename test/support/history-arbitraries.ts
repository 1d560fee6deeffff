import fc from 'fast-check';
import type { FacilityEvent } from '../../src/custody/facilities/facility-events.js';

/** What `historyOf` makes a random legal history of. */
export const CHOICES = fc.array(fc.integer({ min: 0, max: 2_147_483_645 }), {
  minLength: 20,
  maxLength: 250,
});

/** A facility under another parent from a day on, as the register records it. */
export function moved(facilityId: string, parent: string, effectiveOn: string): FacilityEvent {
  const data = { facilityId, parent, effectiveOn, note: '', documents: [] };
  return { type: 'FacilityMoved', data } as unknown as FacilityEvent;
}
