import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { EventMetadata, LedgerEvent, Recorded } from '../../event-store/codec/ledger-event.js';
import type { RecordedEvent } from '../../event-store/event-store.js';

/** An event as it is shown: revision and position as decimal strings. */
export interface EventAnswer {
  readonly id: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly type: LedgerEvent['type'];
  readonly data: LedgerEvent['data'];
  readonly metadata: EventMetadata;
}

export interface EventsPage {
  readonly items: readonly EventAnswer[];
  /** Give it as `after` for the events that follow; the one given when there were none. */
  readonly next: string | null;
  /** Whether there were more events than the page holds. */
  readonly hasMore: boolean;
}

/** Of an event as it is shown everywhere. */
export function eventAnswer({
  id,
  stream,
  revision,
  position,
  type,
  data,
  metadata,
}: Recorded): EventAnswer {
  return {
    id,
    stream,
    revision: String(revision),
    position: String(position),
    type,
    data,
    metadata,
  };
}

/** Reads one event more than the page holds, to know whether there are more. */
export async function eventsPage(
  batches: AsyncIterable<readonly RecordedEvent[]>,
  size: number,
  after: string | null,
  placeOf: (event: EventAnswer) => string,
): Promise<EventsPage> {
  const items: EventAnswer[] = [];
  let hasMore = false;
  for await (const batch of batches) {
    for (const recorded of batch) {
      if (items.length === size) hasMore = true;
      else items.push(eventAnswer(decodeEvent(recorded)));
    }
  }
  const last = items.at(-1);
  return { items, next: last === undefined ? after : placeOf(last), hasMore };
}
