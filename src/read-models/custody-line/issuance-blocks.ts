import type { IssuanceColumns } from '../issuance-columns.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { blockOf, RECORD_BYTES, writeRecord, type NameNumbers } from './issuance-record.js';

/** Rows sorted at once: their keys, number and row, must fit the 53 bits of a whole number. */
const ROW_BITS = 21;
const ROWS_AT_ONCE = 2 ** ROW_BITS;

/**
 * Adds a stretch's issuances to the blocks they belong to: each block is read and written once for up
 * to two million of them.
 */
export function addIssuances(
  database: ReadModelDatabase,
  columns: IssuanceColumns,
  names: NameNumbers,
): void {
  for (let from = 0; from < columns.count; from += ROWS_AT_ONCE) {
    const to = Math.min(from + ROWS_AT_ONCE, columns.count);
    for (const { batch, keys } of sortedByBatch(columns, from, to))
      addToBlocks(database, columns, names, { batch: names.batches[batch] ?? 0, keys, from });
  }
}

interface BatchKeys {
  /** Into the columns' batches. */
  readonly batch: number;
  /** Number and row, in one: sorted, the rows of one number follow each other in the order of the log. */
  readonly keys: Float64Array;
}

function sortedByBatch(
  { batch, batches, number }: IssuanceColumns,
  from: number,
  to: number,
): readonly BatchKeys[] {
  const counts = new Uint32Array(batches.length);
  for (let row = from; row < to; row++)
    counts[batch[row] ?? 0] = (counts[batch[row] ?? 0] ?? 0) + 1;
  const keys = Array.from(counts, (count) => new Float64Array(count));
  const filled = new Uint32Array(batches.length);
  for (let row = from; row < to; row++) {
    const index = batch[row] ?? 0;
    const of = keys[index];
    const at = filled[index] ?? 0;
    if (of !== undefined) of[at] = (number[row] ?? 0) * ROWS_AT_ONCE + (row - from);
    filled[index] = at + 1;
  }
  return keys.map((of, index) => ({ batch: index, keys: of.sort() }));
}

interface Chunk {
  /** The number of the batch. */
  readonly batch: number;
  readonly keys: Float64Array;
  /** The row that the keys count from. */
  readonly from: number;
}

function addToBlocks(
  database: ReadModelDatabase,
  columns: IssuanceColumns,
  names: NameNumbers,
  { batch, keys, from }: Chunk,
): void {
  const blockAt = (at: number): number =>
    blockOf(batch, Math.floor((keys[at] ?? 0) / ROWS_AT_ONCE));
  for (let start = 0; start < keys.length;) {
    const block = blockAt(start);
    let end = start + 1;
    while (end < keys.length && blockAt(end) === block) end += 1;
    const fresh = Buffer.allocUnsafe((end - start) * RECORD_BYTES);
    const view = new DataView(fresh.buffer, fresh.byteOffset, fresh.byteLength);
    for (let at = start; at < end; at++) {
      const row = from + ((keys[at] ?? 0) % ROWS_AT_ONCE);
      writeRecord(view, (at - start) * RECORD_BYTES, columns, row, names);
    }
    const stored = database.get('SELECT records FROM custody_issuance WHERE block = ?', block);
    const records = stored === undefined ? fresh : merged(stored.records as Uint8Array, fresh);
    database.run('INSERT OR REPLACE INTO custody_issuance VALUES (?, ?)', block, records);
    start = end;
  }
}

/** By number; of one number the stored ones first, for they are earlier in the log. */
function merged(stored: Uint8Array, fresh: Uint8Array): Uint8Array {
  const all = Buffer.allocUnsafe(stored.length + fresh.length);
  let at = 0;
  let done = 0;
  for (let next = 0; next < fresh.length; next += RECORD_BYTES) {
    const number = fresh[next] ?? 0;
    const start = done;
    while (done < stored.length && (stored[done] ?? 0) <= number) done += RECORD_BYTES;
    all.set(stored.subarray(start, done), at);
    at += done - start;
    all.set(fresh.subarray(next, next + RECORD_BYTES), at);
    at += RECORD_BYTES;
  }
  all.set(stored.subarray(done), at);
  return all;
}
