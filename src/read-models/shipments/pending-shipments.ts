import { assert } from '../../custody/assert.js';
import type { AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import {
  storedShipment,
  storeShipment,
  type Closing,
  type TrackedShipment,
} from './tracked-shipment.js';

interface Note {
  readonly shipmentId: string;
  readonly account: AccountId;
  readonly event: Recorded<CustodyEvent>;
  readonly blanks: number;
}

type Receipt = Recorded<CustodyEvent> & { readonly type: 'ShipmentReceived' };

/**
 * The shipments that a stretch of the log touches, gathered in memory, so that each row is read and
 * written once, in key order.
 */
export class PendingShipments {
  readonly #shipments = new Map<string, TrackedShipment>();
  /** Ids of those in hand by the entries that sent them, and by those that closed them. */
  readonly #sentBy = new Map<string, string>();
  readonly #closedBy = new Map<string, string>();
  readonly #notes: Note[] = [];
  /** Receipts with serials that no manifest named, by their event ids. */
  readonly #unexpected = new Map<string, Note>();

  constructor(private readonly database: ReadModelDatabase) {}

  send(shipment: TrackedShipment): void {
    this.#hold(shipment);
  }

  /** @throws {InvariantViolation} it was never sent */
  of(shipmentId: string): TrackedShipment {
    const known = this.#shipments.get(shipmentId) ?? storedShipment(this.database, shipmentId);
    assert(known !== null, `shipment ${shipmentId} was sent before it is settled`);
    this.#hold(known);
    return known;
  }

  /** The one that an entry sent, or null. */
  sentBy(eventId: string): TrackedShipment | null {
    return this.#found(this.#sentBy.get(eventId), 'event_id', eventId);
  }

  /** Null while something of it is in transit. */
  close(shipment: TrackedShipment, closing: Closing | null): void {
    shipment.closing = closing;
    if (closing !== null) this.#closedBy.set(closing.eventId, shipment.shipmentId);
  }

  /** The one of which an entry left nothing in transit, or null. */
  closedBy(eventId: string): TrackedShipment | null {
    const found = this.#found(this.#closedBy.get(eventId), 'closing_event_id', eventId);
    // What is in hand may be open again.
    return found?.closing?.eventId === eventId ? found : null;
  }

  /** Keeps what was entered about a shipment after it was sent. */
  note(
    shipmentId: string,
    account: AccountId,
    event: Recorded<CustodyEvent>,
    blanks: number,
  ): void {
    this.#notes.push({ shipmentId, account, event, blanks });
  }

  noteUnexpected(shipmentId: string, account: AccountId, event: Receipt): void {
    const blanks = SerialSet.fromJson(event.data.unexpected).size;
    this.of(shipmentId).unexpected += blanks;
    this.#unexpected.set(event.id, { shipmentId, account, event, blanks });
  }

  /** The receipt that found them was reversed. */
  forgetUnexpected(shipmentId: string, eventId: string): void {
    const pending = this.#unexpected.get(eventId);
    const key = [shipmentId, eventId] as const;
    const stored = this.database.get(
      'SELECT blanks FROM shipment_unexpected WHERE shipment_id = ? AND event_id = ?',
      ...key,
    );
    this.of(shipmentId).unexpected -= pending?.blanks ?? Number(stored?.blanks ?? 0);
    this.#unexpected.delete(eventId);
    this.database.run(
      'DELETE FROM shipment_unexpected WHERE shipment_id = ? AND event_id = ?',
      ...key,
    );
  }

  write(): void {
    for (const [, shipment] of [...this.#shipments].sort(([a], [b]) => (a < b ? -1 : 1)))
      storeShipment(this.database, shipment);
    for (const { shipmentId, account, event, blanks } of inKeyOrder(this.#notes))
      this.database.run(
        'INSERT INTO shipment_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        shipmentId,
        event.position,
        event.type,
        event.id,
        account,
        event.revision,
        event.metadata.recordedAt,
        blanks,
      );
    for (const { shipmentId, account, event, blanks } of this.#unexpected.values())
      this.database.run(
        'INSERT INTO shipment_unexpected VALUES (?, ?, ?, ?, ?, ?, ?)',
        shipmentId,
        event.position,
        event.id,
        account,
        event.metadata.recordedAt,
        JSON.stringify((event as Receipt).data.unexpected),
        blanks,
      );
  }

  #hold(shipment: TrackedShipment): void {
    this.#shipments.set(shipment.shipmentId, shipment);
    this.#sentBy.set(shipment.eventId, shipment.shipmentId);
  }

  #found(
    inHand: string | undefined,
    column: 'event_id' | 'closing_event_id',
    eventId: string,
  ): TrackedShipment | null {
    if (inHand !== undefined) return this.of(inHand);
    const sql = `SELECT shipment_id FROM shipment WHERE ${column} = ?`;
    const row = this.database.get(sql, eventId);
    return row === undefined ? null : this.of(String(row.shipment_id));
  }
}

/** By shipment; of each in the order of the log, in which they came. */
function inKeyOrder(notes: readonly Note[]): readonly Note[] {
  return [...notes].sort((a, b) =>
    a.shipmentId === b.shipmentId ? 0 : a.shipmentId < b.shipmentId ? -1 : 1,
  );
}
