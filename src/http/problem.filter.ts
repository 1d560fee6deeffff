import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { VaultError, type VaultErrorCode } from '../access/subject-vault/subject-vault.js';
import { LedgerBusy } from '../commands/ledger-busy.js';
import { StoreReadOnly, StoreUnavailable } from '../event-store/event-store.js';
import { WebhookRefused } from '../webhooks/webhook.js';
import { Problem, type InterfaceProblemCode } from './problem.js';

const RETRY_AFTER_SECONDS = 1;
/** What passes with a restart, as with the store: the first failed write, and all after it. */
const VAULT_UNAVAILABLE: ReadonlySet<VaultErrorCode> = new Set<VaultErrorCode>([
  'vault_read_only',
  'vault_write_failed',
  'vault_closed',
]);
const STATUS_CODES: Readonly<Record<number, InterfaceProblemCode>> = {
  400: 'request_malformed',
  // Only the pages of the documentation forbid, and a path outside them is not there.
  403: 'not_found',
  404: 'not_found',
  408: 'request_timeout',
  413: 'body_too_large',
  414: 'url_too_long',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

/** Fastify's own refusals, by their codes where the status does not say enough. */
const FASTIFY_CODES: Readonly<Record<string, InterfaceProblemCode>> = {
  FST_ERR_BAD_URL: 'url_malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body_required',
};

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = error as { readonly statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

function fastifyCodeOf(error: unknown): string {
  const origin = error instanceof HttpException ? error.cause : error;
  const code = (origin as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Any error as a problem; a fault nobody foresaw becomes `internal_error` and says no more. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const retry = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  if (error instanceof LedgerBusy) return new Problem('busy', retry);
  if (error instanceof StoreReadOnly) return new Problem('store_read_only', retry);
  if (error instanceof StoreUnavailable) return new Problem('store_unavailable', retry);
  if (error instanceof WebhookRefused) return new Problem(error.code, { detail: error.message });
  if (error instanceof VaultError) {
    const isPassing = error.isRetryable || VAULT_UNAVAILABLE.has(error.code);
    return isPassing ? new Problem('vault_unavailable', retry) : new Problem('internal_error');
  }
  if (typeof error !== 'object' || error === null) return new Problem('internal_error');
  const status = statusOf(error) ?? 500;
  const code = FASTIFY_CODES[fastifyCodeOf(error)] ?? STATUS_CODES[status];
  const isRequestAtFault = status >= 400 && status < 500;
  return new Problem(code ?? (isRequestAtFault ? 'request_malformed' : 'internal_error'));
}

/** Answers with a problem. The text of a fault goes to the log alone. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const { retryAfterSeconds } = problem.extras;
  if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
  if (problem.status === 401) void reply.header('WWW-Authenticate', 'X-Blangko-Actor');
  void reply
    .code(problem.status)
    .header('Content-Type', 'application/problem+json')
    .send(JSON.stringify({ ...problem.toJSON(), traceId: reply.request.id }));
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.status >= 500 && !(error instanceof Problem)) logFault(request, problem, error);
    sendProblem(reply, problem);
  }
}

function logFault(request: FastifyRequest, problem: Problem, error: unknown): void {
  const fault = error instanceof Error ? { name: error.name, stack: error.stack } : {};
  const cause = error instanceof VaultError ? saidBy(error.cause) : {};
  request.log.error({ code: problem.code, fault: { ...fault, ...cause } }, 'a request failed');
}

/** Why the vault's server cannot be reached, say. Causes of other faults may quote a body. */
function saidBy(cause: unknown): { readonly cause?: string } {
  return cause instanceof Error ? { cause: cause.message } : {};
}
