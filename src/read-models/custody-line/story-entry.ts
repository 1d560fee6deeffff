import { ISSUANCE_REASONS, type CustodyEvent, type Officer } from '../../custody/account/events.js';
import type { AccountId } from '../../custody/account/account-id.js';
import {
  intervalOf,
  latestOf,
  occurredAtOf,
  PRECISIONS,
  type OccurredAt,
} from '../../custody/occurrence.js';
import type { JsonObject } from '../../event-store/event-store.js';
import { ZONE_NAMES } from '../issuance-columns.js';
import type { Row } from '../read-model-database.js';
import type { IssuanceBlock } from './issuance-record.js';

/** One entry as whoever follows a serial meets it. Times are in milliseconds since the epoch. */
export interface StoryEntry {
  readonly position: number;
  readonly type: CustodyEvent['type'];
  /** In whose stream it stands. */
  readonly account: AccountId;
  readonly revision: number;
  readonly eventId: string;
  readonly ledgerTime: number;
  readonly recordedAt: number;
  /** As the officer stated it. */
  readonly occurred: OccurredAt;
  /** As it was corrected, by the last correction; null for none. */
  readonly corrected: OccurredAt | null;
  /** The first and the last instant of when it happened, as corrected. */
  readonly earliest: number;
  readonly latest: number;
  readonly actor: Officer;
  /** Whom a shipment is for, or who sent it; null where none is concerned. */
  readonly counterparty: AccountId | null;
  /** The shipment it takes from, and the one it gives to. */
  readonly fromShipment: string | null;
  readonly toShipment: string | null;
  /** Revision of the entry that it reverses or corrects. */
  readonly targetRevision: number | null;
  /** What else it says, by its type. */
  readonly details: JsonObject;
}

export interface IssuanceEntry extends StoryEntry {
  readonly type: 'BlankIssued';
  /** Lower-case hex. */
  readonly subject: string;
  /** The card it replaces. */
  readonly replaces: { readonly batch: string; readonly number: number } | null;
}

export function isIssuance(entry: StoryEntry): entry is IssuanceEntry {
  return entry.type === 'BlankIssued';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function occurredOfRow(row: Row): OccurredAt {
  return {
    value: row.occurred_value,
    precision: row.occurred_precision,
    zone: row.occurred_zone,
  } as OccurredAt;
}

/** Of a row of `custody_entry`. */
export function entryOfRow(row: Row, corrected: OccurredAt | null): StoryEntry {
  const occurred = occurredOfRow(row);
  return {
    position: Number(row.position),
    type: String(row.type) as CustodyEvent['type'],
    account: String(row.account) as AccountId,
    revision: Number(row.revision),
    eventId: String(row.event_id),
    ledgerTime: Number(row.ledger_time),
    recordedAt: Number(row.recorded_at),
    occurred,
    corrected,
    ...intervalOf(corrected ?? occurred),
    actor: {
      id: String(row.actor_id),
      role: String(row.actor_role),
      facilityId: String(row.actor_facility),
    },
    counterparty: textOrNull(row.counterparty) as AccountId | null,
    fromShipment: textOrNull(row.from_shipment),
    toShipment: textOrNull(row.to_shipment),
    targetRevision: row.target_revision === null ? null : Number(row.target_revision),
    details: JSON.parse(String(row.details)) as JsonObject,
  };
}

/** What the numbers in a record stand for. */
export interface RecordNames {
  readonly account: (number: number) => AccountId;
  readonly actor: (number: number) => Officer;
  readonly batch: (number: number) => string;
  readonly correction: (account: AccountId, revision: number) => OccurredAt | null;
}

/**
 * Of a record of a block. What few ask of it is read when it is asked for, from a database that must
 * then still be open.
 */
export class PackedIssuance implements IssuanceEntry {
  readonly type = 'BlankIssued' as const;
  readonly counterparty = null;
  readonly fromShipment = null;
  readonly toShipment = null;
  readonly targetRevision = null;
  readonly position: number;
  readonly account: AccountId;
  readonly revision: number;
  readonly ledgerTime: number;
  readonly corrected: OccurredAt | null;
  readonly earliest: number;
  readonly latest: number;

  constructor(
    private readonly block: IssuanceBlock,
    private readonly record: number,
    private readonly names: RecordNames,
  ) {
    this.position = block.position(record);
    this.account = names.account(block.account(record));
    this.revision = block.revision(record);
    this.ledgerTime = block.ledgerTime(record);
    this.corrected = names.correction(this.account, this.revision);
    const stated = block.occurredAt(record);
    const interval = this.corrected === null ? null : intervalOf(this.corrected);
    this.earliest = interval?.earliest ?? stated;
    this.latest = interval?.latest ?? latestOf(stated, this.#precision);
  }

  get eventId(): string {
    return this.block.eventId(this.record);
  }

  get recordedAt(): number {
    return this.block.recordedAt(this.record);
  }

  get occurred(): OccurredAt {
    const zone = ZONE_NAMES[this.block.zone(this.record)] ?? 'Asia/Jakarta';
    return occurredAtOf(this.block.occurredAt(this.record), this.#precision, zone);
  }

  get actor(): Officer {
    return this.names.actor(this.block.actor(this.record));
  }

  get subject(): string {
    return this.block.subject(this.record);
  }

  get replaces(): { readonly batch: string; readonly number: number } | null {
    const replaced = this.block.replaced(this.record);
    return replaced === null
      ? null
      : { batch: this.names.batch(replaced.batch), number: replaced.number };
  }

  get details(): JsonObject {
    return { reason: ISSUANCE_REASONS[this.block.reason(this.record)] ?? '' };
  }

  get #precision() {
    return PRECISIONS[this.block.precision(this.record)] ?? 'day';
  }
}
