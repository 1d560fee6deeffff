import type { LiveLog } from '../read-models/live/live-log.js';
import { passes, type EventFilter } from '../read-models/trail/event-filter.js';
import type { LogRegions } from '../read-models/trail/log-regions.js';

/** How often something is written at least, in milliseconds: proxies close connections that are silent. */
const HEARTBEAT_MS = 15_000;
/** How soon a client that lost its connection should come back, in milliseconds. */
const RETRY_MS = 2_000;
/** Messages are handed on in pieces of about this size, in UTF-16 code units. */
const CHUNK_LENGTH = 64 * 1_024;

interface FrameOptions {
  readonly after: bigint;
  readonly filter: EventFilter;
  /** Closed at the end. */
  readonly regions: LogRegions;
  readonly signal: AbortSignal;
}

/**
 * The log as an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). A heartbeat is a
 * comment with an id: it moves the place to go on from over events that were filtered out.
 */
export async function* eventFrames(
  live: LiveLog,
  { after, filter, regions, signal }: FrameOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield Buffer.from(`retry: ${RETRY_MS}\nid: ${after}\n\n`);
    let writtenAt = performance.now();
    for await (const { events, position } of live.follow({ after, signal, idleMs: HEARTBEAT_MS })) {
      let text = '';
      for (const { event, json } of events) {
        regions.take(event);
        if (passes(filter, regions, event))
          text += `id: ${event.position}\nevent: ${event.type}\ndata: ${json}\n\n`;
        if (text.length < CHUNK_LENGTH) continue;
        yield Buffer.from(text, 'utf8');
        writtenAt = performance.now();
        text = '';
      }
      if (text === '' && performance.now() - writtenAt >= HEARTBEAT_MS)
        text = `: heartbeat\nid: ${position}\n\n`;
      if (text === '') continue;
      yield Buffer.from(text, 'utf8');
      writtenAt = performance.now();
    }
  } finally {
    regions.close();
  }
}
