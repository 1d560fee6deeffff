import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { EVENT_STORE } from '../../tokens.js';
import { pageSize } from '../cursor.js';
import { eventsPage, type EventsPage } from './event-answer.js';

/** The whole log in order. */
export class EventsAfter extends Query<EventsPage> {
  constructor(
    /** Decimal position: only later events. Null: from the first. */
    readonly after: string | null,
    /** Held to 1..1,000. */
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(EventsAfter)
export class EventsAfterHandler implements IQueryHandler<EventsAfter> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  execute({ after, limit }: EventsAfter): Promise<EventsPage> {
    const size = pageSize(limit);
    if (after === null)
      return eventsPage(
        this.store.readAll({ max: size + 1 }),
        size,
        after,
        ({ position }) => position,
      );
    // Only positions that events have can be read from, so the one known already is read again.
    const from = BigInt(after);
    const batches = beyond(from, this.store.readAll({ from, max: size + 2 }));
    return eventsPage(batches, size, after, ({ position }) => position);
  }
}

async function* beyond(
  after: bigint,
  batches: AsyncIterable<readonly RecordedEvent[]>,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  for await (const batch of batches) yield batch.filter(({ position }) => position > after);
}
