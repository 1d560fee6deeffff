import {
  parseShipmentId,
  type AccountId,
  type ShipmentId,
} from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import { postingsOf, type Posting } from '../../custody/account/postings.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { LogSegment } from '../log-segment.js';
import { accountEntry } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { BatchSeen } from './custody-names.js';
import { entryDetails } from './entry-details.js';
import { placeNumber } from './places.js';
import { binOf } from './serial-bins.js';

/** An entry that is no issuance, and what it moves. */
export interface Entry {
  readonly account: AccountId;
  readonly event: Recorded<CustodyEvent>;
  readonly ledgerTime: number;
  readonly postings: readonly Posting[];
}

/** Those of a stretch, in the order of the log. */
export function entriesOf({ events, eventTimes }: LogSegment): readonly Entry[] {
  return events.flatMap((recorded, index) => {
    const entry = accountEntry(recorded);
    if (entry === null) return [];
    const { account, event } = entry;
    const ledgerTime = eventTimes[index] ?? Date.parse(event.metadata.recordedAt);
    return [{ account, event, ledgerTime, postings: postingsOf(event) }];
  });
}

export function batchesSeen(entries: readonly Entry[]): readonly BatchSeen[] {
  return entries.flatMap(({ event, postings }) =>
    postings.flatMap(({ serials }) =>
      serials.batches().map((batch) => ({ batch, position: Number(event.position) })),
    ),
  );
}

/** The shipment that an entry takes from, or gives to. */
function shipmentAt(end: 'from' | 'to', postings: readonly Posting[]): ShipmentId | null {
  for (const posting of postings) {
    const place = posting[end];
    if (place.place === 'transit') return place.shipmentId;
  }
  return null;
}

/** Who stands on the other side of a shipment: whom it is for, or who sent it. */
function counterpartyOf({ event, postings }: Entry): AccountId | null {
  if (shipmentAt('to', postings) !== null && 'to' in event.data && isSending(event))
    return event.data.to;
  const taken = shipmentAt('from', postings) ?? shipmentAt('to', postings);
  return taken === null ? null : (parseShipmentId(taken)?.consignor ?? null);
}

type Sending = Extract<
  CustodyEvent,
  { type: 'ShipmentDispatched' | 'ShipmentRefused' | 'CardSurrendered' }
>;

function isSending(event: CustodyEvent): event is Sending {
  const { type } = event;
  return type === 'ShipmentDispatched' || type === 'ShipmentRefused' || type === 'CardSurrendered';
}

/** The entry of the same account that a reversal or a correction is about, by its revision. */
function targetOf(event: CustodyEvent): string | null {
  return event.type === 'EntryReversed' || event.type === 'OccurrenceCorrected'
    ? event.data.revision
    : null;
}

const INSERT_ENTRY = `INSERT INTO custody_entry VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)`;

/** Writes the rows of entries in the order of the log. */
export function addEntries(database: ReadModelDatabase, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const { account, event, ledgerTime, postings } = entry;
    const { actor, recordedAt } = event.metadata;
    const { value, precision, zone } = event.data.occurredAt;
    const target = targetOf(event);
    database.run(
      INSERT_ENTRY,
      event.position,
      account,
      event.revision,
      event.type,
      event.id,
      ledgerTime,
      Date.parse(recordedAt),
      value,
      precision,
      zone,
      actor.id,
      actor.role,
      actor.facilityId,
      counterpartyOf(entry),
      shipmentAt('from', postings),
      shipmentAt('to', postings),
      target === null ? null : BigInt(target),
      JSON.stringify(entryDetails(event)),
    );
  }
  for (const { account, event } of entries) amend(database, account, event);
}

function amend(
  database: ReadModelDatabase,
  account: AccountId,
  event: Recorded<CustodyEvent>,
): void {
  if (event.type === 'EntryReversed') {
    database.run(
      'UPDATE custody_entry SET reversed_by = ? WHERE account = ? AND revision = ?',
      event.position,
      account,
      BigInt(event.data.revision),
    );
  } else if (event.type === 'OccurrenceCorrected') {
    const { value, precision, zone } = event.data.correctedTo;
    database.run(
      'INSERT OR REPLACE INTO custody_correction VALUES (?, ?, ?, ?, ?, ?)',
      account,
      BigInt(event.data.revision),
      value,
      precision,
      zone,
      event.position,
    );
  }
}

interface RangeRow {
  readonly bin: number;
  readonly position: bigint;
  readonly part: number;
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
}

/** Writes what entries move, range by range, in key order. */
export function addRanges(
  database: ReadModelDatabase,
  entries: readonly Entry[],
  batchNumbers: ReadonlyMap<string, number>,
): void {
  const rows: RangeRow[] = [];
  for (const { event, postings } of entries) {
    let part = 0;
    for (const { from, to, serials } of postings) {
      const [fromNumber, toNumber] = [placeNumber(from), placeNumber(to)];
      for (const { batch, first, last } of serials.ranges()) {
        const bin = binOf(batchNumbers.get(batch) ?? 0, first, last);
        const { position } = event;
        rows.push({ bin, position, part, first, last, from: fromNumber, to: toNumber });
        part += 1;
      }
    }
  }
  // Stable: the rows of one bin stay in the order of the log.
  rows.sort((a, b) => a.bin - b.bin);
  for (const { bin, position, part, first, last, from, to } of rows)
    database.run(
      'INSERT INTO custody_range VALUES (?, ?, ?, ?, ?, ?, ?)',
      bin,
      position,
      part,
      first,
      last,
      from,
      to,
    );
}
