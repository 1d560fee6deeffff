import { applyDecorators, Get } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { RouteTraits } from './fastify.js';
import { answered, type AnswerName } from './answer-schemas.js';

export interface ReadRouteOptions {
  readonly summary: string;
  /** What the answer holds, for the documentation. */
  readonly answer: string;
  /** The shape of the answer. */
  readonly schema: AnswerName;
  /** Most routes take parameters: `atLeast` at least. */
  readonly takesQuery?: boolean;
}

/** A route that asks the ledger a question. */
export function ReadRoute(path: string, options: ReadRouteOptions): MethodDecorator {
  const { summary, answer, schema, takesQuery = true } = options;
  const traits: RouteTraits = { takesQuery };
  const problem = { 'application/problem+json': { schema: answered('Problem') } };
  return applyDecorators(
    Get(path),
    RouteConfig(traits),
    ApiOperation({ summary }),
    ApiResponse({ status: 200, description: answer, schema: answered(schema) }),
    ...[400, 404, 503].map((status) =>
      ApiResponse({ status, description: 'A problem (RFC 9457).', content: problem }),
    ),
  );
}
