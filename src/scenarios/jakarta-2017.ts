import { CloseBatchBody, CloseBatchCommand } from '../commands/close-batch.command.js';
import {
  ReportTransitIncidentBody,
  ReportTransitIncidentCommand,
} from '../commands/report-transit-incident.command.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { BatchCode } from '../custody/serials/serial-number.js';
import { Agenda } from './agenda.js';
import { reportDemand } from './counter.js';
import { planDeliveries } from './jakarta-2017-deliveries.js';
import { JAKARTA, jakartaOffices, provinceShares, shareOf } from './offices.js';
import type { Scenario } from './scenario.js';
import { SeededRandom } from './seeded-random.js';
import { CARTON, dispatch, procure, produce, receive } from './shipments.js';
import { instantOf, later, officerOf, stated, Story, VENDOR_OFFICER, bodyOf } from './story.js';
import { tell } from './tell.js';

const BATCH = '2017-A' as BatchCode;
const VENDOR = `B.${BATCH}`;
const CONTRACT_CARTONS = 14_000;
/** A contract this small still has a carton for every province. */
const FEWEST_CARTONS = 140;
const PRODUCTION_DAYS = [23, 24, 25, 26, 27, 28, 29] as const;
const A_DISTRICT_CARTONS = 3;
const APRIL_CARTONS = 4_000;
const OVERDUE_CARTONS = 8;
const SECOND_ROUND = '2017-04-19';

/** When the story of March 2017 is told to its end, and a demo of it begins: 08:00 in Jakarta. */
export const JAKARTA_2017_ENDS = instantOf('2017-04-01T08:00');

/**
 * March 2017: a contract of the 22nd for 7,000,000 blanks, and 200,000 of them for the kelurahan and
 * kecamatan of DKI Jakarta by the 31st, before the second round of the election.
 *
 * The books of batch 2017-A at scale 1, on 1 April at 08:00:
 *
 * | where                                                                 |     blanks |
 * |-----------------------------------------------------------------------|-----------:|
 * | in transit from the vendor (half of the last instalment)              |    500,000 |
 * | in transit to the 38 provinces: the first shipments of April          |  2,000,000 |
 * | in transit to 32.01, overdue since 29 March                           |      4,000 |
 * | dispatched to the offices of DKI                                      |    200,000 |
 * | usable at the central store (the rest)                                |  4,296,000 |
 * | produced by 29 March, seven instalments of 1,000,000                  |  7,000,000 |
 *
 * The 200,000, all through the province's store, in cartons of 500: 44 kecamatan with 3 cartons
 * (66,000), 266 kelurahan with 1 (133,000), the first kelurahan with 2 (1,000), one of which is not
 * in the van: 500 missing. The last ones leave on the afternoon of the 31st and are in transit. Of
 * the others some are issued, spoilt, surrendered; counts that came out short are made good by what
 * was found the same day, so nothing else is missing. 31.01 (Kepulauan Seribu) is part of it.
 *
 * A smaller scale has fewer cartons and fewer offices; cartons stay whole.
 */
export function planJakarta2017(facilities: FacilityRegister, scale: number, seed: number): Story {
  const story = new Story('jakarta-2017');
  const agenda = new Agenda();
  const offices = jakartaOffices(facilities);
  const villages = shareOf(offices.villages, scale);
  const districts = shareOf(offices.districts, scale);
  const quantity = Math.max(FEWEST_CARTONS, Math.round(CONTRACT_CARTONS * scale)) * CARTON;
  // The first kelurahan gets the carton that is left over: it is the one that will be short.
  const deliveries = [
    ...districts.map((to) => ({ to, cartons: A_DISTRICT_CARTONS, isShort: false })),
    ...villages.map((to, at) => ({ to, cartons: at === 0 ? 2 : 1, isShort: at === 0 })),
  ];

  planProduction(story, agenda, quantity);
  const forJakarta = deliveries.reduce((sum, { cartons }) => sum + cartons, 0) * CARTON;
  agenda.at('2017-03-25T09:00', () => {
    const order = { from: '00', to: JAKARTA, quantity: forJakarta, expectedBy: '2017-03-27T12:00' };
    const sent = dispatch(story, '2017-03-25T09:00', order);
    agenda.at('2017-03-26T09:00', () => {
      receive(story, '2017-03-26T09:00', sent);
    });
  });
  planOverdue(story, agenda, scale);
  planDeliveries(story, agenda, deliveries, seed);
  agenda.at('2017-03-30T11:00', () => {
    for (const district of districts) {
      const random = SeededRandom.of(seed, `demand/${district}`);
      reportDemand(story, '2017-03-30T11:00', district, SECOND_ROUND, random);
    }
  });
  planApril(story, agenda, facilities, { cartons: Math.round(APRIL_CARTONS * scale), seed });
  agenda.run();
  return story;
}

