import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AppendBounds } from './append-target.js';
import { ACCOUNTS, SAMPLE_ACCOUNTS } from './sample-events.js';

/** Entered on the day it happens, as nearly all entries are. */
const TODAY = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
const BODY = JSON.stringify({
  occurredAt: { value: TODAY, precision: 'day', zone: 'Asia/Jakarta' },
  count: 1,
  bag: 'KARUNG-1',
  seal: 'P-000219',
  source: 'field office',
});
const CREATED = 'HTTP/1.1 201 ';
const HEAD_END = '\r\n\r\n';

let keys = 0;

/**
 * Sends commands on so many connections, one after the other on each, until a bound is met; returns
 * answers a second. A client of its own, because the load must not cost what the server costs: it
 * writes prepared text and reads no more of an answer than its status and its length.
 * @throws {Error} an answer is not 201
 */
export async function commandsPerSecond(
  port: number,
  connections: number,
  { windowMs, maxOperations }: AppendBounds,
): Promise<number> {
  const sockets = await Promise.all(
    Array.from({ length: connections }, () => openConnection(port)),
  );
  const start = performance.now();
  let begun = 0;
  const run = async (socket: Socket, first: number): Promise<void> => {
    let account = first;
    while (begun < maxOperations && performance.now() - start < windowMs) {
      begun++;
      socket.write(requestText(SAMPLE_ACCOUNTS[account] ?? '', port));
      await answerTo(socket);
      account = account + connections < ACCOUNTS ? account + connections : first;
    }
  };
  await Promise.all(sockets.map(run));
  const elapsedMs = performance.now() - start;
  for (const socket of sockets) socket.destroy();
  return (begun * 1_000) / elapsedMs;
}

async function openConnection(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket.setEncoding('latin1');
}

function requestText(account: string, port: number): string {
  keys++;
  return [
    `POST /api/accounts/${account}/unnumbered HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(BODY)}`,
    `X-Blangko-Actor: sari;custodian;${account}`,
    `Idempotency-Key: bench-${process.pid}-${keys}`,
    '',
    BODY,
  ].join('\r\n');
}

function answerTo(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (error?: Error): void => {
      socket.off('data', take).off('close', cut).off('error', finish);
      if (error === undefined) resolve();
      else reject(error);
    };
    const take = (chunk: string): void => {
      text += chunk;
      const headEnd = text.indexOf(HEAD_END);
      if (headEnd === -1) return;
      if (text.length < headEnd + HEAD_END.length + lengthOf(text, headEnd)) return;
      finish(text.startsWith(CREATED) ? undefined : new Error(`the server answered ${text}`));
    };
    const cut = (): void => {
      finish(new Error('the server closed the connection'));
    };
    socket.on('data', take).on('close', cut).on('error', finish);
  });
}

function lengthOf(text: string, headEnd: number): number {
  const length = /\r\ncontent-length: ([0-9]+)/i.exec(text.slice(0, headEnd))?.[1];
  if (length === undefined) throw new Error('the answer has no length');
  return Number(length);
}
