import { assert } from '../../custody/assert.js';
import type { AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { storedShipment, storeShipment, type TrackedShipment } from './tracked-shipment.js';

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
  readonly #notes: Note[] = [];
  /** Receipts with serials that no manifest named, by their event ids. */
  readonly #unexpected = new Map<string, Note>();

  constructor(private readonly database: ReadModelDatabase) {}

  send(shipment: TrackedShipment): void {
    this.#shipments.set(shipment.shipmentId, shipment);
  }

  /** @throws {InvariantViolation} it was never sent */
  of(shipmentId: string): TrackedShipment {
    const known = this.#shipments.get(shipmentId) ?? storedShipment(this.database, shipmentId);
    assert(known !== null, `shipment ${shipmentId} was sent before it is settled`);
    this.#shipments.set(shipmentId, known);
    return known;
  }

  /** Those that an entry sent. */
  sentBy(eventId: string): readonly TrackedShipment[] {
    return this.#found('event_id', eventId).filter((it) => it.eventId === eventId);
  }

  /** Those of which an entry left nothing in transit. */
  closedBy(eventId: string): readonly TrackedShipment[] {
    return this.#found('closing_event_id', eventId).filter(
      ({ closing }) => closing?.eventId === eventId,
    );
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

  /** Those in hand, and those of the rows with them; what is in hand is the newer. */
  #found(column: 'event_id' | 'closing_event_id', eventId: string): readonly TrackedShipment[] {
    const rows = this.database.all(`SELECT shipment_id FROM shipment WHERE ${column} = ?`, eventId);
    for (const row of rows) this.of(String(row.shipment_id));
    return [...this.#shipments.values()];
  }
}

/** By shipment; of each in the order of the log, in which they came. */
function inKeyOrder(notes: readonly Note[]): readonly Note[] {
  return [...notes].sort((a, b) =>
    a.shipmentId === b.shipmentId ? 0 : a.shipmentId < b.shipmentId ? -1 : 1,
  );
}
