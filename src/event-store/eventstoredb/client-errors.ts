import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  AppendRefused,
  LogCorrupt,
  StoreReadOnly,
  StoreUnavailable,
  WrongExpectedVersion,
  type ExpectedRevision,
} from '../event-store.js';

/**
 * An error of the client as one of the port's. What is not known to be anything else is an outage:
 * the client lets bare grpc errors through, such as code 14 after a lost connection.
 */
export function readingError(error: unknown): Error {
  if (error instanceof StreamDeletedError)
    return new LogCorrupt(`a stream of the ledger was deleted: ${error.streamName}`, {
      cause: error,
    });
  if (error instanceof AccessDeniedError)
    return new StoreUnavailable('the event store refuses the credentials', { cause: error });
  return new StoreUnavailable(`the event store does not answer: ${messageOf(error)}`, {
    cause: error,
  });
}

/** What an append that failed has come to. */
export type AppendFailure =
  /** Nothing was written, and the same append will fail again. */
  | { readonly kind: 'refused'; readonly error: Error }
  /** Nothing was written by this call; another node, or a later one, may take it. */
  | { readonly kind: 'not_taken'; readonly error: Error }
  /** It may have been written, or may be yet. */
  | { readonly kind: 'unknown'; readonly error: Error };

export function appendFailure(
  stream: string,
  expected: ExpectedRevision,
  error: unknown,
): AppendFailure {
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    // "No stream" is a word here and a number of events elsewhere.
    const actual = typeof actualVersion === 'bigint' ? actualVersion : null;
    return { kind: 'refused', error: new WrongExpectedVersion(stream, expected, actual) };
  }
  if (error instanceof MaxAppendSizeExceededError)
    return { kind: 'refused', error: new AppendRefused('the append is too large for the server') };
  if (error instanceof StreamDeletedError) {
    const why = `the stream ${stream} was deleted on the server; nothing can be recorded in it`;
    return { kind: 'refused', error: new StoreReadOnly(why, { cause: error }) };
  }
  const unavailable = readingError(error);
  if (error instanceof AccessDeniedError) return { kind: 'refused', error: unavailable };
  if (error instanceof NotLeaderError) return { kind: 'not_taken', error: unavailable };
  return { kind: 'unknown', error: unavailable };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
