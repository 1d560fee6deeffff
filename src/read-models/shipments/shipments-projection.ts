import type { AccountId, ShipmentId } from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import { shipmentOf } from '../../custody/account/incoming-shipment.js';
import { postingsOf, type Posting } from '../../custody/account/postings.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { accountEntry, type Projection } from '../projection.js';
import { PendingShipments } from './pending-shipments.js';
import { SHIPMENTS_PROJECTION, SHIPMENT_TABLES } from './shipment-tables.js';
import { sentBy, statedInstant } from './tracked-shipment.js';

/**
 * Every shipment with its manifest, what of it is still in transit, what was missing or unexpected, how
 * long it took, and what was entered about it. Nothing depends on the time at which it is asked for.
 */
export const shipmentsProjection: Projection = {
  name: SHIPMENTS_PROJECTION,
  version: 2,
  tables: SHIPMENT_TABLES,
  // A blank is issued from an account's own stock, so issuances concern no shipment.
  apply: ({ events }, database) => {
    const pending = new PendingShipments(database);
    for (const event of events) {
      const entry = accountEntry(event);
      if (entry !== null) take(pending, entry.account, entry.event);
    }
    pending.write();
  },
};

function take(pending: PendingShipments, account: AccountId, event: Recorded<CustodyEvent>): void {
  const sent = shipmentOf(event, Date.parse(event.metadata.recordedAt));
  if (sent !== null) pending.send(sentBy(sent, event));
  settle(pending, account, event, sent?.shipmentId ?? null);
  if (event.type === 'ShipmentReceived') noteUnexpected(pending, account, event);
  if (event.type === 'EntryReversed' && event.data.entryType === 'ShipmentReceived')
    for (const shipmentId of shipmentsOf(postingsOf(event)))
      pending.forgetUnexpected(shipmentId, event.data.eventId);
  if (event.type === 'TransitIncidentReported')
    pending.note(event.data.shipmentId, account, event, 0);
  if (event.type === 'OccurrenceCorrected') correct(pending, event);
}

/** Serials leave the open part, or come back to it by a reversal; `sent` is the shipment the event itself opens. */
function settle(
  pending: PendingShipments,
  account: AccountId,
  event: Recorded<CustodyEvent>,
  sent: ShipmentId | null,
): void {
  const settled = new Map<ShipmentId, number>();
  const count = (shipmentId: ShipmentId, blanks: number): void => {
    settled.set(shipmentId, (settled.get(shipmentId) ?? 0) + blanks);
  };
  for (const { from, to, serials } of postingsOf(event)) {
    if (from.place === 'transit') {
      const shipment = pending.of(from.shipmentId);
      shipment.open[from.state] = shipment.open[from.state].minus(serials);
      if (to.place === 'missing') shipment.missing += serials.size;
      count(from.shipmentId, serials.size);
    }
    if (to.place === 'transit' && to.shipmentId !== sent) {
      const shipment = pending.of(to.shipmentId);
      shipment.open[to.state] = shipment.open[to.state].plus(serials);
      if (from.place === 'missing') shipment.missing -= serials.size;
      count(to.shipmentId, -serials.size);
    }
  }
  for (const [shipmentId, blanks] of settled) {
    const shipment = pending.of(shipmentId);
    const { usable, invalid } = shipment.open;
    pending.close(shipment, usable.isEmpty && invalid.isEmpty ? closingBy(event) : null);
    pending.note(shipmentId, account, event, blanks);
  }
}

function closingBy({ type, id, metadata, data }: Recorded<CustodyEvent>) {
  const at = Date.parse(metadata.recordedAt);
  return { at, type, eventId: id, occurred: statedInstant(data.occurredAt) };
}

function shipmentsOf(postings: readonly Posting[]): ReadonlySet<ShipmentId> {
  const places = postings.flatMap(({ from, to }) => [from, to]);
  return new Set(places.flatMap((it) => (it.place === 'transit' ? [it.shipmentId] : [])));
}

function noteUnexpected(
  pending: PendingShipments,
  account: AccountId,
  event: Recorded<CustodyEvent> & { readonly type: 'ShipmentReceived' },
): void {
  const { shipmentId, unexpected } = event.data;
  if (unexpected.length > 0) pending.noteUnexpected(shipmentId, account, event);
}

/** When a shipment left, or arrived, was another time than first stated. */
function correct(
  pending: PendingShipments,
  { data }: Recorded<CustodyEvent> & { readonly type: 'OccurrenceCorrected' },
): void {
  const { eventId, correctedTo } = data;
  const sent = pending.sentBy(eventId);
  if (sent !== null) {
    sent.occurredAt = JSON.stringify(correctedTo);
    sent.sentOccurred = statedInstant(correctedTo);
  }
  const closed = pending.closedBy(eventId);
  if (closed !== null && closed.closing !== null)
    closed.closing = { ...closed.closing, occurred: statedInstant(correctedTo) };
}
