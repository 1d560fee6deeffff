import {
  ISSUANCE_REASONS,
  type IssuanceReason,
  type Officer,
} from '../../custody/account/events.js';
import type { OccurredAt } from '../../custody/occurrence.js';
import { isBatchCode, type BatchCode } from '../../custody/serials/serial-number.js';
import { EVENT_TYPES } from './event-types.js';

/** What stands in the text of an issuance. The reader has one, and changes it: take out what is to be kept. */
export interface ReadIssuance {
  readonly batch: BatchCode;
  readonly number: number;
  /** The same object as long as it is the same time. */
  readonly occurredAt: OccurredAt;
  readonly reason: IssuanceReason;
  readonly replacedBatch: BatchCode | null;
  readonly replacedNumber: number;
  /** The same object as long as it is the same officer and command. */
  readonly actor: Officer;
  /** Milliseconds since the epoch. */
  readonly recordedAt: number;
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly subject: Uint8Array;
}

const TYPE = 'BlankIssued';
const VERSION = EVENT_TYPES.find(({ type }) => type === TYPE)?.version ?? 0;

// The canonical text of an issuance:
// {"data":{"chipUid":…,"documents":…,"note":…,"occurredAt":…,"reason":"…","replaces":…,"serial":"…","subject":"…"},
//  "id":"…","metadata":{…},"type":"BlankIssued"}
const START = Buffer.from('{"data":{"chipUid":');
const BEFORE_ENTRY = Buffer.from(',"documents":');
const BEFORE_REASON = Buffer.from(',"reason":"');
const BEFORE_REPLACES = Buffer.from('","replaces":');
const NULL = Buffer.from('null');
const BEFORE_SERIAL = Buffer.from(',"serial":"');
const BEFORE_SUBJECT = Buffer.from('","subject":"');
const BEFORE_ID = Buffer.from('"},"id":"');
const BEFORE_METADATA = Buffer.from('","metadata":');
const END = Buffer.from(`,"type":"${TYPE}"}`);
const REASONS = ISSUANCE_REASONS.map((reason) => ({ reason, bytes: Buffer.from(reason) }));

const QUOTE = 0x22;
const SLASH = 0x2f;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const DASH = 0x2d;
const DIGITS = 9;
const SUBJECT_LENGTH = 64;
const ID_LENGTH = 36;
/** Where the digits of a UUID begin, two by two, and where its dashes stand. */
const ID_PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const ID_DASHES = [8, 13, 18, 23] as const;

interface Metadata {
  readonly actor: Officer;
  readonly recordedAt: string;
  readonly schema: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads issuances from the canonical texts of their events, as bytes, without making these strings or
 * parsing them whole: a run of them has most of its text in common, which is parsed once. An unescaped
 * quote stands in no string of JSON, so what is compared here are keys, not contents.
 */
export class IssuanceReader {
  readonly #read: Mutable<ReadIssuance> = {
    batch: '' as BatchCode,
    number: 0,
    occurredAt: { value: '', precision: 'day', zone: 'Asia/Jakarta' },
    reason: 'backlog',
    replacedBatch: null,
    replacedNumber: 0,
    actor: { id: '', role: '', facilityId: '' },
    recordedAt: 0,
    id: new Uint8Array(ID_PAIRS.length),
    subject: new Uint8Array(SUBJECT_LENGTH / 2),
  };
  /** From the documents to the reason, as it stood in the text before. */
  #entry: Uint8Array = Buffer.alloc(0);
  /** From the metadata to the end. */
  #tail: Uint8Array = Buffer.alloc(0);
  #batch: Uint8Array = Buffer.alloc(0);
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;

  /**
   * The text from `start` to before `end`. Null wherever it has another form, down to single bytes, or
   * is of another type or version: the event is then to be decoded. O(length of the text).
   */
  read(bytes: Buffer, start: number, end: number): ReadIssuance | null {
    this.#bytes = bytes;
    this.#end = end;
    let at = this.#skip(START, start);
    at = this.#skipChip(at);
    at = this.#readEntry(at);
    at = this.#readReason(at);
    at = this.#readReplaces(at);
    at = this.#skip(BEFORE_SERIAL, at);
    at = this.#readSerial(at);
    at = this.#skip(BEFORE_SUBJECT, at);
    at = this.#readSubject(at);
    at = this.#skip(BEFORE_ID, at);
    at = this.#readId(at);
    at = this.#skip(BEFORE_METADATA, at);
    return at !== -1 && this.#readTail(at) ? this.#read : null;
  }

  // Each gives where it ends, or -1 where what it looks for does not stand at `at`, or where `at` is -1.

