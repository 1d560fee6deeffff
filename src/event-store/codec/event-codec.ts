import { assert, InvariantViolation } from '../../custody/assert.js';
import { LogCorrupt, type JsonObject, type RecordedEvent } from '../event-store.js';
import { isVersion, looksLikeMetadata, metadataFault } from './event-metadata.js';
import { EVENT_TYPES, type EventSchemas } from './event-types.js';
import type { EventMetadata, LedgerEvent, Recorded } from './ledger-event.js';
import { schemaCheck, type SchemaCheck } from './schema-validator.js';
import {
  upcastChain,
  upcastFrom,
  UPCASTERS,
  type UpcastChain,
  type Upcaster,
} from './upcasters.js';

export { encodeMetadata } from './event-metadata.js';
export { EVENT_TYPES, type EventType } from './event-types.js';

/** An event as it is handed to the store, without what the store and the executor add. */
export interface EncodedEvent {
  readonly type: string;
  /** The version of the data, for the metadata. */
  readonly schema: number;
  readonly data: JsonObject;
}

/** Where and by whom a stored event was recorded. */
export interface Provenance {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly id: string;
  /** As stored: `schema` is the version the event was written in, whatever it was upcast to. */
  readonly metadata: EventMetadata;
}

interface TypedEvent {
  readonly type: string;
  readonly data: object;
}

/** Between the events of a program and their stored form. */
export interface Codec<E extends TypedEvent> {
  /**
   * Checks an event against today's schema of its type, in full. O(size of the event).
   * The data is passed through, not copied.
   * @throws {InvariantViolation} our own code made a bad shape; names type and JSON pointer
   */
  readonly encodeEvent: (event: E) => EncodedEvent;

  /**
   * An event in today's shape, upcast if it was written in an older one. Checks type, version,
   * category of the stream and the outline of the metadata, and trusts the data: they were checked
   * when they were written. O(1) for an event of today's version.
   * @throws {LogCorrupt} naming stream, revision and position
   */
  readonly decodeEvent: (recorded: RecordedEvent) => E & Provenance;

  /**
   * The same, and checks data and metadata in full, before upcasting and after it.
   * O(size of the event).
   * @throws {LogCorrupt} naming stream, revision, position and JSON pointer
   */
  readonly decodeEventStrict: (recorded: RecordedEvent) => E & Provenance;
}

interface TypeEntry {
  readonly version: number;
  readonly streamPrefix: string;
  /** Of versions 1, 2 …; the last is today's. */
  readonly checks: readonly SchemaCheck[];
  readonly current: SchemaCheck;
  readonly chain: UpcastChain;
}

/**
 * Makes a codec of a list of types and the upcasters between their versions.
 * @throws {InvariantViolation} a type is given twice, or its chain of upcasters is not whole
 */
export function createCodec<E extends TypedEvent>(parts: {
  readonly schemas: readonly EventSchemas[];
  readonly upcasters: readonly Upcaster[];
}): Codec<E> {
  const entries = new Map(
    parts.schemas.map((schemas) => [schemas.type, typeEntry(schemas, parts.upcasters)]),
  );
  assert(entries.size === parts.schemas.length, 'each event type is given once');
  const stray = parts.upcasters.find(({ type }) => !entries.has(type));
  assert(stray === undefined, `an upcaster is for the unknown type ${stray?.type ?? ''}`);

  function decode(recorded: RecordedEvent, isStrict: boolean): E & Provenance {
    const { type, stream, revision, position, id, metadata } = recorded;
    const entry = entries.get(type);
    if (entry === undefined) throw corrupt(recorded, 'is of an unknown type');
    const version = metadata.schema;
    if (!isVersion(version) || version > entry.version) {
      const known = `this program knows up to version ${entry.version}`;
      throw corrupt(recorded, `is of version ${describe(version)}; ${known}`);
    }
    if (!stream.startsWith(entry.streamPrefix)) {
      throw corrupt(recorded, `belongs in a stream ${entry.streamPrefix}…`);
    }
    if (!looksLikeMetadata(metadata)) throw corrupt(recorded, 'has malformed metadata');
    if (isStrict) checkStored(recorded, entry, version);
    const data = version === entry.version ? recorded.data : upcast(recorded, entry, version);
    // What was checked above, and at writing, is what the types say.
    return { type, data, stream, revision, position, id, metadata } as unknown as E & Provenance;
  }

  return {
    encodeEvent: (event) => encode(entries, event),
    decodeEvent: (recorded) => decode(recorded, false),
    decodeEventStrict: (recorded) => decode(recorded, true),
  };
}

function typeEntry(
  { type, category, schemas }: EventSchemas,
  upcasters: readonly Upcaster[],
): TypeEntry {
  const checks = schemas.map(schemaCheck);
  const current = checks.at(-1);
  assert(current !== undefined, `${type} has a schema`);
  const version = checks.length;
  const chain = upcastChain(type, version, upcasters);
  return { version, streamPrefix: `${category}-`, checks, current, chain };
}

function encode(entries: ReadonlyMap<string, TypeEntry>, { type, data }: TypedEvent): EncodedEvent {
  const entry = entries.get(type);
  assert(entry !== undefined, `an event to be written is of the unknown type ${type}`);
  const fault = entry.current(data);
  if (fault !== null) throw new InvariantViolation(`${type}${fault.pointer} ${fault.message}`);
  return { type, schema: entry.version, data: data as JsonObject };
}

function checkStored(recorded: RecordedEvent, { checks }: TypeEntry, version: number): void {
  const check = checks[version - 1];
  assert(check !== undefined, 'every version has a schema');
  const inData = check(recorded.data);
  if (inData !== null) throw corrupt(recorded, `data${inData.pointer} ${inData.message}`);
  const inMetadata = metadataFault(recorded.metadata);
  if (inMetadata !== null) {
    throw corrupt(recorded, `metadata${inMetadata.pointer} ${inMetadata.message}`);
  }
}

/** Old events are few, so the result of an upcast is always checked in full. */
function upcast(recorded: RecordedEvent, entry: TypeEntry, version: number): JsonObject {
  const data = upcastFrom(version, recorded.data, entry.chain);
  const fault = entry.current(data);
  if (fault !== null) {
    const from = `upcast from version ${version}`;
    throw corrupt(recorded, `${from}: data${fault.pointer} ${fault.message}`);
  }
  return data;
}

function describe(version: unknown): string {
  return typeof version === 'number' ? String(version) : 'none';
}

function corrupt({ type, stream, revision, position }: RecordedEvent, why: string): LogCorrupt {
  return new LogCorrupt(
    `event ${type} at ${stream} revision ${String(revision)}, position ${String(position)} ${why}`,
  );
}

const ledger = createCodec<LedgerEvent>({ schemas: EVENT_TYPES, upcasters: UPCASTERS });

/** See {@link Codec.encodeEvent}. */
export function encodeEvent(event: LedgerEvent): EncodedEvent {
  return ledger.encodeEvent(event);
}

/** See {@link Codec.decodeEvent}. */
export function decodeEvent(recorded: RecordedEvent): Recorded {
  return ledger.decodeEvent(recorded);
}

/** See {@link Codec.decodeEventStrict}; used by the audit. */
export function decodeEventStrict(recorded: RecordedEvent): Recorded {
  return ledger.decodeEventStrict(recorded);
}
