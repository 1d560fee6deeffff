import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import { MAX_EVENT_BYTES } from '../../../src/event-store/codec/append-request.js';
import type { ExpectedRevision } from '../../../src/event-store/event-store.js';
import type { ProposedEvent } from './stored-event.js';

const JSON_CONTENT = 'application/json';
const BINARY_CONTENT = 'application/octet-stream';

/** What the two kinds of append call a proposed message. */
interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

/** @throws {Error} the server would not take it for an event */
export function proposedEvent(message: ProposedMessage): ProposedEvent {
  const facts = message.getMetadataMap();
  const type = facts.get('type');
  const contentType = facts.get('content-type');
  if (type === undefined || contentType === undefined) {
    throw new Error('Required Metadata Property is missing');
  }
  if (type === '') throw new Error('Empty eventType provided.');
  const event = {
    id: uuidText(message.getId()),
    type,
    isJson: contentType === JSON_CONTENT,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
  if (countedBytes(event) > MAX_EVENT_BYTES) throw new Error('Record is too big.');
  return event;
}

export function contentTypeOf(event: ProposedEvent): string {
  return event.isJson ? JSON_CONTENT : BINARY_CONTENT;
}

/** Size of an event as it counts towards the bound of an append, in bytes. */
export function countedBytes({ data, metadata, type }: ProposedEvent): number {
  return data.length + metadata.length + 2 * type.length;
}

/** In lower case, whichever form it has; empty without one. */
export function uuidText(uuid: UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString().toLowerCase() ?? '';
  const bits = (text: string) => BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0');
  const hex =
    bits(structured.getMostSignificantBits()) + bits(structured.getLeastSignificantBits());
  return [0, 8, 12, 16, 20]
    .map((from, index, all) => hex.slice(from, all[index + 1] ?? hex.length))
    .join('-');
}

export function uuidOf(text: string): UUID {
  return new shared.UUID().setString(text);
}

/** @throws {Error} there is none */
export function streamName(identifier: StreamIdentifier | undefined): string {
  if (identifier === undefined) throw new Error('Required field StreamIdentifier not set.');
  return Buffer.from(identifier.getStreamName_asU8()).toString('utf8');
}

export function streamIdentifier(stream: string): StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(new Uint8Array(Buffer.from(stream)));
}

/** What the messages that say an expected revision have in common. */
interface Expecting {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** @param exact the revision of a message that says none of the others */
export function expectedRevision(options: Expecting, exact: string): ExpectedRevision {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : BigInt(exact);
}
