import { Controller, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  ProposedAllocation,
  type AllocationAnswer,
} from '../read-models/demand/allocation.query.js';
import {
  DemandOfFacility,
  type FacilityDemand,
} from '../read-models/demand/demand-of-facility.query.js';
import { DemandWithin } from '../read-models/demand/demand-within.query.js';
import { askedScope } from './asked-scope.js';
import {
  allocationAsked,
  AllocationQuery,
  DemandQuery,
  FacilityDemandQuery,
} from './demand-queries.dto.js';
import { limitOf } from './queries.dto.js';
import { pageAnswer, QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';

/** Who waits for a card, and what there is for them. */
@ApiTags('demand')
@Controller()
export class DemandController {
  constructor(private readonly queries: QueryGateway) {}

  @ReadRoute('demand', {
    summary: 'Who waits, and days of cover, of every facility of a level within a region',
    answer: 'A page: items in the order asked for, and next.',
    schema: 'DemandPage',
  })
  async within(@Query() query: DemandQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { within, level, sort = 'code', today = null, cursor = null, atLeast } = query;
    const limit = limitOf(query);
    const question = new DemandWithin(
      askedScope(),
      { within, level, order: sort, today },
      cursor,
      limit,
      atLeast,
    );
    const page = await this.queries.ask(reply, question, atLeast);
    return { ...pageAnswer(page), today: page.today };
  }

  @ReadRoute('demand/:facility', {
    summary: 'Who waits at one facility and all below it, and its reports',
    answer: 'Residents by reason and deadline, blanks, rates, days of cover, and reports.',
    schema: 'FacilityDemand',
  })
  ofFacility(
    @Param('facility') facility: string,
    @Query() { today, atLeast }: FacilityDemandQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FacilityDemand> {
    const question = new DemandOfFacility(askedScope(), facility, today ?? null, atLeast);
    return this.queries.ask(reply, question, atLeast);
  }

  @ReadRoute('allocations/proposal', {
    summary: 'How many blanks to each facility below one, so that the worst-off waits least',
    answer: 'Cartons for each, with the reason. Nothing is moved.',
    schema: 'AllocationProposal',
  })
  propose(
    @Query() query: AllocationQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AllocationAnswer> {
    const question = new ProposedAllocation(askedScope(), allocationAsked(query), query.atLeast);
    return this.queries.ask(reply, question, query.atLeast);
  }
}
