import type { BatchCode } from '../../custody/serials/serial-number.js';
import { formatSerialRange } from '../../custody/serials/serial-range.js';
import type { OccurredAt } from '../../custody/occurrence.js';
import type { Officer } from '../../custody/account/events.js';
import type { CustodyLine } from '../custody-line/custody-line.js';
import type { Sight } from '../custody-line/sight.js';
import type { StoryEntry } from '../custody-line/story-entry.js';
import type { Row } from '../read-model-database.js';
import { isoTime, traceEntry, type TraceEntry } from '../trace/trace-entry.js';
import type { Closing, GapKind } from './gap-table.js';

/** One side of the last handover before serials were missing. */
export interface GapSide {
  readonly account: string;
  readonly officer: Officer;
  readonly eventId: string;
  readonly position: string;
  /** Ledger time: ISO 8601, UTC. */
  readonly recordedAt: string;
  /** As it was stated, or corrected. */
  readonly occurredAt: OccurredAt;
}

/** The last handover that both sides signed. */
export interface GapHandover {
  readonly shipmentId: string;
  readonly sent: GapSide;
  readonly received: GapSide;
}

export interface GapClosing {
  readonly how: Closing;
  readonly entry: TraceEntry;
}

/** A run of serials that became missing by one entry, with one story until then. */
export interface Gap {
  /** Stands for the part as long as nothing more of it is recovered. */
  readonly gapId: string;
  /** `2017-A/491..500` */
  readonly serials: string;
  readonly blanks: number;
  /** Who answers for them. */
  readonly account: string;
  /** What they were: usable or invalid. */
  readonly state: string;
  readonly kind: GapKind;
  readonly policeReport: string | null;
  /** The shipment to the account that they were in, where they never arrived. */
  readonly shipmentId: string | null;
  /** Who answered for the account then; null where nobody was ever named. */
  readonly custodian: string | null;
  /** Since when on the ledger's clock: ISO 8601, UTC. */
  readonly since: string;
  /** Since when as stated, or corrected. */
  readonly occurredAt: OccurredAt;
  /** That made them missing. */
  readonly entry: TraceEntry;
  /** Null for what was never handed over, and where neither side is within the region asked for. */
  readonly lastHandover: GapHandover | null;
  /** Null while they are missing. */
  readonly closed: GapClosing | null;
}

export interface GapKey {
  readonly position: number;
  readonly batch: string;
  readonly first: number;
}

const GAP_ID =
  /^(?<position>[1-9][0-9]{0,15})-(?<batch>[0-9A-Z-]{1,16})-(?<first>[1-9][0-9]{0,8})$/;

function gapIdOf({ position, batch, first }: GapKey): string {
  return `${position}-${batch}-${first}`;
}

/** Null when the text is none. */
export function parseGapId(text: string): GapKey | null {
  const groups = GAP_ID.exec(text)?.groups;
  if (groups === undefined) return null;
  const { position, batch = '', first } = groups;
  const key = { position: Number(position), batch, first: Number(first) };
  return Number.isSafeInteger(key.position) && gapIdOf(key) === text ? key : null;
}

/** Of a row of `missing_gap` whose account the questioner sees. */
export function gapOf(row: Row, line: CustodyLine, sight: Sight): Gap {
  const [first, last] = [Number(row.first), Number(row.last)];
  const batch = String(row.batch) as BatchCode;
  const entry = line.entry(Number(row.position));
  const policeReport = entry.details['policeReport'];
  const closing = row.closed_how;
  return {
    gapId: gapIdOf({ position: entry.position, batch, first }),
    serials: formatSerialRange({ batch, first, last }),
    blanks: Number(row.blanks),
    account: String(row.account),
    state: String(row.state),
    kind: String(row.kind) as GapKind,
    policeReport: typeof policeReport === 'string' ? policeReport : null,
    shipmentId: textOrNull(row.shipment),
    custodian: textOrNull(row.custodian),
    since: isoTime(Number(row.since)),
    occurredAt: entry.corrected ?? entry.occurred,
    entry: traceEntry(entry),
    lastHandover: handoverOf(row, line, sight),
    closed:
      closing === null
        ? null
        : {
            how: String(closing) as Closing,
            entry: traceEntry(line.entry(Number(row.closed_position))),
          },
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function handoverOf(row: Row, line: CustodyLine, sight: Sight): GapHandover | null {
  if (row.sent_position === null || row.received_position === null) return null;
  const sent = line.entry(Number(row.sent_position));
  const received = line.entry(Number(row.received_position));
  if (!sight.sees(sent.account) && !sight.sees(received.account)) return null;
  return {
    shipmentId: received.fromShipment ?? '',
    sent: sideOf(sent),
    received: sideOf(received),
  };
}

function sideOf(entry: StoryEntry): GapSide {
  const { account, actor, eventId, position, ledgerTime, occurred, corrected } = entry;
  return {
    account,
    officer: actor,
    eventId,
    position: String(position),
    recordedAt: isoTime(ledgerTime),
    occurredAt: corrected ?? occurred,
  };
}
