import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { eventFilter, type EventFilter } from './event-filter.js';
import { invalidArgument } from './rpc-error.js';
import { streamName } from './wire.js';

type From = 'start' | 'end' | bigint;

export type ReadRequest =
  | {
      readonly kind: 'read_stream';
      readonly stream: string;
      readonly from: From;
      readonly backwards: boolean;
      readonly max: number;
    }
  | {
      readonly kind: 'read_all';
      readonly from: From;
      readonly backwards: boolean;
      readonly max: number;
    }
  | { readonly kind: 'subscribe_stream'; readonly stream: string; readonly from: From }
  | { readonly kind: 'subscribe_all'; readonly from: From; readonly filter: EventFilter | null };

/** @throws {RpcError} INVALID_ARGUMENT: no such combination, or one the stand-in does not know */
export function readRequest(request: ReadReq): ReadRequest {
  const options = request.getOptions();
  if (options === undefined) throw invalidArgument('no options');
  const stream = options.getStream();
  const all = options.getAll();
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const filterOptions = options.getFilter();
  const filter = filterOptions === undefined ? null : eventFilter(filterOptions);
  const isSubscription = options.hasSubscription();
  if (isSubscription && backwards) throw invalidArgument('a subscription goes forwards');
  const max = Number(options.getCount());
  if (stream !== undefined) {
    if (filter !== null) throw invalidArgument('a stream has no filter');
    const name = streamName(stream.getStreamIdentifier());
    const from = whence(stream.hasStart(), stream.hasEnd(), stream.getRevision());
    return isSubscription
      ? { kind: 'subscribe_stream', stream: name, from }
      : { kind: 'read_stream', stream: name, from, backwards, max };
  }
  if (all === undefined) throw invalidArgument('neither a stream nor $all');
  const position = all.getPosition();
  const from = whence(all.hasStart(), all.hasEnd(), position?.getCommitPosition() ?? '0');
  if (isSubscription) return { kind: 'subscribe_all', from: from === 0n ? 'start' : from, filter };
  if (filter !== null) throw invalidArgument('the stand-in filters subscriptions only');
  return { kind: 'read_all', from, backwards, max };
}

function whence(isStart: boolean, isEnd: boolean, place: string): From {
  if (isStart) return 'start';
  return isEnd ? 'end' : BigInt(place);
}
