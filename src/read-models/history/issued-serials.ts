import type { AccountId } from '../../custody/account/account-id.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import type { StoryEntry } from '../custody-line/story-entry.js';
import type { IssuanceColumns } from '../issuance-columns.js';
import type { ReadModelDatabase } from '../read-model-database.js';

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
export function issuanceIdAt(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  position: number,
): { readonly eventId: string; readonly ledgerTime: number } | null {
  const last = database.get(
    'SELECT max(block) AS block FROM history_issued WHERE account = ?',
    account,
  );
  if (typeof last?.block !== 'number') return null;
  // Revisions and positions of one stream rise together.
  let [low, high] = [0, (last.block + 1) * REVISIONS];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = firstFrom(database, line, account, middle, high);
    if (at === null || at.entry.position > position) high = middle;
    else if (at.entry.position === position) return at.entry;
    else low = at.revision + 1;
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
): { readonly revision: number; readonly entry: StoryEntry } | null {
  for (let revision = from; revision < end; revision++) {
    const serial = issuedSerial(database, line, account, revision);
    if (serial === null) continue;
    const batch = line.batchNumber(serial.batch) ?? 0;
    for (const record of line.issuances(batch, serial.number, serial.number)) {
      const entry = line.opened(record);
      if (entry.account === account && entry.revision === revision) return { revision, entry };
    }
  }
  return null;
}
