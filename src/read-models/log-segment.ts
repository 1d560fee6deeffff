import { accountOfStream, type AccountId } from '../custody/account/account-id.js';
import { ISSUANCE_REASONS, type Officer } from '../custody/account/events.js';
import { intervalOf, PRECISIONS, ZONES, type Zone } from '../custody/occurrence.js';
import { parseSerialNumber, type BatchCode } from '../custody/serials/serial-number.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';

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

/** A stretch of the log as projections take it in: what is not an issuance as events. */
export interface LogSegment {
  /** Of the last event of the stretch, whether or not it is among those below. */
  readonly through: bigint;
  /** Events of the stretch below. */
  readonly size: number;
  /** All but the issuances, in the order of the log. */
  readonly events: readonly Recorded[];
  /** Of each of `events`, as `ledgerTime` of the issuances. */
  readonly eventTimes: Float64Array;
  readonly issuances: IssuanceColumns;
  /** Ledger time at its end: the greatest `recordedAt` of the log up to `through`; -Infinity for no event. */
  readonly endTime: number;
}

type Columns = {
  -readonly [
    K in Exclude<keyof IssuanceColumns, 'count' | 'accounts' | 'batches' | 'actors'>
  ]: IssuanceColumns[K];
};

function columnsOf(capacity: number): Columns {
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

/** Distinct values by a text that stands for each, numbered in the order of coming. */
class Table<T> {
  readonly values: T[] = [];
  readonly #indexes = new Map<string, number>();
  #lastKey = '';
  #lastIndex = -1;

  index(key: string, make: () => T): number {
    if (key === this.#lastKey && this.#lastIndex !== -1) return this.#lastIndex;
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = this.values.push(make()) - 1;
      this.#indexes.set(key, index);
    }
    this.#lastKey = key;
    this.#lastIndex = index;
    return index;
  }
}

const FIRST_CAPACITY = 64;

/** Gathers events of the log, in its order, into a {@link LogSegment}. */
export class SegmentBuilder {
  readonly #events: Recorded[] = [];
  readonly #times: number[] = [];
  readonly #accounts = new Table<AccountId>();
  readonly #batches = new Table<BatchCode>();
  readonly #actors = new Table<Officer>();
  #capacity = 0;
  #columns = columnsOf(0);
  #count = 0;
  #time: number;
  #through = 0n;

  /** @param startTime ledger time of the event before the first, in milliseconds; -Infinity for none */
  constructor(startTime = -Infinity) {
    this.#time = startTime;
  }

  get size(): number {
    return this.#events.length + this.#count;
  }

  /** The next event. @throws an issuance that names no account or serial */
  add(event: Recorded): void {
    this.#pass(event.position, Date.parse(event.metadata.recordedAt));
    if (event.type === 'BlankIssued') {
      this.#issue(event);
      return;
    }
    this.#events.push(event);
    this.#times.push(this.#time);
  }

  /** The next event, which is not to be in the segment: ledger time passes all the same. */
  skip(position: bigint, recordedAt: string): void {
    this.#pass(position, Date.parse(recordedAt));
  }

  /** The stretch that follows, made by another builder. */
  append(next: LogSegment): void {
    const { issuances: from } = next;
    const start = this.#time;
    for (const [index, event] of next.events.entries()) {
      this.#events.push(event);
      this.#times.push(Math.max(start, next.eventTimes[index] ?? start));
    }
    const at = this.#count;
    this.#reserve(at + from.count);
    const to = this.#columns;
    for (const name of Object.keys(to) as (keyof Columns)[]) {
      const bytes = name === 'ids' ? ID_BYTES : name === 'subjects' ? SUBJECT_BYTES : 1;
      to[name].set(from[name], at * bytes);
    }
    const accounts = from.accounts.map((it) => this.#accounts.index(it, () => it));
    const batches = from.batches.map((it) => this.#batches.index(it, () => it));
    const actors = from.actors.map((it) => this.#actor(it));
    const end = at + from.count;
    for (let row = at; row < end; row++) {
      to.account[row] = accounts[to.account[row] ?? 0] ?? 0;
      to.batch[row] = batches[to.batch[row] ?? 0] ?? 0;
      to.actor[row] = actors[to.actor[row] ?? 0] ?? 0;
      const replaced = to.replacedBatch[row] ?? -1;
      if (replaced !== -1) to.replacedBatch[row] = batches[replaced] ?? 0;
      if ((to.ledgerTime[row] ?? 0) < start) to.ledgerTime[row] = start;
    }
    this.#count = end;
    this.#time = Math.max(start, next.endTime);
    this.#through = next.through;
  }

  /** What was gathered, and nothing is left: the next event begins another segment. */
  take(): LogSegment {
    const count = this.#count;
    const cut = Object.fromEntries(
      Object.entries(this.#columns).map(([name, column]) => {
        const bytes = name === 'ids' ? ID_BYTES : name === 'subjects' ? SUBJECT_BYTES : 1;
        return [name, column.subarray(0, count * bytes)];
      }),
    ) as unknown as Columns;
    const segment: LogSegment = {
      through: this.#through,
      size: this.size,
      events: this.#events.splice(0),
      eventTimes: Float64Array.from(this.#times.splice(0)),
      issuances: {
        count,
        accounts: [...this.#accounts.values],
        batches: [...this.#batches.values],
        actors: [...this.#actors.values],
        ...cut,
      },
      endTime: this.#time,
    };
    this.#count = 0;
    this.#capacity = 0;
    this.#columns = columnsOf(0);
    return segment;
  }

  #pass(position: bigint, recordedAt: number): void {
    this.#through = position;
    if (recordedAt > this.#time) this.#time = recordedAt;
  }

  #issue(event: Recorded & { readonly type: 'BlankIssued' }): void {
    const { data, metadata, id, stream } = event;
    const row = this.#count;
    this.#reserve(row + 1);
    const to = this.#columns;
    const [batch, number] = this.#serial(data.serial);
    to.account[row] = this.#accounts.index(stream, () => accountNamedBy(stream));
    to.batch[row] = batch;
    to.number[row] = number;
    to.position[row] = Number(event.position);
    to.revision[row] = Number(event.revision);
    to.recordedAt[row] = Date.parse(metadata.recordedAt);
    to.ledgerTime[row] = this.#time;
    to.occurredAt[row] = intervalOf(data.occurredAt).earliest;
    to.precision[row] = PRECISIONS.indexOf(data.occurredAt.precision);
    to.zone[row] = ZONE_NAMES.indexOf(data.occurredAt.zone);
    to.reason[row] = ISSUANCE_REASONS.indexOf(data.reason);
    to.actor[row] = this.#actor(metadata.actor);
    const [replacedBatch, replacedNumber] =
      data.replaces === null ? [-1, 0] : this.#serial(data.replaces);
    to.replacedBatch[row] = replacedBatch;
    to.replacedNumber[row] = replacedNumber;
    writeHex(to.ids, row * ID_BYTES, id.replaceAll('-', ''));
    writeHex(to.subjects, row * SUBJECT_BYTES, data.subject);
    this.#count = row + 1;
  }

  #serial(text: string): readonly [number, number] {
    const parsed = parseSerialNumber(text);
    if (!parsed.ok) throw new Error(`not a serial number: ${text}`);
    const { batch, number } = parsed.value;
    return [this.#batches.index(batch, () => batch), number];
  }

  #actor(actor: Officer): number {
    const key = `${actor.id}\n${actor.role}\n${actor.facilityId}`;
    return this.#actors.index(key, () => actor);
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = Math.max(rows, this.#capacity * 2, FIRST_CAPACITY);
    const wider = columnsOf(this.#capacity);
    for (const name of Object.keys(wider) as (keyof Columns)[])
      wider[name].set(this.#columns[name]);
    this.#columns = wider;
  }
}

/** Events of the log, in its order, as one stretch. */
export function segmentOf(events: readonly Recorded[], startTime = -Infinity): LogSegment {
  const builder = new SegmentBuilder(startTime);
  for (const event of events) builder.add(event);
  return builder.take();
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

function accountNamedBy(stream: string): AccountId {
  const account = accountOfStream(stream);
  if (account === null) throw new Error(`the stream ${stream} names no account`);
  return account;
}

function writeHex(to: Uint8Array, at: number, hex: string): void {
  Buffer.from(to.buffer, to.byteOffset, to.byteLength).write(hex, at, 'hex');
}
