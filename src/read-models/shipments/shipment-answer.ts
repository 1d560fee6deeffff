import type { PackageJson } from '../../custody/account/events.js';
import type { OccurredAt } from '../../custody/occurrence.js';
import type { SerialSetJson } from '../../custody/serials/serial-set.js';
import type { Row } from '../read-model-database.js';
import { serialTextsOfJson, type SerialTexts } from '../serial-texts.js';

export const SHIPMENT_STATES = ['in_transit', 'partly_settled', 'closed'] as const;
/** `closed`: nothing of it is in transit any more. */
export type ShipmentState = (typeof SHIPMENT_STATES)[number];

export interface ShipmentSummary {
  readonly shipmentId: string;
  readonly consignor: string;
  readonly consignee: string;
  readonly state: ShipmentState;
  readonly origin: 'dispatch' | 'refusal' | 'surrender';
  /** Null for refusals and surrenders. */
  readonly basis: string | null;
  /** ISO 8601, UTC; null where no time was agreed. Whether it is overdue depends on the caller's now. */
  readonly expectedBy: string | null;
  readonly recordedAt: string;
  readonly occurredAt: OccurredAt;
  readonly eventId: string;
  readonly paperNumber: string | null;
  /** On the manifest. */
  readonly blanks: number;
  /** Of these, still in transit. */
  readonly openBlanks: number;
  /** Of these, told missing when it was received, or while they were in transit. */
  readonly missingBlanks: number;
  /** Found in it though the manifest does not name them. */
  readonly unexpectedBlanks: number;
  /** When the entry was recorded that left nothing in transit: ISO 8601, UTC; null while something is. */
  readonly closedAt: string | null;
}

export interface PackageAnswer {
  readonly label: string;
  readonly kind: string;
  readonly seal: string;
  readonly usable: SerialTexts;
  readonly invalid: SerialTexts;
}

/** What a receipt found that the manifest does not name. It never entered custody. */
export interface UnexpectedSerials {
  readonly eventId: string;
  /** Who received it. */
  readonly account: string;
  readonly recordedAt: string;
  readonly serials: SerialTexts;
}

/** A receipt, refusal, loss, incident or reversal that concerns the shipment. */
export interface ShipmentEntry {
  readonly type: string;
  readonly eventId: string;
  readonly account: string;
  readonly revision: string;
  readonly position: string;
  readonly recordedAt: string;
  /** How many it took out of transit; negative when it gave them back, 0 for an incident. */
  readonly blanks: number;
}

export interface ShipmentAnswer extends ShipmentSummary {
  readonly carrier: string | null;
  readonly vehicle: string | null;
  readonly packages: readonly PackageAnswer[];
  /** What is still in transit. */
  readonly open: { readonly usable: SerialTexts; readonly invalid: SerialTexts };
  /** In order, the first 1,000. */
  readonly entries: readonly ShipmentEntry[];
  /** In order, the first 1,000; without those of receipts that were reversed. */
  readonly unexpected: readonly UnexpectedSerials[];
  /** The position of the log the answer holds for. */
  readonly position: string;
}

/** Whether a shipment should have arrived and has not; `now` in milliseconds since the epoch. */
export function isOverdue({ state, expectedBy }: ShipmentSummary, now: number): boolean {
  return state !== 'closed' && expectedBy !== null && Date.parse(expectedBy) < now;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export const SUMMARY_COLUMNS = `shipment_id, consignor, consignee, state, origin, basis, expected_by,
  recorded_at, occurred_at, event_id, paper_number, blanks, open_blanks,
  missing_blanks, unexpected_blanks, closed_at`;

export function summaryOf(row: Row): ShipmentSummary {
  const instantOrNull = (value: unknown): string | null =>
    value === null ? null : new Date(Number(value)).toISOString();
  return {
    shipmentId: String(row.shipment_id),
    consignor: String(row.consignor),
    consignee: String(row.consignee),
    state: String(row.state) as ShipmentState,
    origin: String(row.origin) as ShipmentSummary['origin'],
    basis: textOrNull(row.basis),
    expectedBy: instantOrNull(row.expected_by),
    recordedAt: String(row.recorded_at),
    occurredAt: JSON.parse(String(row.occurred_at)) as OccurredAt,
    eventId: String(row.event_id),
    paperNumber: textOrNull(row.paper_number),
    blanks: Number(row.blanks),
    openBlanks: Number(row.open_blanks),
    missingBlanks: Number(row.missing_blanks),
    unexpectedBlanks: Number(row.unexpected_blanks),
    closedAt: instantOrNull(row.closed_at),
  };
}

/** What is told of one shipment in other rows than its own. */
interface ShipmentRows {
  readonly entries: readonly Row[];
  readonly unexpected: readonly Row[];
}

export function shipmentAnswer(
  row: Row,
  { entries, unexpected }: ShipmentRows,
  position: string,
): ShipmentAnswer {
  const packages = JSON.parse(String(row.packages)) as readonly PackageJson[];
  const serials = (json: unknown): SerialTexts =>
    serialTextsOfJson(JSON.parse(String(json)) as SerialSetJson);
  return {
    ...summaryOf(row),
    carrier: textOrNull(row.carrier),
    vehicle: textOrNull(row.vehicle),
    packages: packages.map(({ label, kind, seal, usable, invalid }) => ({
      label,
      kind,
      seal,
      usable: serialTextsOfJson(usable),
      invalid: serialTextsOfJson(invalid),
    })),
    open: { usable: serials(row.open_usable), invalid: serials(row.open_invalid) },
    entries: entries.map((entry) => ({
      type: String(entry.type),
      eventId: String(entry.event_id),
      account: String(entry.account),
      revision: String(entry.revision),
      position: String(entry.position),
      recordedAt: String(entry.recorded_at),
      blanks: Number(entry.blanks),
    })),
    unexpected: unexpected.map((it) => ({
      eventId: String(it.event_id),
      account: String(it.account),
      recordedAt: String(it.recorded_at),
      serials: serials(it.serials),
    })),
    position,
  };
}
