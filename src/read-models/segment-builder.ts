import { accountOfStream, type AccountId } from '../custody/account/account-id.js';
import { ISSUANCE_REASONS, type Officer } from '../custody/account/events.js';
import { intervalOf, PRECISIONS, type OccurredAt } from '../custody/occurrence.js';
import {
  parseSerialNumber,
  type BatchCode,
  type SerialNumber,
} from '../custody/serials/serial-number.js';
import { IssuanceReader, type ReadIssuance } from '../event-store/codec/issuance-reader.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { RecordedEvent, TextRun } from '../event-store/event-store.js';
import {
  COLUMN_NAMES,
  columnsOf,
  ID_BYTES,
  inLogOrder,
  SUBJECT_BYTES,
  widthOf,
  ZONE_NAMES,
  type Columns,
} from './issuance-columns.js';
import type { LogSegment } from './log-segment.js';

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

/** A moment of the log that no event of the segment tells of. */
interface Passed {
  readonly position: number;
  readonly time: number;
}

/** Gathers events of the log into a {@link LogSegment}: issuances in their order, and the others in theirs. */
export class SegmentBuilder {
  readonly #events: Recorded[] = [];
  readonly #passed: Passed[] = [];
  readonly #accounts = new Table<AccountId>();
  readonly #batches = new Table<BatchCode>();
  readonly #actors = new Table<Officer>();
  readonly #reader = new IssuanceReader();
  #capacity = 0;
  #columns = columnsOf(0);
  #count = 0;
  #startTime: number;
  #through = 0n;

  /** @param startTime ledger time of the event before the first, in milliseconds; -Infinity for none */
  constructor(startTime = -Infinity) {
    this.#startTime = startTime;
  }

  get size(): number {
    return this.#events.length + this.#count;
  }

  /** The next event. @throws an issuance that names no account or serial */
  add(event: Recorded): void {
    if (event.type === 'BlankIssued') this.#issue(event);
    else this.#events.push(event);
    this.#reach(event.position);
  }

  /** The next event, which is not to be in the segment: ledger time passes all the same. */
  skip(position: bigint, recordedAt: string): void {
    this.#passed.push({ position: Number(position), time: Date.parse(recordedAt) });
    this.#reach(position);
  }

  /**
   * Issuances that follow each other in one stream, from their texts. False, with nothing done, where one
   * of them must be decoded.
   */
  addTexts({ stream, revision, position, count, bytes, bounds }: TextRun): boolean {
    const first = this.#count;
    if (accountOfStream(stream) === null) return false;
    this.#reserve(first + count);
    for (let index = 0; index < count; index++) {
      const [from = 0, to = 0] = [bounds[2 * index], bounds[2 * index + 1]];
      const read = this.#reader.read(bytes, from, to);
      if (read === null) {
        this.#count = first;
        return false;
      }
      this.#write(stream, Number(position) + index, Number(revision) + index, read);
    }
    this.#reach(position + BigInt(count - 1));
    return true;
  }

  /** The stretch that follows, made by another builder. */
  append(next: LogSegment): void {
    const { issuances: from } = next;
    this.#events.push(...next.events);
    this.#passed.push({ position: Number(next.through), time: next.endTime });
    const at = this.#count;
    const end = at + from.count;
    this.#reserve(end);
    const to = this.#columns;
    for (const name of COLUMN_NAMES) to[name].set(from[name], at * widthOf(name));
    const accounts = from.accounts.map((it) => this.#accounts.index(it, () => it));
    const batches = from.batches.map((it) => this.#batches.index(it, () => it));
    const actors = from.actors.map((it) => this.#actor(it));
    for (let row = at; row < end; row++) {
      to.account[row] = accounts[to.account[row] ?? 0] ?? 0;
      to.batch[row] = batches[to.batch[row] ?? 0] ?? 0;
      to.actor[row] = actors[to.actor[row] ?? 0] ?? 0;
      const replaced = to.replacedBatch[row] ?? -1;
      if (replaced !== -1) to.replacedBatch[row] = batches[replaced] ?? 0;
    }
    this.#count = end;
    this.#reach(next.through);
  }

  /** What was gathered, and nothing is left: the next event begins the segment that follows. */
  take(): LogSegment {
    const count = this.#count;
    const columns = inLogOrder(this.#columns, count);
    const cut = Object.fromEntries(
      COLUMN_NAMES.map((name) => [name, columns[name].subarray(0, count * widthOf(name))]),
    ) as unknown as Columns;
    const [accounts, batches, actors] = [this.#accounts, this.#batches, this.#actors].map((it) => [
      ...it.values,
    ]) as [AccountId[], BatchCode[], Officer[]];
    const events = this.#events.splice(0);
    const size = events.length + count;
    const eventTimes = new Float64Array(events.length);
    const endTime = this.#keepTime(events, eventTimes, cut);
    this.#startTime = endTime;
    this.#count = 0;
    this.#capacity = 0;
    this.#columns = columnsOf(0);
    const issuances = { count, accounts, batches, actors, ...cut };
    return { through: this.#through, size, events, eventTimes, issuances, endTime };
  }

  /** Goes through both lists in the order of the log; gives the time at the end. */
  #keepTime(events: readonly Recorded[], eventTimes: Float64Array, issuances: Columns): number {
    const passed = this.#passed.splice(0);
    const { position, recordedAt, ledgerTime } = issuances;
    let time = this.#startTime;
    let [event, skipped] = [0, 0];
    const passUpTo = (end: number): void => {
      for (;;) {
        const [next, skip] = [events[event], passed[skipped]];
        const nextAt = next === undefined ? Infinity : Number(next.position);
        const skipAt = skip?.position ?? Infinity;
        if (Math.min(nextAt, skipAt) > end) return;
        if (skip !== undefined && skipAt < nextAt) {
          // What is no time is greater than none.
          if (skip.time > time) ({ time } = skip);
          skipped++;
        } else if (next !== undefined) {
          const recorded = Date.parse(next.metadata.recordedAt);
          if (recorded > time) time = recorded;
          eventTimes[event++] = time;
        } else return;
      }
    };
    for (let row = 0; row < position.length; row++) {
      passUpTo(position[row] ?? 0);
      const recorded = recordedAt[row] ?? 0;
      if (recorded > time) time = recorded;
      ledgerTime[row] = time;
    }
    passUpTo(Number.MAX_VALUE);
    return time;
  }

  #reach(position: bigint): void {
    if (position > this.#through) this.#through = position;
  }

  #issue(event: Recorded & { readonly type: 'BlankIssued' }): void {
    const { data, metadata, id, stream, position, revision } = event;
    const serial = serialOf(data.serial);
    const replaced = data.replaces === null ? null : serialOf(data.replaces);
    this.#reserve(this.#count + 1);
    this.#write(stream, Number(position), Number(revision), {
      ...serial,
      occurredAt: data.occurredAt,
      reason: data.reason,
      replacedBatch: replaced?.batch ?? null,
      replacedNumber: replaced?.number ?? 0,
      actor: metadata.actor,
      recordedAt: Date.parse(metadata.recordedAt),
      id: Buffer.from(id.replaceAll('-', ''), 'hex'),
      subject: Buffer.from(data.subject, 'hex'),
    });
  }

