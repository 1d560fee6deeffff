import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { invalidArgument } from './rpc-error.js';
import type { StoredEvent } from './stored-event.js';

/** Of a subscription to `$all`: which events it delivers, and how often it says how far it is. */
export interface EventFilter {
  readonly passes: (event: StoredEvent) => boolean;
  /** Events looked at in one page at most. */
  readonly searchWindow: number;
  /** A checkpoint comes once so many events were looked at, at the end of a page. */
  readonly checkpointInterval: number;
}

/** Events that pass and end a page. */
export const PAGE_EVENTS = 32;

/** @throws {RpcError} INVALID_ARGUMENT */
export function eventFilter(options: ReadReq.Options.FilterOptions): EventFilter {
  const searchWindow = options.hasMax() ? options.getMax() : PAGE_EVENTS;
  const multiplier = options.getCheckpointintervalmultiplier();
  if (searchWindow === 0 || multiplier === 0) throw invalidArgument('an interval of nothing');
  return {
    passes: test(options),
    searchWindow,
    checkpointInterval: multiplier * searchWindow,
  };
}

function test(options: ReadReq.Options.FilterOptions): (event: StoredEvent) => boolean {
  const byStream = options.getStreamIdentifier();
  const byType = options.getEventType();
  const expression = byStream ?? byType;
  if (expression === undefined) throw invalidArgument('the filter says nothing');
  const subject = (event: StoredEvent) => (byStream === undefined ? event.type : event.stream);
  if (expression.getRegex() !== '') {
    const regex = new RegExp(expression.getRegex());
    return (event) => regex.test(subject(event));
  }
  const prefixes = expression.getPrefixList();
  return (event) => prefixes.some((prefix) => subject(event).startsWith(prefix));
}
