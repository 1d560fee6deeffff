import { applyDecorators, Post, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiExtension, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { RouteTraits } from './fastify.js';
import { SenderGuard } from './http-sender.js';
import { answered } from './answer-schemas.js';

/** Bound of the bodies that list thousands of ranges or items, in bytes. */
const BULK_BODY_LIMIT = 1_024 * 1_024;

export interface WriteRouteOptions {
  /** Event or events that come of it. */
  readonly event: string;
  readonly summary: string;
  /** A whole body, as it could be sent. */
  readonly example: object;
  readonly body: new () => object;
  /** Takes up to 1 MiB instead of 100 kB. */
  readonly isBulk?: boolean;
}

/** A route that gives one command to the ledger. */
export function WriteRoute(path: string, options: WriteRouteOptions): MethodDecorator {
  const { event, summary, body, example, isBulk = false } = options;
  const traits: RouteTraits = isBulk ? { bodyLimit: BULK_BODY_LIMIT } : {};
  const problem = { 'application/problem+json': { schema: answered('Problem') } };
  return applyDecorators(
    Post(path),
    UseGuards(SenderGuard),
    RouteConfig(traits),
    ApiOperation({ summary, description: `Appends ${event}.` }),
    ApiExtension('x-event', event),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: 'Sent again with the same body, the command has no second effect, ever.',
      schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' },
    }),
    ApiHeader({
      name: 'X-Blangko-Actor',
      required: true,
      description: 'Who acts: id;role;facilityId.',
      schema: { type: 'string', example: 'sari;custodian;31.71' },
    }),
    ApiHeader({
      name: 'X-Correlation-Id',
      required: false,
      schema: { type: 'string', format: 'uuid' },
    }),
    ApiBody({ type: body, examples: { example: { value: example } } }),
    ApiResponse({
      status: 201,
      description: 'Recorded, now or before (then with Idempotent-Replayed: true).',
      schema: answered('WriteAnswer'),
    }),
    ...[400, 401, 404, 409, 413, 422, 503].map((status) =>
      ApiResponse({ status, description: 'A problem (RFC 9457).', content: problem }),
    ),
  );
}
