import { streamNotFound } from './read-answers.js';
import type { ReadRequest } from './read-request.js';
import type { Reader } from './reader.js';
import { streamDeleted } from './rpc-error.js';
import type { StandInLog } from './stand-in-log.js';
import type { StoredEvent } from './stored-event.js';
import type { Streams } from './streams.js';

type StreamRead = Extract<ReadRequest, { kind: 'read_stream' }>;
type AllRead = Extract<ReadRequest, { kind: 'read_all' }>;

/** Forwards from a revision, inclusive; backwards too. @throws {RpcError} the stream is deleted */
export async function readStream(
  streams: Streams,
  log: StandInLog,
  request: StreamRead,
  reader: Reader,
): Promise<void> {
  const { stream, from, backwards, max } = request;
  const readable = await streams.readable(stream);
  if (readable.kind === 'deleted') throw streamDeleted(stream);
  if (readable.kind === 'missing') {
    await reader.send(streamNotFound(stream));
    return;
  }
  const { first, last, createdFrom } = readable;
  const asked = from === 'start' ? 0n : from === 'end' ? last + (backwards ? 0n : 1n) : from;
  const options = backwards
    ? ({ from: asked < last ? asked : last, direction: 'backwards' } as const)
    : { from: asked > first ? asked : first };
  await send(reader, max, log.readStream(stream, options), ({ revision, created }) => {
    if (revision < first) return 'over';
    if (revision > last) return backwards ? 'hidden' : 'over';
    return created >= createdFrom ? 'seen' : 'hidden';
  });
}

/** Forwards from a position, inclusive; backwards from it, exclusive. */
export async function readAll(log: StandInLog, request: AllRead, reader: Reader): Promise<void> {
  const { from, backwards, max } = request;
  if (backwards) {
    if (from === 'start') return;
    const before = from === 'end' ? null : from;
    await send(reader, max, log.readAllBackwards(before), () => 'seen');
    return;
  }
  if (from === 'end') return;
  await send(reader, max, log.readAll(from === 'start' ? 0n : from), () => 'seen');
}

async function send(
  reader: Reader,
  max: number,
  events: AsyncIterable<StoredEvent>,
  look: (event: StoredEvent) => 'seen' | 'hidden' | 'over',
): Promise<void> {
  if (max === 0) return;
  let sent = 0;
  for await (const event of events) {
    const seen = look(event);
    if (seen === 'over') return;
    reader.fetched++;
    if (seen === 'hidden') continue;
    await reader.sendEvent(event);
    sent++;
    if (sent === max) return;
  }
}
