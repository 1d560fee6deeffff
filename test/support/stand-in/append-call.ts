import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from '../../../src/event-store/event-store.js';
import { asRpcError, invalidArgument, maxAppendSizeExceeded, streamDeleted } from './rpc-error.js';
import { admit, type Session } from './session.js';
import type { ProposedEvent } from './stored-event.js';
import type { WriteAnswer } from './streams.js';
import { countedBytes, expectedRevision, proposedEvent, streamName } from './wire.js';

const { AppendResp: Answer } = streams;

type Call = ServerReadableStream<AppendReq, AppendResp>;

/** Streams.Append: one append a call, its events one after the other. */
export function appendCall(session: Session): (call: Call, end: sendUnaryData<AppendResp>) => void {
  return (call, end) => {
    append(session, call).then(
      (answer) => {
        if (answer !== null) end(null, answer);
      },
      (error: unknown) => {
        end(asRpcError(error));
      },
    );
  };
}

async function append(session: Session, call: Call): Promise<AppendResp | null> {
  await admit(session, call.metadata);
  const { request, stream, expected } = await received(session, call);
  const { faults } = session;
  faults.assertAllowed(stream);
  if (faults.notLeader !== null) throw faults.notLeader;
  const answer = await session.streams.append(stream, expected, request);
  await faults.pauseOver();
  switch (answer.kind) {
    case 'deleted':
      throw streamDeleted(stream);
    case 'wrong_expected_version':
      return new Answer().setWrongExpectedVersion(wrongVersion(expected, answer.actual));
    case 'stands': {
      const lost = faults.takeLostAnswer();
      if (lost === 'cut') session.cut(call.getPeer());
      return lost === null ? new Answer().setSuccess(success(answer)) : null;
    }
  }
}

interface Received {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly request: readonly ProposedEvent[];
}

async function received(session: Session, call: Call): Promise<Received> {
  let options: AppendReq.Options | undefined;
  let bytes = 0;
  const request: ProposedEvent[] = [];
  for await (const part of call as AsyncIterable<AppendReq>) {
    options ??= part.getOptions();
    const message = part.getProposedMessage();
    if (message === undefined) continue;
    const event = proposedEvent(message);
    bytes += countedBytes(event);
    const { maxAppendBytes } = session.limits;
    if (bytes > maxAppendBytes) throw maxAppendSizeExceeded(maxAppendBytes);
    request.push(event);
  }
  if (options === undefined) throw invalidArgument('no options');
  const stream = streamName(options.getStreamIdentifier());
  return { stream, expected: expectedRevision(options, options.getRevision()), request };
}

function success({ revision, position }: Extract<WriteAnswer, { kind: 'stands' }>) {
  const at = String(position);
  return new Answer.Success()
    .setCurrentRevision(String(revision))
    .setPosition(new Answer.Position().setCommitPosition(at).setPreparePosition(at));
}

function wrongVersion(expected: ExpectedRevision, actual: bigint | null) {
  const wrong = new Answer.WrongExpectedVersion();
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  return actual === null
    ? wrong.setCurrentNoStream(new shared.Empty())
    : wrong.setCurrentRevision(String(actual));
}
