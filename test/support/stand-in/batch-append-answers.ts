import code from '@eventstore/db-client/generated/code_pb.js';
import type { Code } from '@eventstore/db-client/generated/code_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import anyMessage from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { ExpectedRevision } from '../../../src/event-store/event-store.js';
import { streamIdentifier } from './wire.js';

const { BatchAppendResp: Answer } = streams;

/** A `google.rpc.Status` whose details the client knows by the name of their type. */
function refusal(name: string, is: Code, details: { serializeBinary(): Uint8Array }): Status {
  const packed = new anyMessage.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new status.Status().setCode(is).setMessage(name).setDetails(packed);
}

export function timedOut(): Status {
  return refusal('Timeout', code.Code.DEADLINE_EXCEEDED, new shared.Timeout());
}

export function badRequest(why: string): Status {
  const details = new shared.BadRequest().setMessage(why);
  return refusal('BadRequest', code.Code.INVALID_ARGUMENT, details);
}

export function accessDenied(): Status {
  return refusal('AccessDenied', code.Code.PERMISSION_DENIED, new shared.AccessDenied());
}

export function tooLarge(maxAppendBytes: number): Status {
  const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(maxAppendBytes);
  return refusal('MaximumAppendSizeExceeded', code.Code.INVALID_ARGUMENT, details);
}

export function deleted(stream: string): Status {
  const details = new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream));
  return refusal('StreamDeleted', code.Code.NOT_FOUND, details);
}

export function wrongVersion(expected: ExpectedRevision, actual: bigint | null): Status {
  const details = new shared.WrongExpectedVersion();
  if (expected === 'any') details.setExpectedAny(new empty.Empty());
  else if (expected === 'no_stream') details.setExpectedNoStream(new empty.Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new empty.Empty());
  else details.setExpectedStreamPosition(String(expected));
  if (actual === null) details.setCurrentNoStream(new empty.Empty());
  else details.setCurrentStreamRevision(String(actual));
  return refusal('WrongExpectedVersion', code.Code.ALREADY_EXISTS, details);
}

export function appended(revision: bigint, position: bigint): BatchAppendResp.Success {
  const at = String(position);
  return new Answer.Success()
    .setCurrentRevision(String(revision))
    .setPosition(new shared.AllStreamPosition().setCommitPosition(at).setPreparePosition(at));
}
