import { createHash } from 'node:crypto';
import { LogCorrupt, type JsonObject, type RecordedEvent, type TextRun } from '../event-store.js';
import type { EncodedEvent } from '../codec/append-request.js';

/**
 * One row of the log: everything one group commit made durable.
 *
 * - `position`: that of its first event; its other events follow without gaps, and so does the next row.
 * - `streams`: compact JSON, flat triples `stream, first revision, count` in the order of the body,
 *   e.g. `["custody-00",12,2,"custody-31.71",0,1]`: enough to index the log without reading bodies.
 * - `body`: a JSON array of canonical events `{"data":…,"id":…,"metadata":…,"type":…}`, readable
 *   with SQLite's `json_each`. Elements are parted by `,\n`; canonical JSON holds no raw line
 *   feed, so a reader cuts out single events without parsing their neighbours.
 * - `hash`: SHA-256 over the previous row's hash and every other column; see {@link chainHash}.
 */
export interface CommitRow {
  readonly position: number;
  readonly streams: string;
  readonly body: string;
}

export interface StreamEntry {
  readonly stream: string;
  readonly firstRevision: number;
  readonly count: number;
}

const SEPARATOR = ',\n';

/** What the first row takes for its predecessor's hash. */
export const GENESIS_HASH: Uint8Array = new Uint8Array(32);

/**
 * SHA-256(previous hash || position, 8 bytes big-endian || length of streams in bytes, 8 bytes
 * big-endian || streams || body). The length makes the text's cut unambiguous.
 */
export function chainHash(
  previous: Uint8Array,
  position: number,
  streams: string | Uint8Array,
  body: string | Uint8Array,
): Uint8Array {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(BigInt(position), 0);
  numbers.writeBigUInt64BE(BigInt(Buffer.byteLength(streams)), 8);
  return createHash('sha256')
    .update(previous)
    .update(numbers)
    .update(streams)
    .update(body)
    .digest();
}

/** The canonical text of one event as it stands in a body. */
export function eventText(event: EncodedEvent): string {
  const { data, id, metadata, type } = event;
  return `{"data":${data},"id":"${id}","metadata":${metadata},"type":${JSON.stringify(type)}}`;
}

export function bodyOf(eventTexts: readonly string[]): string {
  return `[${eventTexts.join(SEPARATOR)}]`;
}

export function streamsOf(entries: readonly StreamEntry[]): string {
  return JSON.stringify(
    entries.flatMap((entry) => [entry.stream, entry.firstRevision, entry.count]),
  );
}

/**
 * Calls `visit` for each triple of a row's `streams` column and returns their total count.
 * @throws {LogCorrupt} the column is not a list of such triples
 */
export function readStreams(
  position: number,
  streams: string,
  visit: (stream: string, firstRevision: number, count: number) => void,
): number {
  const triples = parseRowJson(position, streams);
  if (!Array.isArray(triples) || triples.length === 0 || triples.length % 3 !== 0) {
    throw corrupt(position, 'its streams column is not a list of triples');
  }
  let total = 0;
  for (let index = 0; index < triples.length; index += 3) {
    const stream: unknown = triples[index];
    const firstRevision: unknown = triples[index + 1];
    const count: unknown = triples[index + 2];
    if (typeof stream !== 'string' || !isCount(firstRevision, 0) || !isCount(count, 1)) {
      throw corrupt(position, 'its streams column holds a malformed triple');
    }
    visit(stream, firstRevision, count);
    total += count;
  }
  return total;
}

/** The texts of a row's events, in order. */
export function eventTexts(row: CommitRow): string[] {
  if (!row.body.startsWith('[{') || !row.body.endsWith('}]')) {
    throw corrupt(row.position, 'its body is not an array of objects');
  }
  return row.body.slice(1, -1).split(SEPARATOR);
}

/** One event of a body. @throws {LogCorrupt} it is not an event */
export function parseEvent(
  text: string,
  stream: string,
  revision: number,
  position: number,
): RecordedEvent {
  return recorded(parseRowJson(position, text), stream, revision, position);
}

/**
 * The events of a row that stand at or after `from` and whose stream passes, at most `max` of them.
 * Returns also the position up to which the row was followed.
 */
