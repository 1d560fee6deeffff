import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const CORRELATION_ID = 'x-correlation-id';
const UUID = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;

/** The id the sender gave, in lower case, or null when there is none of the right form. */
export function correlationIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  const given = headers[CORRELATION_ID];
  return typeof given === 'string' && UUID.test(given) ? given.toLowerCase() : null;
}

/** The id by which log lines, events and answers of one request are found: the sender's, or a new one. */
export function traceIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  return correlationIdOf(request) ?? randomUUID();
}
