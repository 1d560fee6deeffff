import { Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HoldingsOf, type Holdings } from '../read-models/accounts/holdings-of.query.js';
import type { EventsPage } from '../read-models/trail/event-answer.js';
import { EventsAfter } from '../read-models/trail/events-after.query.js';
import { EventsOf } from '../read-models/trail/events-of.query.js';
import { askedScope } from './asked-scope.js';
import { EventsQuery, FreshQuery, limitOf } from './queries.dto.js';
import { QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';

/** The books themselves. */
@ApiTags('events')
@Controller()
export class EventsController {
  constructor(private readonly queries: QueryGateway) {}

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
