import type { AccountId } from '../custody/account/account-id.js';
import type { Officer } from '../custody/account/events.js';
import { ZONES, type Zone } from '../custody/occurrence.js';
import type { BatchCode } from '../custody/serials/serial-number.js';

export const ZONE_NAMES = Object.keys(ZONES) as readonly Zone[];

/** Bytes of an event's id, and of a subject, in the columns that hold them one after the other. */
export const ID_BYTES = 16;
export const SUBJECT_BYTES = 32;

/**
 * The issuances of a stretch of the log in its order, in columns: they are nearly the whole log, and
 * as objects each would cost twenty times as much. Row i of every column is one event.
 */
export interface IssuanceColumns {
  readonly count: number;
  /** What the rows name by index. */
  readonly accounts: readonly AccountId[];
  readonly batches: readonly BatchCode[];
  readonly actors: readonly Officer[];
  /** Into `accounts`: the account that issued. */
  readonly account: Uint32Array;
  /** Into `batches`. */
  readonly batch: Uint32Array;
  /** Of the serial, in its batch. */
  readonly number: Uint32Array;
  readonly position: Float64Array;
  readonly revision: Float64Array;
  /** Milliseconds since the epoch. */
  readonly recordedAt: Float64Array;
  /** Milliseconds since the epoch: the running maximum of `recordedAt` in the order of the log. */
  readonly ledgerTime: Float64Array;
  /** Milliseconds since the epoch: the earliest instant that the stated time may mean. */
  readonly occurredAt: Float64Array;
  /** Into `PRECISIONS`. */
  readonly precision: Uint8Array;
  /** Into {@link ZONE_NAMES}. */
  readonly zone: Uint8Array;
  /** Into `ISSUANCE_REASONS`. */
  readonly reason: Uint8Array;
  /** Into `actors`. */
  readonly actor: Uint32Array;
  /** The card it replaces: into `batches`, and its number; -1 and 0 where it replaces none. */
  readonly replacedBatch: Int32Array;
  readonly replacedNumber: Uint32Array;
  /** {@link ID_BYTES} for each event: its UUID. */
  readonly ids: Uint8Array;
  /** {@link SUBJECT_BYTES} for each event. */
  readonly subjects: Uint8Array;
}

export type Columns = {
  -readonly [
    K in Exclude<keyof IssuanceColumns, 'count' | 'accounts' | 'batches' | 'actors'>
  ]: IssuanceColumns[K];
};

export const COLUMN_NAMES = Object.keys(columnsOf(0)) as readonly (keyof Columns)[];

export function columnsOf(capacity: number): Columns {
  return {
    account: new Uint32Array(capacity),
    batch: new Uint32Array(capacity),
    number: new Uint32Array(capacity),
    position: new Float64Array(capacity),
    revision: new Float64Array(capacity),
    recordedAt: new Float64Array(capacity),
    ledgerTime: new Float64Array(capacity),
    occurredAt: new Float64Array(capacity),
    precision: new Uint8Array(capacity),
    zone: new Uint8Array(capacity),
    reason: new Uint8Array(capacity),
    actor: new Uint32Array(capacity),
    replacedBatch: new Int32Array(capacity),
    replacedNumber: new Uint32Array(capacity),
    ids: new Uint8Array(capacity * ID_BYTES),
    subjects: new Uint8Array(capacity * SUBJECT_BYTES),
  };
}

/** Places of a column for each event. */
export function widthOf(name: keyof Columns): number {
  if (name === 'ids') return ID_BYTES;
  return name === 'subjects' ? SUBJECT_BYTES : 1;
}

/**
 * The rows in the order of the log. Runs of texts may have been taken in before events that precede them,
 * within one commit: mostly the rows are in order as they are, and nothing is copied.
 */
export function inLogOrder(columns: Columns, count: number): Columns {
  const { position } = columns;
  let isInOrder = true;
  for (let row = 1; row < count && isInOrder; row++)
    isInOrder = (position[row - 1] ?? 0) < (position[row] ?? 0);
  if (isInOrder) return columns;
  const order = Array.from({ length: count }, (_, row) => row).sort(
    (a, b) => (position[a] ?? 0) - (position[b] ?? 0),
  );
  const sorted = columnsOf(count);
  for (const name of COLUMN_NAMES) {
    const width = widthOf(name);
    for (const [to, from] of order.entries())
      sorted[name].set(columns[name].subarray(from * width, (from + 1) * width), to * width);
  }
  return sorted;
}

/** The id of the issuance in a row, as a UUID is written. */
export function issuanceId({ ids }: IssuanceColumns, row: number): string {
  const hex = Buffer.from(ids.buffer, ids.byteOffset + row * ID_BYTES, ID_BYTES).toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** Some of the rows. */
export function rowsOf(issuances: IssuanceColumns, from: number, to: number): IssuanceColumns {
  const { accounts, batches, actors, ...columns } = issuances;
  const cut = Object.fromEntries(
    COLUMN_NAMES.map((name) => [
      name,
      columns[name].subarray(from * widthOf(name), to * widthOf(name)),
    ]),
  ) as unknown as Columns;
  return { count: to - from, accounts, batches, actors, ...cut };
}
