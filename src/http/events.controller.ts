import { Controller, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../commands/command-envelope.js';
import { HoldingsOf, type Holdings } from '../read-models/accounts/holdings-of.query.js';
import { StockCardOf } from '../read-models/stock-card/stock-card.query.js';
import type { EventsPage } from '../read-models/trail/event-answer.js';
import { EventsAfter } from '../read-models/trail/events-after.query.js';
import { EventsOf } from '../read-models/trail/events-of.query.js';
import { CLOCK } from '../tokens.js';
import { askedScope } from './asked-scope.js';
import { momentOf } from './moment.js';
import { EventsQuery, FreshQuery, limitOf, StockCardQuery } from './queries.dto.js';
import { QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';

/** The books themselves. */
@ApiTags('events')
@Controller()
export class EventsController {
  constructor(
    private readonly queries: QueryGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @ReadRoute('events', {
    summary: 'The whole log in order',
    answer: 'A page: items, next (give it as after), hasMore.',
    schema: 'EventPage',
  })
  log(
    @Query() query: EventsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventsPage> {
    return this.queries.ask(
      reply,
      new EventsAfter(askedScope(), query.after ?? null, limitOf(query)),
    );
  }

  @ReadRoute('accounts/:account/events', {
    summary: 'What was entered in the books of an account',
    answer: 'A page: items, next (give it as after), hasMore.',
    schema: 'EventPage',
  })
  ofAccount(
    @Param('account') account: string,
    @Query() query: EventsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventsPage> {
    const question = new EventsOf(askedScope(), account, query.after ?? null, limitOf(query));
    return this.queries.ask(reply, question);
  }

  @ReadRoute('accounts/:account/stock-card', {
    summary: 'The books of an account in a period: stock card and accountability report',
    answer:
      'Opening, sums by category with their serials, closing, what does not agree, each officer, ' +
      'and the lines: a page, and next.',
    schema: 'StockCard',
  })
  async stockCard(
    @Param('account') account: string,
    @Query() query: StockCardQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { clock = 'recorded', cursor = null, atLeast } = query;
    const now = this.clock.now();
    const at = (parameter: 'from' | 'to') =>
      momentOf({ parameter, text: query[parameter], facility: account, clock }, now);
    const question = new StockCardOf(
      ...([askedScope(), account, clock, at('from'), at('to')] as const),
      ...([cursor, limitOf(query), atLeast] as const),
    );
    const { nextCursor, ...card } = await this.queries.ask(reply, question, atLeast);
    return { ...card, next: nextCursor };
  }

  @ReadRoute('accounts/:account', {
    summary: 'What an account answers for now',
    answer: 'Ranges by state, incoming shipments, custodian and revision.',
    schema: 'Account',
  })
  holdings(
    @Param('account') account: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Holdings> {
    return this.queries.ask(reply, new HoldingsOf(askedScope(), account), atLeast);
  }
}
