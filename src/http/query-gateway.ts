import { Inject, Injectable } from '@nestjs/common';
import { QueryBus, type Query } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { TooManyCartons } from '../read-models/demand/allocation.query.js';
import { InvalidCursor } from '../read-models/cursor.js';
import { NotKeptHere } from '../read-models/kept-provinces.js';
import { ReadModelBehind, ReadModels } from '../read-models/read-models.js';
import type { Settings } from '../settings.js';
import { SETTINGS } from '../tokens.js';
import { Problem } from './problem.js';

/** Says which position of the log an answer holds for. */
const POSITION_HEADER = 'X-Position';

/** Takes questions from HTTP to the bus, when the read models hold what they ask for. */
@Injectable()
export class QueryGateway {
  constructor(
    private readonly bus: QueryBus,
    private readonly readModels: ReadModels,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws {Problem} `not_found` for a null answer, `read_model_behind`, `parameter_invalid` */
  async ask<T>(reply: FastifyReply, query: Query<T | null>, atLeast?: string): Promise<T> {
    if (atLeast !== undefined) await this.waitFor(atLeast);
    const answer = await this.bus.execute<Query<T | null>, T | null>(query).catch(refuse);
    if (answer === null) throw new Problem('not_found');
    const position = (answer as { readonly position?: unknown }).position;
    if (typeof position === 'string') void reply.header(POSITION_HEADER, position);
    return answer;
  }

  private async waitFor(atLeast: string): Promise<void> {
    const outcome = await this.readModels.waitFor(BigInt(atLeast), this.settings.queryWaitMs);
    if (outcome === 'reached') return;
    const position = String(this.readModels.position() ?? 0n);
    throw new Problem('read_model_behind', {
      facts: { wanted: atLeast, position },
      retryAfterSeconds: 1,
    });
  }
}

function refuse(error: unknown): never {
  if (error instanceof InvalidCursor) {
    const detail = 'the cursor is not one of this listing';
    throw new Problem('parameter_invalid', { errors: [{ parameter: 'cursor', detail }] });
  }
  if (error instanceof TooManyCartons)
    throw new Problem('parameter_invalid', {
      errors: [{ parameter: 'carton', detail: error.message }],
    });
  if (error instanceof ReadModelBehind) {
    const facts = { wanted: error.wanted, position: error.actual ?? '0' };
    throw new Problem('read_model_behind', { facts, retryAfterSeconds: 1 });
  }
  if (error instanceof NotKeptHere) {
    const provinces = error.provinces.join(',');
    throw new Problem('not_kept_here', { facts: { provinces } });
  }
  throw error;
}

/** A page as HTTP tells it: `next` is the cursor of the page that follows, or null. */
export function pageAnswer<T>(page: {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  readonly position: string;
}): { readonly items: readonly T[]; readonly next: string | null; readonly position: string } {
  return { items: page.items, next: page.nextCursor, position: page.position };
}
