import { createHash } from 'node:crypto';
import { canonicalJson } from '../../event-store/codec/canonical-json.js';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';

/** All that an event is, but for its position: those of two stores differ. */
export function contentOf(event: RecordedEvent): string {
  const { stream, revision, id, type, data, metadata } = event;
  return canonicalJson({ stream, revision: String(revision), id, type, data, metadata });
}

export interface LogContent {
  readonly events: number;
  readonly streams: number;
  /** SHA-256 over the canonical JSON of each event without its position, a line each; hex. */
  readonly sha256: string;
}

/** Reads the first `events` of a log. O(events) of time, O(streams) of memory. */
export async function readContent(
  store: EventStore,
  events: number,
  onEvents: (more: number) => void,
): Promise<LogContent> {
  const hash = createHash('sha256');
  const streams = new Set<string>();
  let count = 0;
  for await (const batch of store.readAll({ max: events })) {
    for (const event of batch) {
      hash.update(contentOf(event)).update('\n');
      streams.add(event.stream);
    }
    count += batch.length;
    onEvents(batch.length);
  }
  return { events: count, streams: streams.size, sha256: hash.digest('hex') };
}