export function decodeRow(
  row: CommitRow,
  from: number,
  max: number,
  passes: ((stream: string) => boolean) | null,
  into: RecordedEvent[],
): number {
  // A whole row is parsed in one call; when only some of it is wanted the rest stays text.
  const whole = passes === null && from <= row.position;
  const items: readonly unknown[] = whole ? parseBody(row) : eventTexts(row);
  let position = row.position;
  let followedTo = from - 1;
  let taken = 0;
  const total = readStreams(row.position, row.streams, (stream, firstRevision, count) => {
    const wanted = passes === null || passes(stream);
    for (let offset = 0; offset < count; offset++, position++) {
      if (position < from || taken === max) continue;
      if (wanted) {
        const item = items[position - row.position];
        const value = whole ? item : parseRowJson(position, String(item));
        into.push(recorded(value, stream, firstRevision + offset, position));
        taken++;
      }
      followedTo = position;
    }
  });
  if (total !== items.length) {
    throw countsDiffer(row, items.length, total);
  }
  return followedTo;
}

/** A row whose body was read as bytes. */
export interface ByteRow {
  readonly position: number;
  readonly streams: string;
  readonly body: Buffer;
}

const LINE_FEED = 0x0a;

/**
 * A row as runs of texts: those that `skim` does not take are parsed.
 * Returns the row's last position, or null, with nothing done, where more than `max` events stand in it.
 */
export function skimRow(
  row: ByteRow,
  max: number,
  skim: (run: TextRun) => boolean,
  into: RecordedEvent[],
): number | null {
  const { position, body } = row;
  const bounds = eventBounds(row);
  const texts = bounds.length / 2;
  if (texts > max) return null;
  let at = 0;
  const total = readStreams(position, row.streams, (stream, firstRevision, count) => {
    const first = position + at;
    const run: TextRun = {
      stream,
      revision: BigInt(firstRevision),
      position: BigInt(first),
      count,
      bytes: body,
      bounds: bounds.subarray(2 * at, 2 * (at + count)),
    };
    if (at + count <= texts && !skim(run))
      for (let index = 0; index < count; index++) {
        const text = body.toString('utf8', run.bounds[2 * index], run.bounds[2 * index + 1]);
        into.push(parseEvent(text, stream, firstRevision + index, first + index));
      }
    at += count;
  });
  if (total !== texts) throw countsDiffer(row, texts, total);
  return position + texts - 1;
}

/** Where each event of a body begins and ends, one after the other. */
function eventBounds({ position, body }: ByteRow): Int32Array {
  if (body.length < 4 || body[0] !== 0x5b || body[body.length - 1] !== 0x5d)
    throw corrupt(position, 'its body is not an array of objects');
  const bounds: number[] = [1];
  for (let feed = body.indexOf(LINE_FEED); feed !== -1; feed = body.indexOf(LINE_FEED, feed + 1))
    bounds.push(feed - 1, feed + 1);
  bounds.push(body.length - 1);
  return Int32Array.from(bounds);
}

function countsDiffer(
  { position }: { readonly position: number },
  events: number,
  total: number,
): LogCorrupt {
  return corrupt(position, `it holds ${events} events, its streams column ${total}`);
}

function parseBody(row: CommitRow): readonly unknown[] {
  const body = parseRowJson(row.position, row.body);
  if (!Array.isArray(body)) throw corrupt(row.position, 'its body is not an array');
  return body;
}

function recorded(
  value: unknown,
  stream: string,
  revision: number,
  position: number,
): RecordedEvent {
  if (!isStoredEvent(value)) throw corrupt(position, 'what stands there is not an event');
  return {
    stream,
    revision: BigInt(revision),
    position: BigInt(position),
    id: value.id,
    type: value.type,
    data: value.data,
    metadata: value.metadata,
  };
}

interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

function isStoredEvent(value: unknown): value is StoredEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, data, metadata } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof type !== 'string') return false;
  return isObject(data) && isObject(metadata);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function parseRowJson(position: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(position, 'its JSON does not parse', cause);
  }
}

/** The error of a row or event that does not verify; always names the position. */
export function corrupt(position: number, why: string, cause?: unknown): LogCorrupt {
  return new LogCorrupt(`the log is damaged at position ${position}: ${why}`, { cause });
}
