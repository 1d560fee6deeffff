import { setTimeout as sleep } from 'node:timers/promises';
import { isSigned, WebhookReceiver } from '../../support/webhook-receiver.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer } from '../faulty-server.js';

const WRITERS = 4;
const PAGE = 1_000;
const LONG_MS = 120_000;

/** Sends commands until the server is gone. */
async function writer(server: FaultyServer): Promise<void> {
  try {
    for (;;) {
      const { status } = await server.command();
      if (status !== 201) return;
      await sleep(5);
    }
  } catch {
    // It was killed.
  }
}

/** Ids of the events behind a position, in the order of the log. */
async function idsBehind(server: FaultyServer, start: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let after = start; ;) {
    const { text } = await server.get(`/events?limit=${PAGE}&after=${after}`);
    const { items, next } = JSON.parse(text) as {
      readonly items: readonly { readonly id: string }[];
      readonly next: string;
    };
    for (const { id } of items) ids.add(id);
    if (items.length < PAGE) return ids;
    after = next;
  }
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const kills = count(20, 1);
  const receiver = new WebhookReceiver();
  await receiver.start();
  const options = { env: { WEBHOOK_LOOPBACK: 'on' } };
  let secret = '';
  let start = '';
  try {
    for (let kill = 0; kill < kills; kill++) {
      await using server = await FaultyServer.start(folder, options);
      if (kill === 0) {
        const { status, text } = await server.post('/webhooks', { url: receiver.url });
        must(status === 201, `the webhook was answered ${status} ${text}`);
        ({ secret, position: start } = JSON.parse(text) as { secret: string; position: string });
      }
      const writers = Array.from({ length: WRITERS }, () => writer(server));
      await sleep(100 + random() * 400);
      if (kill % 2 === 0) await receiver.stop();
      await sleep(100 + random() * 400);
      process.kill(server.pid, 'SIGKILL');
      await Promise.all(writers);
      if (kill % 2 === 0) await receiver.start();
    }
    await using server = await FaultyServer.start(folder, options);
    const wanted = await idsBehind(server, start);
    await Promise.race([receiver.until(wanted.size), sleep(LONG_MS, undefined, { ref: false })]);
    requireAll(receiver, wanted, secret);
    const again = receiver.taken.length - receiver.ids.size;
    return {
      count: `${figure(kills)} kills, ${figure(Math.ceil(kills / 2))} times down`,
      result: `all ${figure(wanted.size)} events delivered, ${figure(again)} of them more than once; in order in each account; each signature verifies`,
    };
  } finally {
    await receiver.stop();
  }
}

function requireAll(receiver: WebhookReceiver, wanted: ReadonlySet<string>, secret: string): void {
  const missing = [...wanted].filter((id) => !receiver.ids.has(id));
  must(missing.length === 0, `${missing.length} of ${wanted.size} events were not delivered`);
  must(receiver.ids.size === wanted.size, 'something was delivered that is not in the log');
  for (const [stream, positions] of receiver.inOrder)
    for (const [index, position] of positions.entries())
      must(position > (positions[index - 1] ?? 0), `${stream} at ${position} is out of order`);
  must(
    receiver.taken.every((it) => isSigned(secret, it)),
    'a signature does not verify',
  );
}

export const webhooks: FaultRow = {
  name: 'webhooks',
  fault: 'the receiver of a webhook is down, its sender is killed',
  how: `the server process with ${WRITERS} HTTP writers, killed (-9) at random moments and restarted, while the receiver is up or down`,
  needs: [],
  run,
};
