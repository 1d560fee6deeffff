import type { AccountId } from '../../custody/account/account-id.js';
import type { Officer } from '../../custody/account/events.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import type { StoryEntry } from '../custody-line/story-entry.js';
import type { IssuanceColumns } from '../issuance-columns.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { SerialRanges } from './serial-ranges.js';

/*
 * A correction names the entry that it corrects, not its serial. For issuances, nearly all entries there are,
 * rows of so many revisions of an account say which serials they are of: for each the number of its batch in
 * the custody line and its number in the batch, or zeros where the entry is no issuance.
 */
const REVISIONS = 1_024;
const BYTES = 6;

interface Block {
  readonly account: string;
  readonly block: number;
  readonly bytes: Buffer;
}

/** Keeps the serials of issuances. */
export function keepIssuedSerials(
  database: ReadModelDatabase,
  line: CustodyLine,
  issuances: IssuanceColumns,
): void {
  const blocks = new Map<string, Block>();
  const batches = issuances.batches.map((batch) => line.batchNumber(batch) ?? 0);
  let latest: Block | null = null;
  for (let row = 0; row < issuances.count; row++) {
    const account = issuances.accounts[issuances.account[row] ?? 0] ?? '';
    const revision = issuances.revision[row] ?? 0;
    const block = Math.floor(revision / REVISIONS);
    if (latest?.block !== block || latest.account !== account)
      latest = blockOf(database, blocks, account, block);
    const at = (revision % REVISIONS) * BYTES;
    latest.bytes.writeUInt16LE(batches[issuances.batch[row] ?? 0] ?? 0, at);
    latest.bytes.writeUInt32LE(issuances.number[row] ?? 0, at + 2);
  }
  for (const [, { account, block, bytes }] of [...blocks].sort(([a], [b]) => (a < b ? -1 : 1)))
    database.run(
      'INSERT OR REPLACE INTO history_issued VALUES (?, ?, ?)',
      account,
      block,
      trimmed(bytes),
    );
}

/** The serial of an issuance, or null when the entry is none. */
export function issuedSerial(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  revision: number,
): { readonly batch: string; readonly number: number } | null {
  const bytes = stored(database, account, Math.floor(revision / REVISIONS));
  const at = (revision % REVISIONS) * BYTES;
  if (bytes === null || at + BYTES > bytes.length) return null;
  const number = bytes.readUInt32LE(at + 2);
  return number === 0 ? null : { batch: line.batch(bytes.readUInt16LE(at)), number };
}

function blockOf(
  database: ReadModelDatabase,
  blocks: Map<string, Block>,
  account: string,
  block: number,
): Block {
  const key = `${account} ${String(block).padStart(9, '0')}`;
  const known = blocks.get(key);
  if (known !== undefined) return known;
  const bytes = Buffer.alloc(REVISIONS * BYTES);
  stored(database, account, block)?.copy(bytes);
  const made = { account, block, bytes };
  blocks.set(key, made);
  return made;
}

function stored(database: ReadModelDatabase, account: string, block: number): Buffer | null {
  const sql = 'SELECT serials FROM history_issued WHERE account = ? AND block = ?';
  const serials = database.get(sql, account, block)?.serials;
  return serials instanceof Uint8Array
    ? Buffer.from(serials.buffer, serials.byteOffset, serials.byteLength)
    : null;
}

/** Without the zeros at the end. */
function trimmed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes.readUInt32LE(end - BYTES + 2) === 0) end -= BYTES;
  return bytes.subarray(0, end);
}

/** The issuance of an account at a position; null when none stands there. O(log n) look-ups. */
export function issuanceAt(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  position: number,
): StoryEntry | null {
  const last = database.get(
    'SELECT max(block) AS block FROM history_issued WHERE account = ?',
    account,
  );
  if (typeof last?.block !== 'number') return null;
  // Revisions and positions of one stream rise together.
  let [low, high] = [0, (last.block + 1) * REVISIONS];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = firstFrom(database, line, account, middle, high);
    if (entry === null || entry.position > position) high = middle;
    else if (entry.position === position) return entry;
    else low = entry.revision + 1;
  }
  return null;
}

/** The first issuance of an account from a revision on, and before another. */
function firstFrom(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  from: number,
  end: number,
): StoryEntry | null {
  for (let revision = from; revision < end; revision++) {
    const serial = issuedSerial(database, line, account, revision);
    if (serial === null) continue;
    const { batch, number } = serial;
    for (const entry of issuancesIn(line, { batch, first: number, last: number }))
      if (entry.account === account && entry.revision === revision) return entry;
  }
  return null;
}

function* issuancesIn(
  line: CustodyLine,
  { batch, first, last }: { readonly batch: string; readonly first: number; readonly last: number },
): Generator<StoryEntry & { readonly number: number }, void, undefined> {
  const number = line.batchNumber(batch);
  if (number === null) return;
  for (const record of line.issuances(number, first, last))
    yield Object.assign(line.opened(record), { number: record.number });
}

/**
 * Issuances of one account and time whose positions follow each other, by officer.
 * @param run position of the first, and how many
 */
export function issuedRun(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  run: { readonly position: number; readonly events: number },
): {
  readonly first: StoryEntry | null;
  readonly serials: readonly { readonly officer: Officer; readonly ranges: SerialRange[] }[];
} {
  const first = issuanceAt(database, line, account, run.position);
  if (first === null) return { first, serials: [] };
  const end = first.revision + run.events;
  const asked = new SerialRanges();
  for (let revision = first.revision; revision < end; revision++) {
    const serial = issuedSerial(database, line, account, revision);
    if (serial !== null) asked.add(serial.batch, serial.number, serial.number);
  }
  const byOfficer = new Map<Officer, SerialRange[]>();
  for (const batch of asked.batches())
    for (const range of asked.of(batch))
      for (const entry of issuancesIn(line, { batch, ...range })) {
        const isOfRun = entry.revision >= first.revision && entry.revision < end;
        if (entry.account !== account || !isOfRun) continue;
        const ranges = byOfficer.get(entry.actor) ?? [];
        byOfficer.set(entry.actor, ranges);
        const last = ranges.at(-1);
        if (last?.batch === batch && last.last === entry.number - 1)
          ranges[ranges.length - 1] = { ...last, last: entry.number };
        else ranges.push({ batch: batch as BatchCode, first: entry.number, last: entry.number });
      }
  return { first, serials: [...byOfficer].map(([officer, ranges]) => ({ officer, ranges })) };
}