  #skip(constant: Uint8Array, at: number): number {
    if (at === -1) return -1;
    const bytes = this.#bytes;
    for (let index = 0; index < constant.length; index++)
      if (bytes[at + index] !== constant[index]) return -1;
    return at + constant.length;
  }

  #skipChip(at: number): number {
    if (at === -1) return -1;
    if (this.#bytes[at] !== QUOTE) return this.#skip(NULL, at);
    for (let index = at + 1; index < this.#end; index++) {
      if (this.#bytes[index] === BACKSLASH) return -1;
      if (this.#bytes[index] === QUOTE) return index + 1;
    }
    return -1;
  }

  #readEntry(at: number): number {
    if (at === -1) return -1;
    const bytes = this.#bytes;
    const known = this.#entry;
    const knownEnd = at + known.length;
    if (known.length > 0 && bytes.compare(known, 0, known.length, at, knownEnd) === 0)
      return knownEnd;
    const reasonAt = bytes.indexOf(BEFORE_REASON, at);
    if (reasonAt === -1 || reasonAt >= this.#end || this.#skip(BEFORE_ENTRY, at) === -1) return -1;
    const text = `{${bytes.toString('utf8', at + 1, reasonAt)}}`;
    const entry = parsed(text) as { readonly occurredAt?: OccurredAt } | null;
    if (entry?.occurredAt === undefined) return -1;
    this.#read.occurredAt = entry.occurredAt;
    this.#entry = Uint8Array.from(bytes.subarray(at, reasonAt + BEFORE_REASON.length));
    return at + this.#entry.length;
  }

  #readReason(at: number): number {
    for (const { reason, bytes } of REASONS) {
      const end = this.#skip(BEFORE_REPLACES, this.#skip(bytes, at));
      if (end === -1) continue;
      this.#read.reason = reason;
      return end;
    }
    return -1;
  }

  #readReplaces(at: number): number {
    if (at === -1) return -1;
    if (this.#bytes[at] !== QUOTE) {
      this.#read.replacedBatch = null;
      this.#read.replacedNumber = 0;
      return this.#skip(NULL, at);
    }
    const { batch, number } = this.#read;
    const end = this.#readSerial(at + 1);
    this.#read.replacedBatch = this.#read.batch;
    this.#read.replacedNumber = this.#read.number;
    Object.assign(this.#read, { batch, number });
    this.#batch = Buffer.from(batch);
    return end !== -1 && this.#bytes[end] === QUOTE ? end + 1 : -1;
  }

  #readSerial(at: number): number {
    if (at === -1) return -1;
    const bytes = this.#bytes;
    let slash = this.#skip(this.#batch, at);
    if (slash === -1 || this.#batch.length === 0 || bytes[slash] !== SLASH) {
      slash = bytes.indexOf(SLASH, at);
      const named = slash === -1 || slash >= this.#end ? '' : bytes.toString('utf8', at, slash);
      if (!isBatchCode(named)) return -1;
      this.#read.batch = named;
      this.#batch = Buffer.from(named);
    }
    let number = 0;
    const end = slash + 1 + DIGITS;
    for (let index = slash + 1; index < end; index++) {
      const digit = (bytes[index] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return -1;
      number = number * 10 + digit;
    }
    this.#read.number = number;
    return number === 0 ? -1 : end;
  }

  #readSubject(at: number): number {
    if (at === -1) return -1;
    const { subject } = this.#read;
    for (let index = 0; index < subject.length; index++) {
      const byte = this.#byte(at + 2 * index);
      if (byte === -1) return -1;
      subject[index] = byte;
    }
    return at + SUBJECT_LENGTH;
  }

  #readId(at: number): number {
    if (at === -1) return -1;
    const { id } = this.#read;
    for (const dash of ID_DASHES) if (this.#bytes[at + dash] !== DASH) return -1;
    for (let index = 0; index < ID_PAIRS.length; index++) {
      const byte = this.#byte(at + (ID_PAIRS[index] ?? 0));
      if (byte === -1) return -1;
      id[index] = byte;
    }
    return at + ID_LENGTH;
  }

  /** Of two hexadecimal digits in lower case; -1 where none stand. */
  #byte(at: number): number {
    const high = HEX[this.#bytes[at] ?? 0] ?? -1;
    const low = HEX[this.#bytes[at + 1] ?? 0] ?? -1;
    return high < 0 || low < 0 ? -1 : (high << 4) | low;
  }

  #readTail(at: number): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    const known = this.#tail;
    const isKnown = known.length > 0 && end - at === known.length;
    if (isKnown && bytes.compare(known, 0, known.length, at, end) === 0) return true;
    const metadataEnd = end - END.length;
    if (this.#skip(END, metadataEnd) === -1) return false;
    const metadata = parsed(bytes.toString('utf8', at, metadataEnd)) as Metadata | null;
    if (metadata?.schema !== VERSION) return false;
    const recordedAt = Date.parse(metadata.recordedAt);
    if (Number.isNaN(recordedAt)) return false;
    this.#read.actor = metadata.actor;
    this.#read.recordedAt = recordedAt;
    this.#tail = Uint8Array.from(bytes.subarray(at, end));
    return true;
  }
}

const HEX = Int8Array.from({ length: 256 }, (_none, code) => {
  const index = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return index;
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
