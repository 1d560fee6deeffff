import {
  isNumberInBatch,
  parseSerialNumber,
  type BatchCode,
} from '../../custody/serials/serial-number.js';
import { EVENT_TYPES } from './event-types.js';

/** Issuances that follow each other in one stream, all out of one batch. */
export interface IssuanceRun {
  readonly batch: BatchCode;
  readonly count: number;
  /** Of the last of them. */
  readonly eventId: string;
  /** Of the last of them. */
  readonly recordedAt: string;
}

const TYPE = 'BlankIssued';
const VERSION = EVENT_TYPES.find(({ type }) => type === TYPE)?.version ?? 0;

// What stands in the canonical text of an issuance between the values of fixed length:
// {"data":{"chipUid":…,"serial":"…","subject":"…"},"id":"…","metadata":{…,"recordedAt":"…","schema":1},"type":"BlankIssued"}
const START = '{"data":{"chipUid":';
const BEFORE_SERIAL = ',"serial":"';
const BEFORE_SUBJECT = '","subject":"';
const SUBJECT_LENGTH = 64;
const BEFORE_ID = '"},"id":"';
const ID = /^[0-9a-f-]+$/;
const ID_LENGTH = 36;
const BEFORE_METADATA = '","metadata":{"accessRevision":';
const BEFORE_RECORDED_AT = ',"recordedAt":"';
const RECORDED_AT = /^[0-9TZ:.-]+$/;
const RECORDED_AT_LENGTH = '2017-03-31T09:07:07.042Z'.length;
const END = `","schema":${VERSION}},"type":"${TYPE}"}`;
const DIGITS = 9;

/**
 * What the stock needs to know of a run of issuances, skimmed from the canonical texts of its events:
 * some five times as quick as parsing them. Null wherever a text has another form, down to single
 * characters, or is of another type, version or batch: the events are then to be decoded.
 * An unescaped quote stands in no string of JSON, so what is compared here are keys, not contents.
 * O(length of the texts).
 */
export function issuanceRun(texts: readonly string[]): IssuanceRun | null {
  const last = texts.at(-1);
  const batch = last === undefined ? null : batchOf(last);
  if (last === undefined || batch === null) return null;
  const prefix = `${batch}/`;
  let idAt = -1;
  for (const text of texts) {
    idAt = idPosition(text, prefix);
    if (idAt === -1) return null;
  }
  const eventId = copied(last, idAt, ID_LENGTH);
  const recordedAtAt = last.length - END.length - RECORDED_AT_LENGTH;
  const recordedAt = copied(last, recordedAtAt, RECORDED_AT_LENGTH);
  if (!ID.test(eventId) || !RECORDED_AT.test(recordedAt)) return null;
  return { batch, count: texts.length, eventId, recordedAt };
}

function batchOf(text: string): BatchCode | null {
  const from = text.indexOf(BEFORE_SERIAL) + BEFORE_SERIAL.length;
  const serial = parseSerialNumber(text.slice(from, text.indexOf('"', from)));
  return serial.ok ? serial.value.batch : null;
}

/** Where its id begins; -1 if the text is not that of an issuance out of the batch. */
function idPosition(text: string, prefix: string): number {
  const serialKey = text.indexOf(BEFORE_SERIAL);
  if (serialKey === -1 || !text.endsWith(END)) return -1;
  const serial = serialKey + BEFORE_SERIAL.length;
  const afterSerial = serial + prefix.length + DIGITS;
  const afterSubject = afterSerial + BEFORE_SUBJECT.length + SUBJECT_LENGTH;
  const id = afterSubject + BEFORE_ID.length;
  const isIssuance =
    text.startsWith(START) &&
    text.startsWith(prefix, serial) &&
    isNumberInBatch(text.slice(serial + prefix.length, afterSerial)) &&
    text.startsWith(BEFORE_SUBJECT, afterSerial) &&
    text.startsWith(BEFORE_ID, afterSubject) &&
    text.startsWith(BEFORE_METADATA, id + ID_LENGTH) &&
    text.startsWith(BEFORE_RECORDED_AT, recordedAtKey(text));
  return isIssuance ? id : -1;
}

function recordedAtKey(text: string): number {
  return text.length - END.length - RECORDED_AT_LENGTH - BEFORE_RECORDED_AT.length;
}

const scratch = Buffer.alloc(64);

/** A part of a text that does not keep the whole of it, a row of the log, in memory. ASCII only. */
function copied(text: string, from: number, length: number): string {
  const written = scratch.write(text.slice(from, from + length), 'latin1');
  return scratch.toString('latin1', 0, written);
}
