import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { sendStream, untilGone } from './streamed-answer.js';

const CHUNK = Buffer.alloc(64 * 1_024, 'x');

let server: FastifyInstance;
let made = 0;
let stopped: Promise<void>;
let stop: () => void;

/** Chunks without end, unless it fails. */
async function* chunks(failsAt: number): AsyncGenerator<Uint8Array, void, undefined> {
  made = 0;
  stopped = new Promise((resolve) => (stop = resolve));
  try {
    for (;;) {
      if (++made === failsAt) throw new Error('the log does not answer');
      yield await Promise.resolve(CHUNK);
    }
  } finally {
    stop();
  }
}

beforeAll(async () => {
  server = fastify();
  server.get<{ Querystring: { readonly failsAt?: string; readonly stallMs?: string } }>(
    '/',
    async (asked, reply) => {
      const failsAt = Number(asked.query.failsAt ?? Infinity);
      const stallMs = Number(asked.query.stallMs ?? 60_000);
      await sendStream(asked, reply, chunks(failsAt), untilGone(reply), stallMs);
      return reply;
    },
  );
  await server.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(() => server.close());

async function asked(path: string): Promise<IncomingMessage> {
  const { port } = server.server.address() as AddressInfo;
  const outgoing = request({ host: '127.0.0.1', port, path }).end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return incoming;
}

describe('an answer that is streamed', () => {
  it('is refused as a whole where not even its beginning can be made', async () => {
    const answer = await asked('/?failsAt=1');
    expect(answer.statusCode).toBe(500);
    answer.resume();
  });

  it('breaks the connection where it fails further on: it never looks whole', async () => {
    const answer = await asked('/?failsAt=20');
    expect(answer.statusCode).toBe(200);
    answer.resume();
    await expect(once(answer, 'end')).rejects.toThrow('aborted');
    expect(answer.complete).toBe(false);
  });

  it('is made no faster than it is taken, and no more once nobody takes it', async () => {
    const answer = await asked('/');
    answer.pause();
    let before = -1;
    while (before !== made) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(made).toBeGreaterThan(1);
    answer.destroy();
    await stopped;
    expect(made).toBeLessThanOrEqual(before + 1);
  });

  it('is cut off for a client that takes nothing for long', async () => {
    const answer = await asked('/?stallMs=100');
    answer.pause();
    await stopped;
    answer.resume();
    await expect(once(answer, 'end')).rejects.toThrow('aborted');
  });
});
