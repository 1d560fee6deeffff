import { Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RouteOf, type PlacedRouteAnswer } from '../read-models/shipments/route-of.query.js';
import { RoutesWithin } from '../read-models/shipments/routes-within.query.js';
import {
  TransitByLevel,
  type TransitByLevelAnswer,
} from '../read-models/shipments/transit-by-level.query.js';
import { askedScope } from './asked-scope.js';
import { FreshQuery, limitOf } from './queries.dto.js';
import { pageAnswer, QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';
import { RoutesQuery, TransitQuery } from './shipment-queries.dto.js';

/** How long shipments take from one account to another. */
@ApiTags('shipments')
@Controller('routes')
export class RoutesController {
  constructor(private readonly queries: QueryGateway) {}

  @ReadRoute('', {
    summary: 'Routes to or from a region, and how long they take',
    answer: 'A page: items by consignor and consignee, and next.',
    schema: 'RoutePage',
  })
  async within(@Query() query: RoutesQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { within, cursor = null, atLeast } = query;
    const question = new RoutesWithin(askedScope(), within, cursor, limitOf(query), atLeast);
    return pageAnswer(await this.queries.ask(reply, question, atLeast));
  }

  @ReadRoute('levels', {
    summary: 'How long what is sent to or from a region takes, by who sends it',
    answer: 'Times in transit by the level of the consignor.',
    schema: 'TransitByLevel',
  })
  byLevel(
    @Query() { within, atLeast }: TransitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransitByLevelAnswer> {
    return this.queries.ask(reply, new TransitByLevel(askedScope(), within, atLeast), atLeast);
  }

  @ReadRoute(':consignor/:consignee', {
    summary: 'One route, and how long it takes',
    answer: 'What was sent, what is open, and times in transit on both clocks.',
    schema: 'Route',
  })
  one(
    @Param('consignor') consignor: string,
    @Param('consignee') consignee: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PlacedRouteAnswer> {
    const question = new RouteOf(askedScope(), consignor, consignee, atLeast);
    return this.queries.ask(reply, question, atLeast);
  }
}
