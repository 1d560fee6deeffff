import { randomUUID } from 'node:crypto';
import { Checkpoints } from './checkpoints.js';
import { caughtUp, checkpoint, confirmation } from './read-answers.js';
import type { ReadRequest } from './read-request.js';
import type { Reader } from './reader.js';
import { streamDeleted } from './rpc-error.js';
import { POSITION_STEP, type StandInLog } from './stand-in-log.js';
import type { StoredEvent } from './stored-event.js';
import type { Streams } from './streams.js';

type StreamSubscription = Extract<ReadRequest, { kind: 'subscribe_stream' }>;
type AllSubscription = Extract<ReadRequest, { kind: 'subscribe_all' }>;

/**
 * To a stream, after a revision; waits for one that does not exist. Ends by throwing why the reader
 * ended. @throws {RpcError} the stream is or becomes deleted
 */
export async function subscribeToStream(
  streams: Streams,
  log: StandInLog,
  request: StreamSubscription,
  reader: Reader,
): Promise<void> {
  const { stream, from } = request;
  const { signal } = reader;
  let isLive = false;
  let isConfirmed = false;
  let next = from === 'start' ? 0n : from === 'end' ? null : from + 1n;
  for (;;) {
    // Before looking, so that nothing is appended between looking and waiting.
    const grown = log.grown(signal);
    const readable = await streams.readable(stream);
    signal.throwIfAborted();
    if (readable.kind === 'deleted') throw streamDeleted(stream);
    const last = readable.kind === 'there' ? readable.last : null;
    next ??= (last ?? -1n) + 1n;
    if (!isConfirmed) await reader.send(confirmation(randomUUID()));
    isConfirmed = true;
    if (readable.kind === 'there') {
      const { first, createdFrom } = readable;
      if (next < first) next = first;
      for await (const event of log.readStream(stream, { from: next, signal })) {
        reader.fetched++;
        if (event.created >= createdFrom) await reader.sendEvent(event);
        next = event.revision + 1n;
      }
    }
    // A stream that does not exist is never caught up with.
    const isThere = readable.kind === 'there' || from === 'end';
    if (isThere && !isLive) {
      isLive = true;
      await reader.send(caughtUp());
    }
    if (next > (last ?? -1n)) await grown;
  }
}

/** To the whole log, after a position. Ends by throwing why the reader ended. */
export async function subscribeToAll(
  log: StandInLog,
  request: AllSubscription,
  reader: Reader,
): Promise<void> {
  const { from, filter } = request;
  const { signal } = reader;
  const start = typeof from === 'bigint' ? from + POSITION_STEP : 0n;
  const checkpoints = filter === null ? null : new Checkpoints(filter, start);
  let isLive = false;
  const deal = async (event: StoredEvent) => {
    const passed = filter === null || filter.passes(event);
    reader.fetched++;
    if (passed) await reader.sendEvent(event);
    const told = isLive
      ? checkpoints?.whileLive(event)
      : checkpoints?.whileCatchingUp(event, passed);
    if (typeof told === 'bigint') await reader.send(checkpoint(told));
  };
  let isConfirmed = false;
  for await (const message of log.follow(from, signal)) {
    // The first message comes at once, and with it what `end` means is settled.
    if (!isConfirmed) await reader.send(confirmation(randomUUID()));
    isConfirmed = true;
    if (message.kind === 'events') {
      for (const event of message.events) await deal(event);
    } else if (!isLive) {
      isLive = true;
      checkpoints?.caughtUp();
      await reader.send(caughtUp());
    }
  }
  signal.throwIfAborted();
}
