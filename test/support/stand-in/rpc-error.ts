import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

type Facts = Readonly<Record<string, string>>;

/** How a call fails: a status, and what the client reads from the trailers. */
export class RpcError extends Error implements StatusObject {
  override readonly name = 'RpcError';
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    facts: Facts = {},
  ) {
    super(details);
    // Trailers hold printable ASCII only.
    for (const [key, fact] of Object.entries(facts))
      this.metadata.set(key, fact.replace(/[^\x20-\x7e]/g, '?'));
  }
}

export function streamDeleted(stream: string): RpcError {
  return new RpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}

export function notLeader(leader: { readonly host: string; readonly port: number }): RpcError {
  return new RpcError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': leader.host,
    'leader-endpoint-port': String(leader.port),
  });
}

export function maxAppendSizeExceeded(bytes: number): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  });
}

/** @param expected as the server's numbers: −1 no stream, −2 any, −4 stream exists */
export function wrongVersionToDelete(
  stream: string,
  expected: bigint,
  actual: bigint | null,
): RpcError {
  const details = `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${String(actual ?? -1)}`;
  return new RpcError(status.FAILED_PRECONDITION, details, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    'actual-version': String(actual ?? -1),
  });
}

export function invalidArgument(details: string): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, details);
}

export function accessDenied(): RpcError {
  return new RpcError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
}

export function unauthenticated(): RpcError {
  return new RpcError(status.UNAUTHENTICATED, 'Unauthenticated');
}

/** What ends a subscription that lags behind while it is live. */
export function consumerTooSlow(): RpcError {
  const why = 'Consumer too slow to handle event while live. Client resubscription required.';
  return new RpcError(status.ABORTED, `Operation timed out: ${why}`);
}

/** Any error as one that can be the end of a call. */
export function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new RpcError(status.UNKNOWN, why);
}
