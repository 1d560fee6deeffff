import { AppendRefused, type EventToAppend, type ExpectedRevision } from '../event-store.js';
import { canonicalJson } from './canonical-json.js';

/** Bound of one append: data + metadata + 2 × type length, summed over its events, in bytes. */
export const MAX_APPEND_BYTES = 1024 * 1024;
/** One event stays under this, whatever the bound of an append is set to, in bytes. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024 - 1;
/** Bound of a stream's name, in UTF-16 code units. */
export const MAX_STREAM_NAME_LENGTH = 512;
/** Bound of an event type's name, in UTF-16 code units. */
export const MAX_TYPE_LENGTH = 256;

export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  /** Canonical JSON. */
  readonly data: string;
  /** Canonical JSON. */
  readonly metadata: string;
}

export interface AppendRequest {
  readonly stream: string;
  readonly events: readonly EncodedEvent[];
  /** By the formula of {@link MAX_APPEND_BYTES}. */
  readonly bytes: number;
}

// Lower case only: engines that store the UUID as 16 bytes give it back in lower case.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @throws {AppendRefused} it is no revision that a stream can be at */
export function checkExpected(expected: ExpectedRevision): void {
  if (typeof expected === 'bigint' && expected < 0n)
    throw new AppendRefused(`expected revision ${expected} is negative`);
}

/**
 * Checks an append and serialises its events, once; both engines write what this returns.
 * @throws {AppendRefused} naming the event's index and what is wrong with it
 */
export function encodeAppend(
  stream: string,
  events: readonly EventToAppend[],
  maxAppendBytes = MAX_APPEND_BYTES,
): AppendRequest {
  checkName('stream', stream, MAX_STREAM_NAME_LENGTH);
  if (events.length === 0) throw new AppendRefused('an append holds at least one event');
  let bytes = 0;
  const encoded = events.map((event, index): EncodedEvent => {
    const at = `/${index}`;
    if (!UUID.test(event.id)) throw new AppendRefused(`${at}/id is not a lower-case UUID`);
    checkName(`${at}/type`, event.type, MAX_TYPE_LENGTH);
    const data = encodeObject(event.data, `${at}/data`);
    const metadata = encodeObject(event.metadata, `${at}/metadata`);
    const eventBytes =
      Buffer.byteLength(data) + Buffer.byteLength(metadata) + 2 * event.type.length;
    if (eventBytes > MAX_EVENT_BYTES) {
      throw new AppendRefused(`${at} is ${eventBytes} bytes, at most ${MAX_EVENT_BYTES}`);
    }
    bytes += eventBytes;
    return { id: event.id, type: event.type, data, metadata };
  });
  if (bytes > maxAppendBytes) {
    throw new AppendRefused(`the append is ${bytes} bytes, at most ${maxAppendBytes}`);
  }
  return { stream, events: encoded, bytes };
}

function encodeObject(value: EventToAppend['data'], at: string): string {
  const text = canonicalJson(value, at);
  if (!text.startsWith('{')) throw new AppendRefused(`${at} is not an object`);
  return text;
}

function checkName(what: string, name: string, maxLength: number): void {
  if (name === '') throw new AppendRefused(`${what} has no name`);
  if (name.startsWith('$')) throw new AppendRefused(`${what} ${name} begins with $`);
  if (name.length > maxLength) {
    throw new AppendRefused(`${what} name is ${name.length} characters, at most ${maxLength}`);
  }
  if (!name.isWellFormed()) throw new AppendRefused(`${what} name has a lone surrogate`);
}
