import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseAccountId } from '../../custody/account/account-id.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { EVENT_STORE } from '../../tokens.js';
import { pageSize } from '../cursor.js';
import type { Scope } from '../scope.js';
import { eventsPage, type EventsPage } from './event-answer.js';

/** The log in order: all of it, or what the scope sees of it, which is entries of its accounts. */
export class EventsAfter extends Query<EventsPage> {
  constructor(
    readonly scope: Scope,
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
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly register: FacilityRegister,
  ) {}

  execute({ scope, after, limit }: EventsAfter): Promise<EventsPage> {
    const size = pageSize(limit);
    const from = after === null ? undefined : BigInt(after);
    // Only positions that events have can be read from, so the one known already is read again.
    const known = from === undefined ? 0 : 1;
    const max = scope.isNation ? size + 1 + known : undefined;
    const isWanted = ({ stream, position }: RecordedEvent): boolean =>
      (from === undefined || position > from) && this.isSeen(scope, stream);
    const batches = filtered(this.store.readAll({ from, max }), isWanted, size + 1);
    return eventsPage(batches, size, after, ({ position }) => position);
  }

  private isSeen(scope: Scope, stream: string): boolean {
    if (scope.isNation) return true;
    const account = parseAccountId(stream.slice(stream.indexOf('-') + 1));
    return account !== null && scope.seesIn(this.register, account);
  }
}

/** The first of those that are wanted; reads no further. */
async function* filtered(
  batches: AsyncIterable<readonly RecordedEvent[]>,
  isWanted: (event: RecordedEvent) => boolean,
  most: number,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  let left = most;
  for await (const batch of batches) {
    const wanted = batch.filter(isWanted).slice(0, left);
    yield wanted;
    left -= wanted.length;
    if (left === 0) return;
  }
}
