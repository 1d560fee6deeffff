import { accountParts } from '../../custody/account/account-id.js';
import type { Shipment } from '../../custody/account/decision.js';
import type { CustodyEvent, HeldState, PackageJson } from '../../custody/account/events.js';
import { levelOf } from '../../custody/facilities/facility-code.js';
import { intervalOf, type OccurredAt } from '../../custody/occurrence.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';

/** The entry that left nothing of a shipment in transit. */
export interface Closing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  readonly eventId: string;
  /** Milliseconds since the epoch; null where only a day was stated. */
  readonly occurred: number | null;
}

/** A shipment while a stretch of the log is taken in; changed in place, written once at its end. */
export interface TrackedShipment {
  readonly shipmentId: string;
  readonly position: bigint;
  readonly consignor: string;
  readonly consignee: string;
  readonly consignorLevel: string;
  readonly origin: string;
  readonly basis: string | null;
  readonly expectedBy: number | null;
  readonly recordedAt: string;
  /** As JSON. */
  occurredAt: string;
  readonly eventId: string;
  readonly paperNumber: string | null;
  readonly carrier: string | null;
  readonly vehicle: string | null;
  /** As JSON. */
  readonly packages: string;
  readonly blanks: number;
  readonly open: Record<HeldState, SerialSet>;
  missing: number;
  unexpected: number;
  readonly sentAt: number;
  sentOccurred: number | null;
  closing: Closing | null;
}

/** What kinds of consignors are told apart: facilities by their level, vendors, evidence. */
export function levelOfConsignor(consignor: Shipment['consignor']): string {
  const parts = accountParts(consignor);
  if (parts.kind === 'facility') return levelOf(parts.facilityId);
  return parts.kind === 'batch' ? 'vendor' : 'evidence';
}

/** The instant of a stated time, or null where only a day is known. */
export function statedInstant(at: OccurredAt): number | null {
  return at.precision === 'day' ? null : intervalOf(at).earliest;
}

/** A shipment as the entry that sent it tells of it. */
export function sentBy(shipment: Shipment, event: Recorded<CustodyEvent>): TrackedShipment {
  const { shipmentId, consignor, consignee, origin, usable, invalid, expectedBy } = shipment;
  const details = event.type === 'ShipmentDispatched' ? event.data : null;
  return {
    shipmentId,
    position: event.position,
    consignor,
    consignee,
    consignorLevel: levelOfConsignor(consignor),
    origin,
    basis: details?.basis ?? null,
    expectedBy,
    recordedAt: event.metadata.recordedAt,
    occurredAt: JSON.stringify(shipment.occurredAt),
    eventId: event.id,
    paperNumber: details?.paperNumber ?? null,
    carrier: details?.carrier ?? null,
    vehicle: details?.vehicle ?? null,
    packages: JSON.stringify(details?.packages ?? [unnamedPackage(shipment)]),
    blanks: usable.size + invalid.size,
    open: { usable, invalid },
    missing: 0,
    unexpected: 0,
    sentAt: shipment.recordedAt,
    sentOccurred: statedInstant(shipment.occurredAt),
    closing: null,
  };
}

/** Refusals and surrenders go in one. */
function unnamedPackage({ usable, invalid }: Shipment): PackageJson {
  return { label: '', kind: '', seal: '', usable: usable.toJson(), invalid: invalid.toJson() };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}

/** As it stands in the rows, or null where there is none. */
export function storedShipment(
  database: ReadModelDatabase,
  shipmentId: string,
): TrackedShipment | null {
  const row = database.get(
    'SELECT *, CAST(position AS TEXT) AS place FROM shipment WHERE shipment_id = ?',
    shipmentId,
  );
  if (row === undefined) return null;
  const serials = (json: unknown): SerialSet =>
    SerialSet.fromJson(JSON.parse(String(json)) as SerialSetJson);
  return {
    shipmentId,
    position: BigInt(String(row.place)),
    consignor: String(row.consignor),
    consignee: String(row.consignee),
    consignorLevel: String(row.consignor_level),
    origin: String(row.origin),
    basis: textOrNull(row.basis),
    expectedBy: numberOrNull(row.expected_by),
    recordedAt: String(row.recorded_at),
    occurredAt: String(row.occurred_at),
    eventId: String(row.event_id),
    paperNumber: textOrNull(row.paper_number),
    carrier: textOrNull(row.carrier),
    vehicle: textOrNull(row.vehicle),
    packages: String(row.packages),
    blanks: Number(row.blanks),
    open: { usable: serials(row.open_usable), invalid: serials(row.open_invalid) },
    missing: Number(row.missing_blanks),
    unexpected: Number(row.unexpected_blanks),
    sentAt: Number(row.sent_at),
    sentOccurred: numberOrNull(row.sent_occurred),
    closing: closingOf(row),
  };
}

function closingOf(row: Row): Closing | null {
  if (row.closed_at === null) return null;
  return {
    at: Number(row.closed_at),
    type: String(row.closed_by),
    eventId: String(row.closing_event_id),
    occurred: numberOrNull(row.closed_occurred),
  };
}

const PLACES = Array.from({ length: 31 }, () => '?').join(', ');

export function storeShipment(database: ReadModelDatabase, shipment: TrackedShipment): void {
  const { open, closing, blanks, sentAt, sentOccurred } = shipment;
  const left = open.usable.size + open.invalid.size;
  const hasArrived = shipment.origin !== 'surrender' && closing !== null && arrives(closing.type);
  const stated = hasArrived ? closing.occurred : null;
  database.run(
    `INSERT OR REPLACE INTO shipment VALUES (${PLACES})`,
    shipment.shipmentId,
    shipment.position,
    shipment.consignor,
    shipment.consignee,
    shipment.consignorLevel,
    left === 0 ? 'closed' : left === blanks ? 'in_transit' : 'partly_settled',
    shipment.origin,
    shipment.basis,
    shipment.expectedBy,
    shipment.recordedAt,
    shipment.occurredAt,
    shipment.eventId,
    shipment.paperNumber,
    shipment.carrier,
    shipment.vehicle,
    shipment.packages,
    blanks,
    JSON.stringify(open.usable.toJson()),
    JSON.stringify(open.invalid.toJson()),
    left,
    open.usable.size,
    shipment.missing,
    shipment.unexpected,
    sentAt,
    sentOccurred,
    closing?.at ?? null,
    closing?.type ?? null,
    closing?.eventId ?? null,
    closing?.occurred ?? null,
    // Nodes' clocks differ a little, and stated times by five minutes at most.
    hasArrived ? Math.max(0, closing.at - sentAt) : null,
    stated === null || sentOccurred === null ? null : Math.max(0, stated - sentOccurred),
  );
}

/** A loss reported ends a transit too, but nothing arrived. */
function arrives(type: string): boolean {
  return type === 'ShipmentReceived' || type === 'ShipmentRefused';
}
