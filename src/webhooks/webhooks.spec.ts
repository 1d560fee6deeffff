import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendHistory } from '../../test/support/projection-history.js';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import { choicesOf, historyOf } from '../../test/support/projection-world.js';
import { isSigned, WebhookReceiver } from '../../test/support/webhook-receiver.js';
import { VaultKeys } from '../access/subject-vault/vault-keys.js';
import { LiveLog } from '../read-models/live/live-log.js';
import type { WebhookRequest } from './webhook.js';
import { Webhooks, type WebhooksOptions } from './webhooks.js';

const { events } = historyOf(choicesOf(23, 160)).history;
const ACTOR = { id: 'sari', role: 'ministry', facilityId: '00' };
const KEY = VaultKeys.fromHex('ab'.repeat(32)).webhookKey;
const SOON = {
  isLoopbackAllowed: true,
  retryForMs: 60_000,
  firstPauseMs: 10,
  longestPauseMs: 50,
};

let ledger: TemporaryLedger;
let receiver: WebhookReceiver;
let live: LiveLog;
let webhooks: Webhooks;
const faults: unknown[] = [];

function started(policy: Partial<WebhooksOptions['policy']> = {}): Webhooks {
  return Webhooks.start({
    file: join(ledger.folder, 'webhooks.db'),
    key: KEY,
    store: ledger.store,
    live,
    policy: { ...SOON, ...policy },
    onFault: (_webhook, fault) => faults.push(fault),
  });
}

async function registered(more: Partial<WebhookRequest> = {}) {
  const request = { url: receiver.url, within: null, types: null, description: '', ...more };
  const { webhook, secret } = await webhooks.register(request, ACTOR);
  return { id: webhook.id, secret };
}

/** Until a condition holds; a spec that waits in vain runs into its time limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5);
}

function expectAllInOrder(): void {
  const positions = [...receiver.inOrder.values()];
  expect(positions).toEqual(positions.map((those) => those.toSorted((a, b) => a - b)));
  expect(receiver.ids).toEqual(new Set(events.map(({ id }) => id)));
}

beforeEach(async () => {
  ledger = await temporaryLedger();
  receiver = new WebhookReceiver();
  await receiver.start();
  live = new LiveLog(ledger.store);
  webhooks = started();
  faults.length = 0;
});

afterEach(async () => {
  await webhooks.close();
  live.close();
  await receiver.stop();
  await ledger.close();
  expect(faults).toEqual([]);
});

describe('webhooks', () => {
  it('deliver every event once, signed, in order in each account', async () => {
    const { id, secret } = await registered();
    await appendHistory(ledger.store, events);
    await receiver.until(events.length);
    expect(receiver.taken).toHaveLength(events.length);
    expectAllInOrder();
    for (const received of receiver.taken) {
      expect(isSigned(secret, received)).toBe(true);
      expect(received.eventId).toBe(received.event.id);
    }
    expect(isSigned(`${secret}x`, receiver.taken[0] ?? fail())).toBe(false);
    await until(() => webhooks.get(id)?.pending === 0);
    expect(webhooks.get(id)).toMatchObject({
      delivered: events.length,
      position: String(events.length),
      lastFailure: null,
    });
  });

  it('deliver all though the receiver is down, and the sender stops meanwhile', async () => {
    const { id } = await registered();
    await receiver.stop();
    await appendHistory(ledger.store, events.slice(0, 80));
    await until(() => webhooks.get(id)?.lastFailure?.includes('ECONNREFUSED') === true);
    await webhooks.close();
    await appendHistory(ledger.store, events.slice(80));
    webhooks = started();
    await receiver.start();
    let isWell = 0;
    receiver.answer = () => (isWell++ % 3 === 0 ? 503 : 204);
    await receiver.until(events.length);
    expectAllInOrder();
  });

  it('hold back only the account whose delivery fails, and give it up in the end', async () => {
    const busiest = [...Map.groupBy(events, ({ stream }) => stream).values()].reduce((a, b) =>
      a.length > b.length ? a : b,
    );
    const [first] = busiest;
    await webhooks.close();
    webhooks = started({ retryForMs: 60_000 });
    const { id } = await registered();
    receiver.answer = ({ eventId }) => (eventId === first?.id ? 500 : 204);
    await appendHistory(ledger.store, events);
    await receiver.until(events.length - busiest.length);
    expect(receiver.inOrder.has(first?.stream ?? '')).toBe(false);
    await webhooks.close();
    webhooks = started({ retryForMs: 0 });
    await receiver.until(events.length - 1);
    const [letter, ...others] = webhooks.deadLetters(id, 0n, 10) ?? [];
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      eventId: first?.id,
      account: first?.stream.slice('custody-'.length),
      failure: 'answered 500',
    });
    receiver.answer = () => 204;
    expect(webhooks.redeliver(id, letter?.deliveryId ?? '')).toBe(true);
    expect(webhooks.redeliver(id, letter?.deliveryId ?? '')).toBe(false);
    await receiver.until(events.length);
    await until(() => webhooks.get(id)?.pending === 0);
    expect(webhooks.get(id)?.deadLetters).toBe(0);
  });

  it('wait while they are paused, and go on with what came meanwhile', async () => {
    const { id } = await registered({ types: ['ShipmentDispatched', 'ShipmentReceived'] });
    const wanted = events.filter(({ type }) => /^Shipment(Dispatched|Received)$/.test(type));
    expect((await webhooks.pause(id))?.isPaused).toBe(true);
    await appendHistory(ledger.store, events);
    await delay(30);
    expect(receiver.attempts).toBe(0);
    expect((await webhooks.resume(id))?.isPaused).toBe(false);
    await receiver.until(wanted.length);
    expect(receiver.ids).toEqual(new Set(wanted.map((event) => event.id)));
    expect(await webhooks.remove(id)).toBe(true);
    expect([webhooks.get(id), await webhooks.remove(id)]).toEqual([null, false]);
  });

  it('follow no redirect, and do not wait for answers when they are closed', async () => {
    const { id } = await registered();
    receiver.headers['location'] = receiver.url;
    receiver.answer = () => 307;
    await appendHistory(ledger.store, events.slice(0, 1));
    await until(() => webhooks.get(id)?.lastFailure?.endsWith('answered 307') === true);
    const { attempts } = receiver;
    receiver.answer = () => null;
    await until(() => receiver.attempts > attempts);
    await webhooks.close();
    webhooks = started();
    receiver.answer = () => 204;
    await receiver.until(1);
  });

  it('keep their secrets sealed, and open under no other key', async () => {
    const { secret } = await registered();
    await webhooks.close();
    const file = join(ledger.folder, 'webhooks.db');
    const bytes = readFileSync(file).toString('latin1');
    expect(bytes).toContain(receiver.url);
    expect(bytes).not.toContain(secret.slice('whsec_'.length));
    const key = VaultKeys.fromHex('cd'.repeat(32)).webhookKey;
    const { store } = ledger;
    const options = { file, key, store, live, policy: SOON, onFault: () => undefined };
    expect(() => Webhooks.start(options)).toThrow('sealed with another key');
    webhooks = started();
  });

  it('are not registered where they may not lead', async () => {
    await expect(registered({ url: 'https://10.0.0.1/' })).rejects.toThrow('not public');
    expect(webhooks.all()).toEqual([]);
  });
});

function fail(): never {
  throw new Error('nothing was received');
}
