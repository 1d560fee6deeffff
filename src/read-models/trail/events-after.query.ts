import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { EventStore } from '../../event-store/event-store.js';
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
    const from = after === null ? undefined : BigInt(after) + 1n;
    const batches = this.store.readAll({ from, max: size + 1 });
    return eventsPage(batches, size, after, ({ position }) => position);
  }
}