  /** Positions and revisions stay far below 2^53. */
  #write(stream: string, position: number, revision: number, read: ReadIssuance): void {
    const to = this.#columns;
    const row = this.#count;
    to.account[row] = this.#accounts.index(stream, () => accountNamedBy(stream));
    to.batch[row] = this.#batches.index(read.batch, () => read.batch);
    to.number[row] = read.number;
    to.position[row] = position;
    to.revision[row] = revision;
    to.recordedAt[row] = read.recordedAt;
    to.occurredAt[row] = this.#earliest(read.occurredAt);
    to.precision[row] = PRECISIONS.indexOf(read.occurredAt.precision);
    to.zone[row] = ZONE_NAMES.indexOf(read.occurredAt.zone);
    to.reason[row] = ISSUANCE_REASONS.indexOf(read.reason);
    to.actor[row] = this.#actor(read.actor);
    const { replacedBatch } = read;
    to.replacedBatch[row] =
      replacedBatch === null ? -1 : this.#batches.index(replacedBatch, () => replacedBatch);
    to.replacedNumber[row] = read.replacedNumber;
    to.ids.set(read.id, row * ID_BYTES);
    to.subjects.set(read.subject, row * SUBJECT_BYTES);
    this.#count = row + 1;
  }

  #lastOccurredAt: OccurredAt | null = null;
  #lastEarliest = 0;

  /** Of a run it is one and the same. */
  #earliest(at: OccurredAt): number {
    if (at !== this.#lastOccurredAt) {
      this.#lastEarliest = intervalOf(at).earliest;
      this.#lastOccurredAt = at;
    }
    return this.#lastEarliest;
  }

  #lastActor: Officer | null = null;
  #lastActorIndex = 0;

  #actor(actor: Officer): number {
    if (actor === this.#lastActor) return this.#lastActorIndex;
    const key = `${actor.id}\n${actor.role}\n${actor.facilityId}`;
    this.#lastActor = actor;
    this.#lastActorIndex = this.#actors.index(key, () => actor);
    return this.#lastActorIndex;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = Math.max(rows, this.#capacity * 2, FIRST_CAPACITY);
    const wider = columnsOf(this.#capacity);
    for (const name of COLUMN_NAMES) wider[name].set(this.#columns[name]);
    this.#columns = wider;
  }
}

function serialOf(text: string): SerialNumber {
  const parsed = parseSerialNumber(text);
  if (!parsed.ok) throw new Error(`not a serial number: ${text}`);
  return parsed.value;
}

/** Of any event, whatever this program knows of its type; no time where it has none. */
export function recordedAtOf({ metadata: { recordedAt } }: RecordedEvent): string {
  return typeof recordedAt === 'string' ? recordedAt : '';
}

/** Events of the log, in its order, as one stretch. */
export function segmentOf(events: readonly Recorded[], startTime = -Infinity): LogSegment {
  const builder = new SegmentBuilder(startTime);
  for (const event of events) builder.add(event);
  return builder.take();
}

function accountNamedBy(stream: string): AccountId {
  const account = accountOfStream(stream);
  if (account === null) throw new Error(`the stream ${stream} names no account`);
  return account;
}
