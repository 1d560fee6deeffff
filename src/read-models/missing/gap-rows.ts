import type { Posting } from '../../custody/account/postings.js';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import type { Entry } from '../custody-line/entry-rows.js';
import { lastHandover } from '../custody-line/story-facts.js';
import { storyRuns } from '../custody-line/stories.js';
import type { StoryRun } from '../custody-line/story.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import type { Closing, GapKind } from './gap-table.js';

/**
 * Opens and closes gaps by the entries of a stretch, in their order. The rows of the custody line already hold
 * the whole stretch, so that of each story only what came before the entry is looked at.
 */
export function recordGaps(database: ReadModelDatabase, entries: readonly Entry[]): void {
  for (const entry of entries) {
    for (const posting of entry.postings) {
      if (posting.from.place === 'missing') closeGaps(database, entry, posting);
      if (posting.to.place === 'missing') openGaps(database, entry, posting);
    }
  }
}

const INSERT = `INSERT INTO missing_gap VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)`;

function openGaps(database: ReadModelDatabase, entry: Entry, { from, serials }: Posting): void {
  const { account, event, ledgerTime } = entry;
  const line = new CustodyLine(database);
  const custodian = custodianAt(database, account, event.revision);
  const state = from.place === 'transit' ? from.state : from.place;
  for (const { batch, first, last } of serials.ranges()) {
    for (const run of storyRuns(line, batch, first, last, Number(event.position))) {
      const handover = lastHandover(run.steps);
      database.run(
        INSERT,
        batch,
        run.first,
        event.position,
        run.last,
        run.last - run.first + 1,
        account,
        state,
        kindOf(entry),
        ledgerTime,
        from.place === 'transit' ? from.shipmentId : null,
        custodian,
        handover?.sent.entry.position ?? null,
        handover?.settled?.entry.position ?? null,
      );
    }
  }
}

function kindOf({ event }: Entry): GapKind {
  if (event.type === 'BlanksReportedMissing') return event.data.kind;
  if (event.type === 'ShipmentReceived') return 'short_on_receipt';
  return event.type === 'StockCounted' ? 'short_in_count' : 'unaccounted';
}

function closingOf({ event }: Entry): Closing {
  return event.type === 'BlanksRecovered' ? event.data.kind : 'reversed';
}

/**
 * Who answered for the account just before an entry, or with null who does now. Null before the first
 * handover.
 */
export function custodianAt(
  database: ReadModelDatabase,
  account: string,
  revision: bigint | null,
): string | null {
  const row = database.get(
    `SELECT details ->> 'to' AS custodian FROM custody_entry INDEXED BY custody_entry_custodian
     WHERE account = ? AND revision < ? AND type = 'CustodianChanged' ORDER BY revision DESC LIMIT 1`,
    account,
    revision ?? Number.MAX_SAFE_INTEGER,
  );
  return row === undefined ? null : String(row.custodian);
}

const OPEN = `SELECT * FROM missing_gap INDEXED BY missing_gap_open
  WHERE batch = ? AND last >= ? AND closed_how IS NULL ORDER BY last`;

/** Gaps that are open do not overlap, so in the order of their ends they are in that of their starts too. */
function closeGaps(database: ReadModelDatabase, entry: Entry, { serials }: Posting): void {
  for (const range of serials.ranges()) {
    const met: Row[] = [];
    for (const row of database.iterate(OPEN, range.batch, range.first)) {
      if (Number(row.first) > range.last) break;
      met.push(row);
    }
    for (const row of met) closePart(database, entry, row, range);
  }
}

function closePart(
  database: ReadModelDatabase,
  entry: Entry,
  row: Row,
  { first, last }: SerialRange,
): void {
  const [start, end] = [Number(row.first), Number(row.last)];
  const { batch, position } = row;
  database.run(
    'DELETE FROM missing_gap WHERE batch = ? AND first = ? AND position = ?',
    ...[batch ?? null, start, position ?? null],
  );
  const [from, to] = [Math.max(start, first), Math.min(end, last)];
  put(database, row, { first: start, last: from - 1 }, null);
  put(database, row, { first: from, last: to }, entry);
  put(database, row, { first: to + 1, last: end }, null);
}

const PUT = `INSERT INTO missing_gap VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** A part of a gap, closed by an entry or not; nothing where there is no such part. */
function put(
  database: ReadModelDatabase,
  row: Row,
  { first, last }: Pick<StoryRun, 'first' | 'last'>,
  closedBy: Entry | null,
): void {
  if (first > last) return;
  const { batch, position, account, state, kind, since, shipment, custodian } = row;
  const kept = [account, state, kind, since, shipment, custodian];
  database.run(
    PUT,
    batch ?? null,
    first,
    position ?? null,
    last,
    last - first + 1,
    ...kept.map((it) => it ?? null),
    row.sent_position ?? null,
    row.received_position ?? null,
    closedBy === null ? null : closingOf(closedBy),
    closedBy === null ? null : closedBy.event.position,
  );
}
