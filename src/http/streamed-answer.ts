import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A client that takes nothing for so long is cut off, in milliseconds. */
const STALL_MS = 30_000;

/** Aborts when the client has gone, or been cut off. */
export function untilGone({ raw }: FastifyReply): AbortController {
  const gone = new AbortController();
  raw.once('close', () => {
    gone.abort();
  });
  return gone;
}

/**
 * Answers with bytes as they are made, no faster than the client takes them. The first of them are made before
 * anything is answered, so that a refusal can still be one. What fails later breaks the connection: half an
 * answer must not look whole.
 * @param gone of {@link untilGone}; ends the making
 */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  chunks: AsyncIterable<Uint8Array>,
  gone: AbortController,
  stallMs = STALL_MS,
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const { socket } = request.raw;
  const restMs = socket.timeout ?? 0;
  // Silence is allowed while something is looked for; it is the client that must not stall.
  socket.setTimeout(0);
  const rest = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    let stall: NodeJS.Timeout | undefined;
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) {
        stall = setTimeout(() => reply.raw.destroy(), stallMs);
        yield next.value;
        clearTimeout(stall);
      }
    } finally {
      clearTimeout(stall);
      gone.abort();
      socket.setTimeout(restMs);
      await iterator.return?.();
    }
  };
  void reply.send(Readable.from(rest(), { objectMode: false }));
}
