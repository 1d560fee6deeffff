import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { parseAccountId, streamOfAccount } from '../../custody/account/account-id.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { EventStore } from '../../event-store/event-store.js';
import { EVENT_STORE } from '../../tokens.js';
import { pageSize } from '../cursor.js';
import { isStanding } from '../accounts/known-account.js';
import type { Scope } from '../scope.js';
import { eventsPage, type EventsPage } from './event-answer.js';

/** What was entered in an account's books, in order. Null when there is no such account. */
export class EventsOf extends Query<EventsPage | null> {
  constructor(
    readonly scope: Scope,
    readonly account: string,
    /** Decimal revision: only later events. Null: from the first. */
    readonly after: string | null,
    /** Held to 1..1,000. */
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(EventsOf)
export class EventsOfHandler implements IQueryHandler<EventsOf> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly register: FacilityRegister,
  ) {}

  async execute({ scope, account, after, limit }: EventsOf): Promise<EventsPage | null> {
    const id = parseAccountId(account);
    if (id === null || !scope.seesIn(this.register, id)) return null;
    const size = pageSize(limit);
    const from = after === null ? 0n : BigInt(after) + 1n;
    const batches = this.store.readStream(streamOfAccount(id), { from, max: size + 1 });
    const page = await eventsPage(batches, size, after, ({ revision }) => revision);
    const isOnRecord = page.items.length > 0 || after !== null;
    return isOnRecord || isStanding(id, this.register) ? page : null;
  }
}
