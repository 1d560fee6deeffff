import type { ResolvedEvent } from '@eventstore/db-client';
import { LogCorrupt, type JsonObject, type RecordedEvent } from '../event-store.js';

/**
 * An event of the server as the port gives it; null for the server's own, in streams that begin with `$`.
 * @throws {LogCorrupt} it is none that this ledger can have written
 */
export function recordedOf({ event }: ResolvedEvent): RecordedEvent | null {
  // What a link led to is gone: links stand in streams of the server alone.
  if (event === undefined || event.streamId.startsWith('$')) return null;
  const { streamId, revision, position, id, type, data, metadata = {} } = event;
  const at = `event ${type} at ${streamId} revision ${revision}`;
  if (position === undefined) throw new LogCorrupt(`${at} has no position`);
  if (!isObject(data)) throw new LogCorrupt(`${at} has data that is no JSON object`);
  if (!isObject(metadata)) throw new LogCorrupt(`${at} has metadata that is no JSON object`);
  return { stream: streamId, revision, position: position.commit, id, type, data, metadata };
}

function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}