function planProduction(story: Story, agenda: Agenda, quantity: number): void {
  const contract = {
    batch: BATCH,
    contract: 'CONTOH/KTR/2017-A',
    vendor: 'Penyedia Blangko Nasional (contoh)',
    quantity,
  };
  agenda.at('2017-03-22T10:00', () => {
    procure(story, '2017-03-22T10:00', contract);
  });
  const cartons = quantity / CARTON;
  const upTo = (instalment: number): number =>
    Math.floor((cartons * instalment) / PRODUCTION_DAYS.length) * CARTON;
  PRODUCTION_DAYS.forEach((day, at) => {
    const [first, last] = [upTo(at) + 1, upTo(at + 1)];
    const half = Math.ceil((last - first + 1) / CARTON / 2) * CARTON;
    const isLast = at === PRODUCTION_DAYS.length - 1;
    const noon = `2017-03-${day}T12:00`;
    agenda.at(later(noon, 180), () => {
      produce(story, later(noon, 180), { batch: BATCH, first, last });
    });
    planCollection(story, agenda, { at: later(noon, 300), quantity: half, arrives: true });
    planCollection(story, agenda, {
      at: isLast ? '2017-03-31T16:00' : later(noon, 330),
      quantity: last - first + 1 - half,
      arrives: !isLast,
    });
  });
  agenda.at('2017-03-29T18:00', () => {
    const body = { occurredAt: stated('2017-03-29T18:00') };
    story.tell('2017-03-29T18:00', {
      account: VENDOR,
      what: 'close',
      actor: VENDOR_OFFICER,
      command: (envelope) => new CloseBatchCommand(envelope, VENDOR, bodyOf(CloseBatchBody, body)),
    });
  });
}

/** A part of an instalment goes from the vendor to the central store, where it is the next morning. */
function planCollection(
  story: Story,
  agenda: Agenda,
  { at, quantity, arrives }: { at: string; quantity: number; arrives: boolean },
): void {
  agenda.at(at, () => {
    const expectedBy = later(`${at.slice(0, 10)}T12:00`, 3 * 1_440);
    const sent = dispatch(story, at, { from: VENDOR, to: '00', quantity, expectedBy });
    if (!arrives) return;
    const arrival = later(at, 17 * 60);
    agenda.at(arrival, () => {
      receive(story, arrival, sent);
    });
  });
}

/** A shipment to the regency of Bogor that nobody has received when it was due. */
function planOverdue(story: Story, agenda: Agenda, scale: number): void {
  const quantity = Math.max(1, Math.round(OVERDUE_CARTONS * scale)) * CARTON;
  agenda.at('2017-03-27T08:00', () => {
    const order = { from: '00', to: '32.01', quantity, expectedBy: '2017-03-29T17:00' };
    const { shipmentId } = dispatch(story, '2017-03-27T08:00', order);
    agenda.at('2017-03-30T09:00', () => {
      const body = {
        account: '00',
        kind: 'delay' as const,
        place: 'Cibinong',
        occurredAt: stated('2017-03-30T09:00'),
      };
      story.tell('2017-03-30T09:00', {
        account: '00',
        what: 'incident',
        actor: officerOf('00'),
        command: (envelope) =>
          new ReportTransitIncidentCommand(
            envelope,
            shipmentId,
            bodyOf(ReportTransitIncidentBody, body),
          ),
      });
    });
  });
}

/** On the morning of 1 April the first shipment to every province leaves the central store. */
function planApril(
  story: Story,
  agenda: Agenda,
  facilities: FacilityRegister,
  { cartons, seed }: { cartons: number; seed: number },
): void {
  provinceShares(facilities, cartons).forEach(({ province, cartons: share }, at) => {
    const departure = later('2017-04-01T06:00', 2 * at);
    const days = SeededRandom.of(seed, `april/${province}`).whole(2, 9);
    agenda.at(departure, () => {
      dispatch(story, departure, {
        from: '00',
        to: province,
        quantity: share * CARTON,
        expectedBy: later('2017-04-01T17:00', days * 1_440),
      });
    });
  });
}

export const jakarta2017: Scenario = {
  name: 'jakarta-2017',
  description:
    'the contract of 22 March 2017 for 7,000,000 blanks, 200,000 of them for DKI Jakarta',
  begins: instantOf('2017-03-22T08:00'),
  run: (ledger, { scale, seed, onProgress }) =>
    tell(planJakarta2017(ledger.facilities, scale, seed), ledger, onProgress),
};
