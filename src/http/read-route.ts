import { applyDecorators, Get } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { RouteTraits } from './fastify.js';
import { PROBLEM_SCHEMA } from './open-api-schemas.js';

export interface ReadRouteOptions {
  readonly summary: string;
  /** What the answer holds, for the documentation. */
  readonly answer: string;
  /** Most routes take parameters: `atLeast` at least. */
  readonly takesQuery?: boolean;
}

/** A route that asks the ledger a question. */
export function ReadRoute(path: string, options: ReadRouteOptions): MethodDecorator {
  const { summary, answer, takesQuery = true } = options;
  const traits: RouteTraits = { takesQuery };
  const problem = { 'application/problem+json': { schema: PROBLEM_SCHEMA } };
  return applyDecorators(
    Get(path),
    RouteConfig(traits),
    ApiOperation({ summary }),
    ApiResponse({ status: 200, description: answer, schema: { type: 'object' } }),
    ...[400, 404, 503].map((status) =>
      ApiResponse({ status, description: 'A problem (RFC 9457).', content: problem }),
    ),
  );
}
