import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOperation, ApiResponse } from '@nestjs/swagger';
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

const PROBLEM = { 'application/problem+json': { schema: answered('Problem') } };

function problems(statuses: readonly number[]): readonly MethodDecorator[] {
  return statuses.map((status) =>
    ApiResponse({ status, description: 'A problem (RFC 9457).', content: PROBLEM }),
  );
}

/** A route that asks the ledger a question. */
export function ReadRoute(path: string, options: ReadRouteOptions): MethodDecorator {
  const { summary, answer, schema, takesQuery = true } = options;
  const traits: RouteTraits = { takesQuery };
  return applyDecorators(
    Get(path),
    RouteConfig(traits),
    ApiOperation({ summary }),
    ApiResponse({ status: 200, description: answer, schema: answered(schema) }),
    ...problems([400, 404, 503]),
  );
}

export interface QuestionRouteOptions extends ReadRouteOptions {
  readonly body: new () => object;
  /** A whole body, as it could be sent. */
  readonly example: object;
}

/** A question too long for an address. It changes nothing, so it needs no key and no actor. */
export function QuestionRoute(path: string, options: QuestionRouteOptions): MethodDecorator {
  const { summary, answer, schema, body, example, takesQuery = true } = options;
  const traits: RouteTraits = { takesQuery };
  return applyDecorators(
    Post(path),
    HttpCode(200),
    RouteConfig(traits),
    ApiOperation({ summary, description: 'Appends nothing.' }),
    ApiBody({ type: body, examples: { example: { value: example } } }),
    ApiResponse({ status: 200, description: answer, schema: answered(schema) }),
    ...problems([400, 413, 422, 503]),
  );
}
