import { applyDecorators, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { answered, type AnswerName } from './answer-schemas.js';
import { ActorGuard } from './http-sender.js';

export interface OperationRouteOptions {
  readonly summary: string;
  /** Default: an empty object. */
  readonly body?: new () => object;
  /** A whole body, as it could be sent. */
  readonly example: object;
  /** The shape of the answer. */
  readonly schema: AnswerName;
}

/** Whoever acts must say so, as in every write; nothing of it is in the books. */
export function ByActor(): MethodDecorator {
  const problem = { 'application/problem+json': { schema: answered('Problem') } };
  return applyDecorators(
    UseGuards(ActorGuard),
    ApiHeader({
      name: 'X-Blangko-Actor',
      required: true,
      description: 'Who acts: id;role;facilityId.',
      schema: { type: 'string', example: 'sari;ministry;00' },
    }),
    ...[400, 401, 404, 409, 421, 422, 503].map((status) =>
      ApiResponse({ status, description: 'A problem (RFC 9457).', content: problem }),
    ),
  );
}

/** A route that changes how the program works, and nothing in the ledger. */
export function OperationRoute(path: string, options: OperationRouteOptions): MethodDecorator {
  const { summary, body, example, schema } = options;
  const shape =
    body === undefined
      ? { schema: { type: 'object', additionalProperties: false } }
      : { type: body };
  return applyDecorators(
    Post(path),
    ByActor(),
    ApiOperation({ summary }),
    ApiBody({ ...shape, examples: { example: { value: example } } }),
    ApiResponse({ status: 201, description: 'Done.', schema: answered(schema) }),
  );
}
