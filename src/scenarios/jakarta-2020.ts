import type { BatchCode } from '../custody/serials/serial-number.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import { jakartaOffices, JAKARTA, shareOf } from './offices.js';
import type { Scenario } from './scenario.js';
import { CARTON, dispatch, procure, produce, receive } from './shipments.js';
import { instantOf, later, Story } from './story.js';
import { tell } from './tell.js';

const BATCH = '2020-A' as BatchCode;
const BEGINS = '2020-01-06T08:00';
const A_VILLAGE = 1_000;
const A_CITY = 4_000;
const KEPT_CARTONS = 18;

/**
 * January 2020: 300,000 blanks for DKI Jakarta, all of them received.
 *
 * | at scale 1                      |             |
 * |---------------------------------|------------:|
 * | 267 kelurahan, 1,000 each       |     267,000 |
 * | 6 city offices, 4,000 each      |      24,000 |
 * | kept by the province            |       9,000 |
 * | produced                        |     300,000 |
 *
 * A smaller scale has fewer offices with the same figures each.
 */
export function planJakarta2020(facilities: FacilityRegister, scale: number): Story {
  const story = new Story('jakarta-2020');
  const offices = jakartaOffices(facilities);
  const villages = shareOf(offices.villages, scale);
  const cities = shareOf(offices.cities, scale);
  const kept = Math.max(1, Math.round(KEPT_CARTONS * scale)) * CARTON;
  const quantity = villages.length * A_VILLAGE + cities.length * A_CITY + kept;
  const vendor = 'Penyedia Blangko Nasional (contoh)';

  procure(story, '2020-01-06T09:00', {
    batch: BATCH,
    contract: 'CONTOH/KTR/2020-A',
    vendor,
    quantity,
  });
  produce(story, '2020-01-10T15:00', { batch: BATCH, first: 1, last: quantity });
  const expectedBy = '2020-01-14T17:00';
  const toCentre = { from: `B.${BATCH}`, to: '00', quantity, expectedBy };
  receive(story, '2020-01-13T10:00', dispatch(story, '2020-01-13T08:00', toCentre));
  const toProvince = { from: '00', to: JAKARTA, quantity, expectedBy: '2020-01-15T17:00' };
  receive(story, '2020-01-14T10:00', dispatch(story, '2020-01-14T08:00', toProvince));

  const orders = [
    ...cities.map((to) => ({ to, quantity: A_CITY })),
    ...villages.map((to) => ({ to, quantity: A_VILLAGE })),
  ];
  const sent = orders.map((order, at) =>
    // Sixteen every twenty minutes: the province's store has that many vans.
    dispatch(story, later('2020-01-15T08:00', Math.floor(at / 16) * 20), {
      ...order,
      from: JAKARTA,
      expectedBy: '2020-01-17T17:00',
      carrier: 'Kendaraan dinas Dukcapil DKI',
    }),
  );
  sent.forEach((shipment, at) => {
    receive(story, later('2020-01-16T09:00', Math.floor(at / 32) * 30), shipment);
  });
  return story;
}

export const jakarta2020: Scenario = {
  name: 'jakarta-2020',
  description: '300,000 blanks for DKI Jakarta in January 2020, received to the last one',
  begins: instantOf(BEGINS),
  run: (ledger, { scale, onProgress }) =>
    tell(planJakarta2020(ledger.facilities, scale), ledger, onProgress),
};
