import {
  Controller,
  Get,
  Headers,
  Inject,
  Query,
  Req,
  Res,
  type OnModuleDestroy,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FacilityId } from '../custody/facilities/facility-code.js';
import { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { EventStore } from '../event-store/event-store.js';
import { isSeen } from '../read-models/exports/log-range.js';
import { LiveLog } from '../read-models/live/live-log.js';
import { Scope } from '../read-models/scope.js';
import { parseEventTypes, type EventFilter } from '../read-models/trail/event-filter.js';
import { LogRegions } from '../read-models/trail/log-regions.js';
import type { Settings } from '../settings.js';
import { EVENT_STORE, SETTINGS } from '../tokens.js';
import { answered } from './answer-schemas.js';
import { askedScope } from './asked-scope.js';
import type { RouteTraits } from './fastify.js';
import { FeedQuery } from './feed.dto.js';
import { Problem } from './problem.js';
import { isDecimal } from './queries.dto.js';
import { eventFrames } from './event-frames.js';
import { sendStream, untilGone } from './streamed-answer.js';

const MAX_FEEDS = 100;
const RETRY_AFTER_SECONDS = 5;
/** How often the head of the log is looked for that a follower has seen already, in milliseconds. */
const HEAD_POLL_MS = 50;
const TRAITS: RouteTraits = { takesQuery: true };
const PROBLEM = { 'application/problem+json': { schema: answered('Problem') } };

/** The books as they are written. */
@ApiTags('feed')
@Controller('feed')
export class FeedController implements OnModuleDestroy {
  private feeds = 0;

  constructor(
    private readonly live: LiveLog,
    private readonly register: FacilityRegister,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Feeds have no end of their own, and the server waits for what is under way. */
  onModuleDestroy(): void {
    this.live.close();
  }

  @Get()
  @RouteConfig(TRAITS)
  @ApiOperation({
    summary: 'Every event once it is durable, as server-sent events',
    description:
      'A message an event: `id` its position, `event` its type, `data` the event as GET /api/events shows ' +
      'it. Goes on behind Last-Event-ID, or `after`; else begins with what comes next. See docs/reference/feed.md.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    schema: { type: 'string', example: '4247' },
  })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, description: 'Messages, without end.', schema: { type: 'string' } })
  @ApiResponse({ status: 400, description: 'A problem (RFC 9457).', content: PROBLEM })
  @ApiResponse({ status: 404, description: 'A problem (RFC 9457).', content: PROBLEM })
  @ApiResponse({ status: 422, description: 'A problem (RFC 9457).', content: PROBLEM })
  @ApiResponse({ status: 503, description: 'A problem (RFC 9457).', content: PROBLEM })
  async follow(
    @Query() query: FeedQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = this.filterOf(query);
    const after = await this.startOf(lastEventId ?? query.after);
    if (this.feeds >= MAX_FEEDS)
      throw new Problem('too_many_feeds', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    const gone = untilGone(reply);
    this.feeds++;
    gone.signal.addEventListener('abort', () => this.feeds--, { once: true });
    try {
      const regions = await LogRegions.open(this.store);
      void reply.header('Content-Type', 'text/event-stream; charset=utf-8');
      void reply.header('Cache-Control', 'no-store');
      const frames = eventFrames(this.live, { after, filter, regions, signal: gone.signal });
      await sendStream(request, reply, frames, gone);
    } catch (error) {
      gone.abort();
      throw error;
    }
  }

  private filterOf({ within, types }: FeedQuery): EventFilter {
    const scope = askedScope();
    const asked = (within ?? scope.facilityId) as FacilityId;
    if (!isSeen(this.register, scope, asked)) throw new Problem('not_found');
    return {
      within: new Scope(asked),
      types: types === undefined ? null : parseEventTypes(types),
    };
  }

  /** @throws {Problem} `position_ahead`, also after a while: of several nodes one may be a little behind */
  private async startOf(given: string | undefined): Promise<bigint> {
    if (given === undefined) return (await this.store.head()) ?? 0n;
    if (!isDecimal(given)) {
      const detail = 'it must be the id of an event of the feed';
      throw new Problem('parameter_invalid', { errors: [{ parameter: 'Last-Event-ID', detail }] });
    }
    const after = BigInt(given);
    const deadline = performance.now() + this.settings.queryWaitMs;
    for (;;) {
      const head = (await this.store.head()) ?? 0n;
      if (head >= after) return after;
      if (performance.now() >= deadline) {
        const facts = { wanted: given, position: String(head) };
        throw new Problem('position_ahead', { facts });
      }
      await delay(HEAD_POLL_MS);
    }
  }
}
