import { Controller, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../commands/command-envelope.js';
import { GapById, type GapDetails } from '../read-models/missing/gap-by-id.query.js';
import { GapsWithin } from '../read-models/missing/gaps.query.js';
import { CLOCK } from '../tokens.js';
import { askedScope } from './asked-scope.js';
import { MissingQuery } from './missing.dto.js';
import { FreshQuery, limitOf } from './queries.dto.js';
import { pageAnswer, QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';

const DAY_MS = 86_400_000;

/** What is missing, and was. */
@ApiTags('missing')
@Controller('missing')
export class MissingController {
  constructor(
    private readonly queries: QueryGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @ReadRoute('', {
    summary: 'Serials that are missing, or were, by age or by number',
    answer:
      'A page: items, next, and the totals of all pages. Each item is a run of serials that one entry made ' +
      'missing and that had one story until then, with who answered for it and the last handover.',
    schema: 'GapPage',
  })
  async list(@Query() query: MissingQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { status = 'open', within, batch, olderThanDays, sort = 'age', atLeast } = query;
    const before =
      olderThanDays === undefined ? undefined : this.clock.now() - Number(olderThanDays) * DAY_MS;
    const filter = { status, within, batch, before, order: sort };
    const { cursor = null } = query;
    const question = new GapsWithin(askedScope(), filter, cursor, limitOf(query), atLeast);
    const page = await this.queries.ask(reply, question, atLeast);
    return { ...pageAnswer(page), totals: page.totals };
  }

  @ReadRoute(':gap', {
    summary: 'One gap',
    answer:
      'With the story of its serials, and what else is missing of the same entry and handover.',
    schema: 'GapDetails',
  })
  one(
    @Param('gap') gap: string,
    @Query() { atLeast }: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GapDetails> {
    return this.queries.ask(reply, new GapById(askedScope(), gap, atLeast), atLeast);
  }
}
