import {
  ReceiveShipmentBody,
  ReceiveShipmentCommand,
} from '../commands/receive-shipment.command.js';
import { RefuseShipmentBody, RefuseShipmentCommand } from '../commands/refuse-shipment.command.js';
import { shipmentIdOf, type AccountId } from '../custody/account/account-id.js';
import { cartonsInWave, cartonsOfOffices, type Regency } from './national-2017-allotment.js';
import { SeededRandom } from './seeded-random.js';
import { SerialPile, textsOf } from './serial-pile.js';
import { CARTON, dispatch, receive, type Sent } from './shipments.js';
import { bodyOf, later, officerOf, stated, type Plain, type Story } from './story.js';

const DAY_MINUTES = 1_440;
const CENTRE = '00';
const FEWEST_ABSENT = 10;
const MOST_ABSENT = 60;

/** Which of a list: every `every`th, beginning with `first`. */
export interface EveryNth {
  readonly every: number;
  readonly first: number;
}

export function isOneOf(at: number, { every, first }: EveryNth): boolean {
  return at % every === first;
}

/** Regencies whose first shipment comes with a carton opened, and those who send it back unopened. */
const OPENED: EveryNth = { every: 25, first: 3 };
const REFUSED: EveryNth = { every: 19, first: 7 };

/** A part of the stock on its way to where it is printed. */
export interface Wave {
  /** From 0. */
  readonly number: number;
  /** The first day, `2017-04-01`. */
  readonly begins: string;
  /** How often each office prints. */
  readonly printings: number;
}

/** The time of day of the wave's nth day, from 0. */
export function onDay({ begins }: Wave, day: number, time: string): string {
  return later(`${begins}T${time}`, day * DAY_MINUTES);
}

interface Leg {
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
}

function send(story: Story, at: string, legs: readonly Leg[]): readonly Sent[] {
  const expectedBy = later(`${at.slice(0, 10)}T17:00`, 3 * DAY_MINUTES);
  return legs
    .filter(({ quantity }) => quantity > 0)
    .map((leg) => dispatch(story, at, { ...leg, expectedBy }));
}

/** From the centre to the provinces, on to the regencies, and on to their districts: five days. */
export function shipWave(
  story: Story,
  regencies: readonly Regency[],
  wave: Wave,
  seed: number,
): void {
  const toRegencies = regencies.map((regency) => ({
    from: regency.province,
    to: regency.id,
    quantity: cartonsInWave(regency, wave.number) * CARTON,
  }));
  const toProvinces = [...Map.groupBy(toRegencies, ({ from }) => from)].map(([to, legs]) => ({
    from: CENTRE,
    to,
    quantity: legs.reduce((sum, { quantity }) => sum + quantity, 0),
  }));
  const toDistricts = regencies.flatMap((regency) =>
    cartonsOfOffices(regency, cartonsInWave(regency, wave.number))
      .slice(1)
      .map(({ office, cartons }) => ({ from: regency.id, to: office, quantity: cartons * CARTON })),
  );
  const toAllProvinces = send(story, onDay(wave, 0, '08:00'), toProvinces);
  for (const sent of toAllProvinces) receive(story, onDay(wave, 1, '09:00'), sent);
  const toAllRegencies = send(story, onDay(wave, 1, '13:00'), toRegencies);
  arriveAtRegencies(story, toAllRegencies, wave, seed);
  const toAllDistricts = send(story, onDay(wave, 4, '09:00'), toDistricts);
  for (const sent of toAllDistricts) receive(story, onDay(wave, 5, '09:00'), sent);
}

/** In the first wave some shipments come short, and some are sent back, and sent again. */
function arriveAtRegencies(story: Story, all: readonly Sent[], wave: Wave, seed: number): void {
  const isFirst = wave.number === 0;
  const refused: { readonly sent: Sent; readonly back: string }[] = [];
  const morning = onDay(wave, 2, '09:00');
  all.forEach((sent, at) => {
    if (isFirst && isOneOf(at, REFUSED)) refused.push({ sent, back: refuse(story, morning, sent) });
    else if (isFirst && isOneOf(at, OPENED)) receiveOpened(story, morning, sent, seed);
    else receive(story, morning, sent);
  });
  for (const { sent, back } of refused) receiveBack(story, onDay(wave, 3, '09:00'), sent, back);
  const again = refused.map(({ sent }) => ({
    from: consignorOf(sent),
    to: sent.to,
    quantity: new SerialPile(sent.ranges).size,
  }));
  const sentAgain = send(story, onDay(wave, 3, '10:00'), again);
  for (const sent of sentAgain) receive(story, onDay(wave, 3, '16:00'), sent);
}

function consignorOf({ to }: Sent): string {
  return to.slice(0, 2);
}

/** The seal is broken at the gate: nothing of it is taken in. The number it goes back under. */
function refuse(story: Story, at: string, { shipmentId, to }: Sent): string {
  const books = story.booksOf(to);
  books.shipmentsSent += 1;
  const body = {
    account: to,
    occurredAt: stated(later(at, -30)),
    reason: 'Segel palet rusak; isi tidak dihitung',
  };
  story.tell(at, {
    account: to,
    what: `refuse-${shipmentId}`,
    actor: officerOf(to),
    command: (envelope) =>
      new RefuseShipmentCommand(envelope, shipmentId, bodyOf(RefuseShipmentBody, body)),
  });
  return shipmentIdOf(to as AccountId, books.shipmentsSent);
}

/** What was sent back lies in the province's store again, before all else. */
function receiveBack(story: Story, at: string, sent: Sent, shipmentId: string): void {
  const province = consignorOf(sent);
  story.booksOf(province).usable.putBack(sent.ranges);
  tellReceipt(story, at, province, shipmentId, { asStated: textsOf(sent.ranges) });
}

/** The last carton has been opened on the way: some of its blanks are not there. */
function receiveOpened(story: Story, at: string, sent: Sent, seed: number): void {
  const { to, shipmentId, ranges, packages } = sent;
  const absent = SeededRandom.of(seed, `opened/${shipmentId}`).whole(FEWEST_ABSENT, MOST_ABSENT);
  const pile = new SerialPile(ranges);
  const arrived = pile.take(pile.size - absent);
  story.booksOf(to).usable.add(arrived);
  const last = packages.length - 1;
  tellReceipt(story, at, to, shipmentId, {
    asStated: textsOf(arrived),
    missing: textsOf(pile.ranges),
    sealChecks: packages.map(({ label, seal }, nth) => ({ label, seal, isIntact: nth < last })),
    note: `Segel dus terakhir putus; kurang ${absent} keping`,
  });
}

/** Whoever receives signs half an hour before it is entered. */
export function tellReceipt(
  story: Story,
  at: string,
  account: string,
  shipmentId: string,
  found: Partial<Plain<ReceiveShipmentBody>>,
): void {
  const body = { ...found, account, occurredAt: stated(later(at, -30)) };
  story.tell(at, {
    account,
    what: `receive-${shipmentId}`,
    actor: officerOf(account),
    command: (envelope) =>
      new ReceiveShipmentCommand(envelope, shipmentId, bodyOf(ReceiveShipmentBody, body)),
  });
}
