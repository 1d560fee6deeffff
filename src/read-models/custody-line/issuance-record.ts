import { ID_BYTES, SUBJECT_BYTES, type IssuanceColumns } from '../issuance-columns.js';

/*
 * Issuances are nearly the whole log, so they are packed: one row for each block of serial numbers,
 * in it one record of fixed width for each issuance, by number and then by position.
 *
 * | at | bytes | what                                                                    |
 * |---:|------:|-------------------------------------------------------------------------|
 * |  0 |     1 | number, less the first of the block                                     |
 * |  1 |     1 | reason                                                                  |
 * |  2 |     1 | precision and zone of the stated time, four bits each                   |
 * |  3 |     3 | account, by its number                                                  |
 * |  6 |     3 | officer, by its number                                                  |
 * |  9 |     3 | batch of the card it replaces, by its number and 1 added; 0 for none    |
 * | 12 |     4 | number of the card it replaces                                          |
 * | 16 |     4 | revision                                                                |
 * | 20 |     6 | position                                                                |
 * | 26 |     6 | ledger time, in milliseconds since {@link TIME_ZERO}                    |
 * | 32 |     6 | recordedAt, the same                                                    |
 * | 38 |     6 | occurredAt, earliest instant, the same                                  |
 * | 44 |    16 | event id                                                                |
 * | 60 |    32 | subject                                                                 |
 */
export const RECORD_BYTES = 60 + SUBJECT_BYTES;

/**
 * Serial numbers of one block: as many as fit into one page of SQLite, if each was issued once. One issuance
 * then reads and writes one page, and no page has much room left.
 */
export const BLOCK_NUMBERS = 44;
/** More than a batch has blocks: numbers have at most 30 bits. */
const BLOCKS_PER_BATCH = 2 ** 25;

/** In 1830: no stated time is before 1900. */
const TIME_ZERO = -(2 ** 42);
const TWO_32 = 2 ** 32;

/** The key of the row that a serial's issuances are in. @param batch the number of its batch */
export function blockOf(batch: number, number: number): number {
  return batch * BLOCKS_PER_BATCH + Math.floor(number / BLOCK_NUMBERS);
}

/** The number of the first serial of a block; 0 is none. */
export function firstNumberOf(block: number): number {
  return (block % BLOCKS_PER_BATCH) * BLOCK_NUMBERS;
}

/** What the rows of a segment name by index, as the table of names numbers it. */
export interface NameNumbers {
  readonly accounts: Uint32Array;
  readonly actors: Uint32Array;
  readonly batches: Uint32Array;
}

function set24(view: DataView, at: number, value: number): void {
  view.setUint16(at, value & 0xffff, true);
  view.setUint8(at + 2, value >>> 16);
}

function set48(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint16(at + 4, Math.floor(value / TWO_32), true);
}

function get24(view: DataView, at: number): number {
  return view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
}

function get48(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint16(at + 4, true) * TWO_32;
}

/** Writes one row of the columns as the record at `at`. */
export function writeRecord(
  view: DataView,
  at: number,
  columns: IssuanceColumns,
  row: number,
  names: NameNumbers,
): void {
  const { number, reason, precision, zone, account, actor, replacedBatch } = columns;
  view.setUint8(at, (number[row] ?? 0) % BLOCK_NUMBERS);
  view.setUint8(at + 1, reason[row] ?? 0);
  view.setUint8(at + 2, ((precision[row] ?? 0) << 4) | (zone[row] ?? 0));
  set24(view, at + 3, names.accounts[account[row] ?? 0] ?? 0);
  set24(view, at + 6, names.actors[actor[row] ?? 0] ?? 0);
  const replaced = replacedBatch[row] ?? -1;
  set24(view, at + 9, replaced === -1 ? 0 : (names.batches[replaced] ?? 0) + 1);
  view.setUint32(at + 12, columns.replacedNumber[row] ?? 0, true);
  view.setUint32(at + 16, columns.revision[row] ?? 0, true);
  set48(view, at + 20, columns.position[row] ?? 0);
  set48(view, at + 26, (columns.ledgerTime[row] ?? 0) - TIME_ZERO);
  set48(view, at + 32, (columns.recordedAt[row] ?? 0) - TIME_ZERO);
  set48(view, at + 38, (columns.occurredAt[row] ?? 0) - TIME_ZERO);
  const { ids, subjects } = columns;
  for (let byte = 0; byte < ID_BYTES; byte++)
    view.setUint8(at + 44 + byte, ids[row * ID_BYTES + byte] ?? 0);
  for (let byte = 0; byte < SUBJECT_BYTES; byte++)
    view.setUint8(at + 60 + byte, subjects[row * SUBJECT_BYTES + byte] ?? 0);
}

/** The records of one block, read where they lie. */
export class IssuanceBlock {
  readonly count: number;
  readonly #view: DataView;
  readonly #first: number;

  constructor(
    block: number,
    private readonly bytes: Uint8Array,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#first = firstNumberOf(block);
    this.count = bytes.byteLength / RECORD_BYTES;
  }

  number(record: number): number {
    return this.#first + this.#view.getUint8(record * RECORD_BYTES);
  }

  /** Into `ISSUANCE_REASONS`. */
  reason(record: number): number {
    return this.#view.getUint8(record * RECORD_BYTES + 1);
  }

  /** Into `PRECISIONS`. */
  precision(record: number): number {
    return this.#view.getUint8(record * RECORD_BYTES + 2) >>> 4;
  }

  /** Into `ZONE_NAMES`. */
  zone(record: number): number {
    return this.#view.getUint8(record * RECORD_BYTES + 2) & 15;
  }

  account(record: number): number {
    return get24(this.#view, record * RECORD_BYTES + 3);
  }

  actor(record: number): number {
    return get24(this.#view, record * RECORD_BYTES + 6);
  }

  /** The batch of the card it replaces, and its number; null for none. */
  replaced(record: number): { readonly batch: number; readonly number: number } | null {
    const at = record * RECORD_BYTES;
    const batch = get24(this.#view, at + 9) - 1;
    return batch === -1 ? null : { batch, number: this.#view.getUint32(at + 12, true) };
  }

  revision(record: number): number {
    return this.#view.getUint32(record * RECORD_BYTES + 16, true);
  }

  position(record: number): number {
    return get48(this.#view, record * RECORD_BYTES + 20);
  }

  ledgerTime(record: number): number {
    return get48(this.#view, record * RECORD_BYTES + 26) + TIME_ZERO;
  }

  recordedAt(record: number): number {
    return get48(this.#view, record * RECORD_BYTES + 32) + TIME_ZERO;
  }

  /** The earliest instant of the stated time. */
  occurredAt(record: number): number {
    return get48(this.#view, record * RECORD_BYTES + 38) + TIME_ZERO;
  }

  /** As a UUID is written. */
  eventId(record: number): string {
    const hex = this.#hex(record * RECORD_BYTES + 44, ID_BYTES);
    const ends = [8, 12, 16, 20, 32];
    return ends.map((end, part) => hex.slice(ends[part - 1] ?? 0, end)).join('-');
  }

  /** Lower-case hex. */
  subject(record: number): string {
    return this.#hex(record * RECORD_BYTES + 60, SUBJECT_BYTES);
  }

  #hex(at: number, length: number): string {
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + at, length).toString('hex');
  }
}
