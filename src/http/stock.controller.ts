import { Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  StockOfFacility,
  type FacilityStock,
} from '../read-models/stock/stock-of-facility.query.js';
import { StockWithin } from '../read-models/stock/stock-within.query.js';
import { FreshQuery, limitOf, StockQuery } from './queries.dto.js';
import { pageAnswer, QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';

/** What each office holds. */
@ApiTags('stock')
@Controller('stock')
export class StockController {
  constructor(private readonly queries: QueryGateway) {}

  @ReadRoute('', {
    summary: 'Stock of every facility of a level within a region',
    answer: 'A page: items in code order, and next.',
    schema: 'StockPage',
  })
  async within(@Query() query: StockQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { within, level, cursor = null, atLeast } = query;
    const question = new StockWithin(within, level, cursor, limitOf(query), atLeast);
    return pageAnswer(await this.queries.ask(reply, question, atLeast));
  }

  @ReadRoute(':facility', {
    summary: 'Stock of one facility: its own, and with all below it',
    answer: 'Counts by state and by batch, and the last movement.',
    schema: 'FacilityStock',
  })
  ofFacility(
    @Param('facility') facility: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FacilityStock> {
    return this.queries.ask(reply, new StockOfFacility(facility, atLeast), atLeast);
  }
}
