import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import { CORRELATION_ID, traceIdOf } from './correlation.js';
import { isLoopbackAddress, isLoopbackName, nameOfHost } from './loopback.js';
import { problemOf, sendProblem } from './problem.filter.js';
import { INTERFACE_PROBLEMS, Problem, type InterfaceProblemCode } from './problem.js';
import { parseQuery } from './query-string.js';
import { parseStrictJson } from './strict-json.js';

/** Bound of a body, in bytes, unless its route has one of its own. */
const BODY_LIMIT = 100 * 1_024;
/** A request must have arrived within this, its headers too. */
const ARRIVAL_TIMEOUT_MS = 10_000;
/** How often arrivals are looked at. */
const CHECK_INTERVAL_MS = 1_000;
const MAX_PARAMETER_LENGTH = 100;

/** What a route says about itself to the server, through `@RouteConfig`. */
export interface RouteTraits {
  /** Bound of its body, in bytes. */
  readonly bodyLimit?: number;
  /** Whether it takes query parameters; their class names them. */
  readonly takesQuery?: boolean;
}

export interface FastifyOptions {
  readonly logger: Logger;
  /** How long a query may wait, in milliseconds: the connection must outlive it. */
  readonly queryWaitMs: number;
}

/** Fastify set up to refuse early what no route should see. */
export function createFastifyAdapter({ logger, queryWaitMs }: FastifyOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    // Requests are logged below: Fastify's own lines would hold addresses, and so what is in them.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    genReqId: traceIdOf,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: ARRIVAL_TIMEOUT_MS,
    connectionTimeout: ARRIVAL_TIMEOUT_MS + queryWaitMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: { headersTimeout: ARRIVAL_TIMEOUT_MS, connectionsCheckingInterval: CHECK_INTERVAL_MS },
    routerOptions: { querystringParser: parseQuery, maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply, problemOf(error));
    },
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.write(rawProblem(clientErrorCode(error)));
      socket.destroy();
    },
  });
  const fastify = adapter.getInstance();
  readBodies(fastify);
  addHooks(fastify);
  return adapter;
}

function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (_request, body, done) => {
      try {
        done(null, parseStrictJson(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addHook('onRoute', (route) => {
    const { bodyLimit } = traitsOf(route.config);
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
}

function traitsOf(config: object | undefined): RouteTraits {
  return config ?? {};
}

function addHooks(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header(CORRELATION_ID, request.id);
    void reply.header('X-Content-Type-Options', 'nosniff');
    // Another site could let its name point here and speak through the officer's browser.
    const isLocal =
      isLoopbackAddress(request.socket.remoteAddress ?? '') &&
      isLoopbackName(nameOfHost(request.headers.host ?? ''));
    const refusal = isLocal ? null : new Problem('not_from_this_machine');
    return refusal === null ? Promise.resolve() : Promise.reject(refusal);
  });
  fastify.addHook('preValidation', async (request) => {
    const problem = shapeProblem(request);
    return problem === null ? Promise.resolve() : Promise.reject(problem);
  });
  fastify.addHook('onSend', async (_request, reply) => {
    void reply.header('Server-Timing', `answer;dur=${reply.elapsedTime.toFixed(2)}`);
    return Promise.resolve();
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const line = {
      method,
      route: routeOptions.url ?? null,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 1_000) / 1_000,
    };
    request.log.info(line, 'request');
    return Promise.resolve();
  });
}

function shapeProblem({
  method,
  is404,
  body,
  query,
  routeOptions,
}: FastifyRequest): Problem | null {
  if (is404) return null;
  const names = Object.keys(query as object);
  if (names.length > 0 && traitsOf(routeOptions.config).takesQuery !== true)
    return new Problem('parameter_unknown');
  return method === 'POST' && body === undefined ? new Problem('body_required') : null;
}

function clientErrorCode({ code }: { readonly code?: string }): InterfaceProblemCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'request_malformed';
}

/** For requests so malformed that there is no reply object to answer with. */
function rawProblem(code: InterfaceProblemCode): string {
  const body = JSON.stringify(new Problem(code).toJSON());
  const { status } = INTERFACE_PROBLEMS[code];
  return [
    `HTTP/1.1 ${status} ${code}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
