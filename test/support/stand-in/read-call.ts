import { readRequest, type ReadRequest } from './read-request.js';
import { Reader, type ReadCall } from './reader.js';
import { readAll, readStream } from './reads.js';
import { asRpcError } from './rpc-error.js';
import { admit, type Session } from './session.js';
import { subscribeToAll, subscribeToStream } from './subscriptions.js';

/** Streams.Read: every kind of read and of subscription. */
export function readCall(session: Session): (call: ReadCall) => void {
  return (call) => {
    read(session, call).then(
      () => {
        if (!call.cancelled) call.end();
      },
      (error: unknown) => {
        if (!call.cancelled) call.emit('error', asRpcError(error));
      },
    );
  };
}

async function read(session: Session, call: ReadCall): Promise<void> {
  await admit(session, call.metadata);
  const request = readRequest(call.request);
  const of = 'stream' in request ? request.stream : '$all';
  session.faults.assertAllowed(of);
  const isSubscription = request.kind === 'subscribe_all' || request.kind === 'subscribe_stream';
  const reader = new Reader(call, session.faults, of, isSubscription);
  session.readers.add(reader);
  try {
    if (call.cancelled) return;
    await serve(session, request, reader);
  } finally {
    session.readers.delete(reader);
  }
}

async function serve(
  { streams, log }: Session,
  request: ReadRequest,
  reader: Reader,
): Promise<void> {
  switch (request.kind) {
    case 'read_stream':
      return readStream(streams, log, request, reader);
    case 'read_all':
      return readAll(log, request, reader);
    case 'subscribe_stream':
      return subscribeToStream(streams, log, request, reader);
    case 'subscribe_all':
      return subscribeToAll(log, request, reader);
  }
}
