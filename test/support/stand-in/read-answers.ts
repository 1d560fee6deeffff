import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './stored-event.js';
import { contentTypeOf, streamIdentifier, uuidOf } from './wire.js';

const { ReadResp: Answer } = streams;

export function eventAnswer(event: StoredEvent): ReadResp {
  const position = String(event.position);
  const recorded = new Answer.ReadEvent.RecordedEvent()
    .setId(uuidOf(event.id))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', String(event.created))
    .set('content-type', contentTypeOf(event));
  return new Answer().setEvent(
    new Answer.ReadEvent().setEvent(recorded).setCommitPosition(position),
  );
}

export function confirmation(subscriptionId: string): ReadResp {
  return new Answer().setConfirmation(
    new Answer.SubscriptionConfirmation().setSubscriptionId(subscriptionId),
  );
}

export function caughtUp(): ReadResp {
  return new Answer().setCaughtUp(new Answer.CaughtUp());
}

export function checkpoint(position: bigint): ReadResp {
  const at = String(position);
  return new Answer().setCheckpoint(
    new Answer.Checkpoint().setCommitPosition(at).setPreparePosition(at),
  );
}

export function streamNotFound(stream: string): ReadResp {
  return new Answer().setStreamNotFound(
    new Answer.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)),
  );
}
