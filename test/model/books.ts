import {
  parseAccountId,
  streamOfAccount,
  type AccountId,
} from '../../src/custody/account/account-id.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../../src/custody/account/custody-account.js';
import type { Shipment } from '../../src/custody/account/decision.js';
import type { CustodyEvent } from '../../src/custody/account/events.js';
import { openPart, shipmentOf } from '../../src/custody/account/incoming-shipment.js';
import { postingsOf } from '../../src/custody/account/postings.js';
import type { SerialSet } from '../../src/custody/serials/serial-set.js';
import { isCustodyEvent } from '../../src/commands/aggregates.js';
import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import type { Recorded } from '../../src/event-store/codec/ledger-event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import type { NaiveLedger } from './naive-ledger.js';

const STATES = ['usable', 'invalid', 'issued', 'missing', 'destroyed'] as const;

interface Books {
  readonly account: CustodyAccount;
  readonly events: readonly Recorded<CustodyEvent>[];
}

/** The account as its stored stream tells it. */
export async function booksOf(store: EventStore, id: AccountId): Promise<Books> {
  let account = emptyAccount(id);
  const events: Recorded<CustodyEvent>[] = [];
  for await (const batch of store.readStream(streamOfAccount(id))) {
    for (const stored of batch) {
      const event = decodeEvent(stored);
      if (!isCustodyEvent(event)) throw new Error(`${event.type} in the stream of an account`);
      account = evolveAccount(account, event);
      events.push(event);
    }
  }
  return { account, events };
}

function* serialsIn(set: SerialSet): Generator<string> {
  for (const { batch, first, last } of set.ranges()) {
    for (let number = first; number <= last; number++) yield `${batch}/${String(number)}`;
  }
}

/** Invariants 3 to 5 on one stored event. */
function checkEvent(
  account: AccountId,
  event: Recorded<CustodyEvent>,
  shipments: ReadonlyMap<string, Shipment>,
): void {
  const { actor, commandId } = event.metadata;
  if (actor.id === '' || commandId === '') throw new Error(`${event.id} names no actor or command`);
  for (const { from, serials } of postingsOf(event)) {
    if (from.place === 'destroyed' && event.type !== 'EntryReversed')
      throw new Error(`${event.type} brings back what was destroyed`);
    if (from.place !== 'transit' || event.type === 'EntryReversed') continue;
    const shipment = shipments.get(from.shipmentId);
    if (shipment?.consignee !== account) throw new Error(`${account} is not the consignee`);
    if (!shipment[from.state].containsAll(serials)) throw new Error('beyond the manifest');
  }
}

/** Every serial's place as the stored streams tell it; each has one (invariant 2). */
function placesIn(all: readonly Books[], shipments: Iterable<Shipment>): Map<string, string> {
  const places = new Map<string, string>();
  const put = (set: SerialSet, place: string): void => {
    for (const serial of serialsIn(set)) {
      const other = places.get(serial);
      if (other !== undefined) throw new Error(`${serial} is in ${other} and in ${place}`);
      places.set(serial, place);
    }
  };
  const byId = new Map(all.map(({ account }) => [account.id, account]));
  for (const { account } of all) {
    for (const state of STATES) put(account[state], `${account.id} ${state}`);
  }
  for (const shipment of shipments) {
    const open = openPart(
      byId.get(shipment.consignee) ?? emptyAccount(shipment.consignee),
      shipment,
    );
    put(open.usable, `${shipment.shipmentId} usable`);
    put(open.invalid, `${shipment.shipmentId} invalid`);
  }
  return places;
}

/** Compares the stored books with the model's, serial by serial, and checks the invariants on them. */
export async function compareBooks(
  store: EventStore,
  ledger: NaiveLedger,
  names: readonly string[],
): Promise<void> {
  const ids = names.map(parseAccountId).filter((id) => id !== null);
  const all = await Promise.all(ids.map((id) => booksOf(store, id)));
  const shipments = new Map<string, Shipment>();
  for (const { events } of all) {
    for (const event of events) {
      const shipment = shipmentOf(event, Date.parse(event.metadata.recordedAt));
      if (shipment !== null) shipments.set(shipment.shipmentId, shipment);
    }
  }
  for (const { account, events } of all) {
    for (const event of events) checkEvent(account.id, event, shipments);
  }
  const places = placesIn(all, shipments.values());
  const produced = all.reduce((sum, { account }) => sum + (account.batch?.produced.size ?? 0), 0);
  if (produced !== places.size)
    throw new Error(`${String(produced)} produced, ${String(places.size)} in the books`);
  if (ledger.places.size !== produced)
    throw new Error(`${String(produced)} produced, the model says ${String(ledger.places.size)}`);
  for (const [serial, at] of ledger.places) {
    const expected = `${'account' in at ? at.account : at.shipment} ${at.state}`;
    if (places.get(serial) !== expected)
      throw new Error(`${serial} is in ${places.get(serial) ?? 'no'}, the model says ${expected}`);
  }
  for (const { account } of all) {
    const { unnumbered, custodian, sent } = ledger.stream(streamOfAccount(account.id));
    const isSame =
      account.unnumbered === unnumbered &&
      account.custodian === custodian &&
      account.shipmentsSent === sent;
    if (!isSame)
      throw new Error(`${account.id} differs in unnumbered cards, custodian or shipments`);
  }
}
