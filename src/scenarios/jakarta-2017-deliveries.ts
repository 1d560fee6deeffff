import {
  ReceiveShipmentBody,
  ReceiveShipmentCommand,
} from '../commands/receive-shipment.command.js';
import type { Agenda } from './agenda.js';
import { count, issue, recover, spoil, surrender, undoSpoilage } from './counter.js';
import { JAKARTA } from './offices.js';
import { SeededRandom } from './seeded-random.js';
import { textsOf } from './serial-pile.js';
import { CARTON, dispatch, receive } from './shipments.js';
import { later, officerOf, stated, type Story, bodyOf } from './story.js';

export interface Delivery {
  readonly to: string;
  readonly cartons: number;
  /** One carton is not in the van. */
  readonly isShort: boolean;
}

const FIRST_DAY = 27;
const LAST_DAY = 31;
const WAVE_TIMES = ['08:30', '10:30', '13:30', '15:30'] as const;
const WAVES = (LAST_DAY - FIRST_DAY + 1) * WAVE_TIMES.length;
const DAY_MINUTES = 1_440;
/** Every how many offices something happens on the last day. */
const A_COUNT = 8;
const A_SHORT_COUNT = 64;
const A_SPOILAGE = 4;
const A_SURRENDER = 10;
const AN_ERROR = 100;

/** When the vans of one wave leave the province's store. */
function departureOf(wave: number): string {
  const day = FIRST_DAY + Math.floor(wave / WAVE_TIMES.length);
  return `2017-03-${day}T${WAVE_TIMES[wave % WAVE_TIMES.length] ?? WAVE_TIMES[0]}`;
}

/** The next morning; on the last day the same afternoon, or not before the month is over. */
function arrivalOf(wave: number): string | null {
  const departure = departureOf(wave);
  const slot = wave % WAVE_TIMES.length;
  if (!departure.startsWith(`2017-03-${LAST_DAY}`))
    return later(`${departure.slice(0, 10)}T09:00`, DAY_MINUTES + 20 * slot);
  return slot < WAVE_TIMES.length / 2 ? `2017-03-${LAST_DAY}T15:50` : null;
}

/**
 * The blanks for DKI leave the province's store in twenty waves from 27 to 31 March; the offices
 * issue from the day they have them, and settle their books on the evening of the 31st.
 */
export function planDeliveries(
  story: Story,
  agenda: Agenda,
  deliveries: readonly Delivery[],
  seed: number,
): void {
  const inWave = Math.ceil(deliveries.length / WAVES);
  deliveries.forEach(({ to, cartons, isShort }, at) => {
    const wave = Math.floor(at / inWave);
    const departure = departureOf(wave);
    const arrival = arrivalOf(wave);
    agenda.at(departure, () => {
      const sent = dispatch(story, departure, {
        from: JAKARTA,
        to,
        quantity: cartons * CARTON,
        expectedBy: later(`${departure.slice(0, 10)}T17:00`, 2 * DAY_MINUTES),
        carrier: 'Kendaraan dinas Dukcapil DKI',
      });
      if (arrival === null) return;
      agenda.at(arrival, () => {
        receive(story, arrival, sent, isShort ? 1 : 0);
      });
    });
    if (arrival === null || arrival.endsWith('15:50')) return;
    planIssuing(story, agenda, { to, at, arrival, isDistrict: cartons > 2, seed });
    planLastEvening(story, agenda, { office: to, at, seed });
  });
}

function planIssuing(
  story: Story,
  agenda: Agenda,
  office: { to: string; at: number; arrival: string; isDistrict: boolean; seed: number },
): void {
  const { to, at, arrival, isDistrict, seed } = office;
  const random = SeededRandom.of(seed, `issue/${to}`);
  for (let day = Number(arrival.slice(8, 10)); day <= LAST_DAY; day++) {
    const time = later(`2017-03-${day}T14:00`, (at % 4) * 20);
    agenda.at(time, () => {
      issue(story, time, to, isDistrict ? random.whole(6, 12) : random.whole(2, 6), random);
    });
  }
}

interface Evening {
  readonly office: string;
  /** Its place in the list of deliveries, from 0. */
  readonly at: number;
  readonly seed: number;
}

/** What of a hundred things happens at which office follows from its place in the list. */
function planLastEvening(story: Story, agenda: Agenda, { office, at, seed }: Evening): void {
  const random = SeededRandom.of(seed, `evening/${office}`);
  const on = (time: string, action: (time: string) => void): void => {
    agenda.at(`2017-03-31T${time}`, () => {
      action(`2017-03-31T${time}`);
    });
  };
  if (at % AN_ERROR === AN_ERROR / 2 - 1) {
    on('16:00', (time) => {
      const entry = spoil(story, time, office, 1, random);
      on('16:20', (undone) => {
        undoSpoilage(story, undone, office, entry);
      });
    });
  }
  if (at % A_SPOILAGE === 1) {
    on('16:30', (time) => {
      spoil(story, time, office, random.whole(1, 3), random);
    });
  }
  if (at % A_SURRENDER === 2) {
    on('16:40', (time) => {
      planSurrender(story, on, {
        time,
        office,
        handedInAt: at % 3 === 0 ? office.slice(0, 8) : office,
      });
    });
  }
  if (at % A_COUNT === 3) {
    on('17:30', (time) => {
      const overlooked = count(story, time, office, at % A_SHORT_COUNT === 3 ? 1 : 0);
      if (overlooked.length === 0) return;
      on('18:10', (found) => {
        recover(story, found, { office, ranges: overlooked });
      });
    });
  }
}

/** A card of a kelurahan handed in at its kecamatan travels there; some have arrived by the evening. */
function planSurrender(
  story: Story,
  on: (time: string, action: (time: string) => void) => void,
  { time, office, handedInAt }: { time: string; office: string; handedInAt: string },
): void {
  const sent = surrender(story, time, office, handedInAt);
  if (sent === null || Number(office.slice(-1)) % 2 === 0) return;
  on('17:20', (arrival) => {
    const { shipmentId, range } = sent;
    const body = { account: handedInAt, occurredAt: stated(arrival), asStated: textsOf([range]) };
    story.booksOf(handedInAt).invalid.add([range]);
    story.tell(arrival, {
      account: handedInAt,
      what: `receive-${shipmentId}`,
      actor: officerOf(handedInAt),
      command: (envelope) =>
        new ReceiveShipmentCommand(envelope, shipmentId, bodyOf(ReceiveShipmentBody, body)),
    });
  });
}
