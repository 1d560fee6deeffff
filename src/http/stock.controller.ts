import { Controller, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../commands/command-envelope.js';
import type { AsOfQuestion } from '../read-models/history/history-answers.js';
import {
  StockAsOf,
  StockChanges,
  StocksAsOf,
  type FacilityStockAsOf,
} from '../read-models/history/stock-as-of.query.js';
import {
  StockOfFacility,
  type FacilityStock,
} from '../read-models/stock/stock-of-facility.query.js';
import { StockWithin } from '../read-models/stock/stock-within.query.js';
import { CLOCK } from '../tokens.js';
import { askedScope } from './asked-scope.js';
import { momentOf } from './moment.js';
import { FacilityStockQuery, limitOf, StockDiffQuery, StockQuery } from './queries.dto.js';
import { pageAnswer, QueryGateway } from './query-gateway.js';
import { ReadRoute } from './read-route.js';

/** What each office holds, now or as of any moment. */
@ApiTags('stock')
@Controller('stock')
export class StockController {
  constructor(
    private readonly queries: QueryGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @ReadRoute('', {
    summary: 'Stock of every facility of a level within a region, now or as of a moment',
    answer: 'A page: items in code order, and next; what it holds for is in asOf, null for now.',
    schema: 'StockPage',
  })
  async within(@Query() query: StockQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { within, level, cursor = null, atLeast } = query;
    const [scope, limit] = [askedScope(), limitOf(query)];
    const asOf = this.asOf(query, within);
    if (asOf === null) {
      const question = new StockWithin(scope, within, level, cursor, limit, atLeast);
      const page = await this.queries.ask(reply, question, atLeast);
      return { ...pageAnswer(page), asOf: null };
    }
    const question = new StocksAsOf(scope, within, level, asOf, cursor, limit, atLeast);
    const page = await this.queries.ask(reply, question, atLeast);
    return { ...pageAnswer(page), asOf: page.asOf };
  }

  @ReadRoute('diff', {
    summary: 'What moved in a region between two moments of one clock',
    answer: 'Opening, flows and closing, and the entries that made them: a page, and next.',
    schema: 'StockDiff',
  })
  async diff(@Query() query: StockDiffQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { facility = '00', clock = 'recorded', cursor = null, atLeast } = query;
    const now = this.clock.now();
    const at = (parameter: 'from' | 'to') =>
      momentOf({ parameter, text: query[parameter], facility, clock }, now);
    const question = new StockChanges(
      ...([askedScope(), facility, clock, at('from'), at('to')] as const),
      ...([cursor, limitOf(query), atLeast] as const),
    );
    const { nextCursor, ...answer } = await this.queries.ask(reply, question, atLeast);
    return { ...answer, next: nextCursor };
  }

  @ReadRoute(':facility', {
    summary: 'Stock of one facility: its own, and with all below it; now or as of a moment',
    answer: 'Counts by state and by batch; the last movement now, or what the answer holds for.',
    schema: 'FacilityStock',
  })
  async ofFacility(
    @Param('facility') facility: string,
    @Query() query: FacilityStockQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<(FacilityStock & { readonly asOf: null }) | FacilityStockAsOf> {
    const { atLeast } = query;
    const asOf = this.asOf(query, facility);
    if (asOf !== null) {
      const question = new StockAsOf(askedScope(), facility, asOf, atLeast);
      return this.queries.ask(reply, question, atLeast);
    }
    const question = new StockOfFacility(askedScope(), facility, atLeast);
    return { ...(await this.queries.ask(reply, question, atLeast)), asOf: null };
  }

  /** Null for now. @throws {Problem} `moment_invalid` */
  private asOf(
    { asOf, clock }: Pick<FacilityStockQuery, 'asOf' | 'clock'>,
    facility: string,
  ): AsOfQuestion | null {
    if (asOf === undefined && clock === undefined) return null;
    const by = clock ?? 'recorded';
    const now = this.clock.now();
    if (asOf === undefined) return { clock: by, moment: { kind: 'instant', instant: now } };
    return {
      clock: by,
      moment: momentOf({ parameter: 'asOf', text: asOf, facility, clock: by }, now),
    };
  }
}
