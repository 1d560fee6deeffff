import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from '../../../src/event-store/event-store.js';
import { asRpcError, invalidArgument, streamDeleted, wrongVersionToDelete } from './rpc-error.js';
import { admit, type Session } from './session.js';
import type { WriteAnswer } from './streams.js';
import { expectedRevision, streamName } from './wire.js';

const { DeleteResp: Deleted, TombstoneResp: Tombstoned } = streams;

type Handler<Request, Response> = (
  call: ServerUnaryCall<Request, Response>,
  end: sendUnaryData<Response>,
) => void;

/** Streams.Delete: the stream may come back. */
export function deleteCall(session: Session): Handler<DeleteReq, DeleteResp> {
  return (call, end) => {
    erase(session, call, 'softDelete').then((position) => {
      const at = new Deleted.Position().setCommitPosition(position).setPreparePosition(position);
      end(null, new Deleted().setPosition(at));
    }, failed(end));
  };
}

/** Streams.Tombstone: it may not. */
export function tombstoneCall(session: Session): Handler<TombstoneReq, TombstoneResp> {
  return (call, end) => {
    erase(session, call, 'tombstone').then((position) => {
      const at = new Tombstoned.Position().setCommitPosition(position).setPreparePosition(position);
      end(null, new Tombstoned().setPosition(at));
    }, failed(end));
  };
}

async function erase(
  session: Session,
  call: ServerUnaryCall<DeleteReq | TombstoneReq, unknown>,
  how: 'softDelete' | 'tombstone',
): Promise<string> {
  await admit(session, call.metadata);
  const options = call.request.getOptions();
  if (options === undefined) throw invalidArgument('no options');
  const stream = streamName(options.getStreamIdentifier());
  session.faults.assertAllowed(stream);
  if (session.faults.notLeader !== null) throw session.faults.notLeader;
  const expected = expectedRevision(options, options.getRevision());
  const answer = await session.streams[how](stream, expected);
  await session.faults.pauseOver();
  return positionOf(answer, stream, expected);
}

function positionOf(answer: WriteAnswer, stream: string, expected: ExpectedRevision): string {
  switch (answer.kind) {
    case 'deleted':
      throw streamDeleted(stream);
    case 'wrong_expected_version':
      throw wrongVersionToDelete(stream, numberOf(expected), answer.actual);
    case 'stands':
      return String(answer.position);
  }
}

function numberOf(expected: ExpectedRevision): bigint {
  if (expected === 'no_stream') return -1n;
  if (expected === 'any') return -2n;
  return expected === 'stream_exists' ? -4n : expected;
}

function failed(end: sendUnaryData<never>): (error: unknown) => void {
  return (error) => {
    end(asRpcError(error));
  };
}
