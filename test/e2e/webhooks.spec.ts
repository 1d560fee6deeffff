import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { backUp } from '../../src/cli/backup/back-up.js';
import { restore } from '../../src/cli/backup/restore.js';
import { runWebhooks } from '../../src/cli/webhooks.js';
import { readSettings } from '../../src/settings.js';
import { isSigned, WebhookReceiver } from '../support/webhook-receiver.js';
import { accepted, BATCH, dispatch, OCCURRED, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger, type Answer } from './running-ledger.js';

interface Shown {
  readonly id: string;
  readonly secret?: string;
  readonly pending: number;
  readonly delivered: number;
  readonly isPaused: boolean;
  readonly items: readonly Shown[];
}

let ledger: RunningLedger;
let receiver: WebhookReceiver;

beforeAll(async () => {
  ledger = await RunningLedger.start({ WEBHOOK_LOOPBACK: 'on', WEBHOOKS: 'on' });
  receiver = new WebhookReceiver();
  await receiver.start();
}, 30_000);

afterAll(async () => {
  await receiver.stop();
  await ledger.remove();
});

function shown({ text }: Answer): Shown {
  return JSON.parse(text) as Shown;
}

async function one(id: string): Promise<Shown> {
  return shown(await ledger.get(`/webhooks/${id}`));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('webhooks', () => {
  it('get all, in order per account, though the receiver is down and the server restarts', async () => {
    const { id, secret = '' } = shown(
      accepted(await ledger.post('/webhooks', { url: receiver.url, description: 'Gudang' })),
    );
    expect(secret).toMatch(/^whsec_[A-Za-z0-9_-]{43}$/);
    expect((await ledger.get('/webhooks')).text).not.toContain('secret');
    await receiver.stop();
    await tellOfMarch2017(ledger);
    await until(async () => (await one(id)).pending === 6);
    const { text } = await ledger.get('/metrics');
    expect(text).toContain('ledger_webhook_deliveries{state="pending"} 6');
    await ledger.close();
    await ledger.open();
    accepted(await ledger.post('/accounts/00/shipments', dispatch('31.73', [`${BATCH}/511..520`])));
    await receiver.start();
    await receiver.until(7);
    await until(async () => (await one(id)).pending === 0);
    expect(await one(id)).toMatchObject({ delivered: 7, isPaused: false });
    for (const received of receiver.taken) expect(isSigned(secret, received)).toBe(true);
    const positions = [...receiver.inOrder.values()];
    expect(positions).toEqual(positions.map((those) => those.toSorted((a, b) => a - b)));
    const { items } = JSON.parse((await ledger.get('/events')).text) as { items: object[] };
    const bodies = receiver.taken.map(({ body }) => JSON.parse(body) as { position: string });
    const inOrder = bodies.toSorted((a, b) => Number(a.position) - Number(b.position));
    expect(inOrder).toEqual(items.slice(1));
    const removed = { method: 'DELETE', path: `/api/webhooks/${id}` };
    const headers = { 'x-blangko-actor': 'sari;ministry;00' };
    expect((await ledger.send(removed)).status).toBe(401);
    expect((await ledger.send({ ...removed, headers })).status).toBe(204);
    expect((await ledger.send({ ...removed, headers })).status).toBe(404);
  }, 60_000);

  it('are of a region, and can be paused', async () => {
    const body = { url: receiver.url, within: '31.71', types: ['BlanksSpoiled'] };
    const { id } = shown(accepted(await ledger.post('/webhooks', body)));
    const state = `/webhooks/${id}/state`;
    expect(shown(accepted(await ledger.post(state, { state: 'paused' }))).isPaused).toBe(true);
    const spoilt = { occurredAt: OCCURRED, serials: [`${BATCH}/4..5`], cause: 'misprint' };
    accepted(await ledger.post('/accounts/31.71/spoilages', spoilt));
    const elsewhere = { ...spoilt, serials: [`${BATCH}/601..602`] };
    accepted(await ledger.post('/accounts/00/spoilages', elsewhere));
    expect(shown(accepted(await ledger.post(state, { state: 'active' }))).isPaused).toBe(false);
    await until(async () => (await one(id)).delivered === 1);
    expect(receiver.taken.at(-1)?.event.stream).toBe('custody-31.71');
    expect((await ledger.get(`/webhooks/${id}/dead-letters`)).text).toBe(
      '{"items":[],"next":null}',
    );
  }, 30_000);

  it('are in a backup, and paused where it is restored', async () => {
    const settings = readSettings({ DATA_DIR: ledger.folder });
    const target = join(ledger.folder, 'backup');
    const { files } = await backUp(settings, target);
    expect(files.map(({ name }) => name)).toEqual(['ledger.db', 'webhooks.db', 'vault.db']);
    const other = readSettings({ DATA_DIR: join(ledger.folder, 'restored') });
    await restore(other, target);
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    runWebhooks(settings, undefined, true);
    runWebhooks(other, undefined, true);
    const told = written.mock.calls.map(([text]) => JSON.parse(String(text)) as Shown);
    written.mockRestore();
    const [is, restored] = told.map(({ items }) => items);
    expect(is).toEqual(shown(await ledger.get('/webhooks')).items);
    const pausedBecause = 'restored from a backup';
    expect(restored).toEqual(is?.map((it) => ({ ...it, isPaused: true, pausedBecause })));
  });

  it.each([
    ['', { url: 'https://10.0.0.1/' }, 422, 'webhook_url_refused'],
    ['', { url: 'https://gudang.invalid/' }, 422, 'webhook_url_refused'],
    ['', { url: 'javascript:alert(1)' }, 422, 'webhook_url_refused'],
    ['', {}, 400, 'body_invalid'],
    ['', { url: 'https://[2404:8000::1]/', secret: 'x' }, 400, 'body_invalid'],
    ['', { url: 'https://[2404:8000::1]/', types: [] }, 400, 'body_invalid'],
    ['', { url: 'https://[2404:8000::1]/', types: ['Nothing'] }, 400, 'body_invalid'],
    ['', { url: 'https://[2404:8000::1]/', within: '99' }, 400, 'body_invalid'],
    ['/x/state', { state: 'off' }, 400, 'body_invalid'],
    ['/x/state', { state: 'paused' }, 404, 'not_found'],
    ['/x/dead-letters/y/redeliveries', {}, 404, 'not_found'],
    ['/x/dead-letters/y/redeliveries', { all: true }, 400, 'body_invalid'],
  ])('refuse %s %j', async (path, body, status, code) => {
    const answer = await ledger.post(`/webhooks${path}`, body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  it('are not where they are switched off', async () => {
    const other = await RunningLedger.start({ WEBHOOKS: 'off' });
    try {
      const answer = await other.get('/webhooks');
      expect([answer.status, answer.json.code]).toEqual([421, 'webhooks_elsewhere']);
    } finally {
      await other.remove();
    }
  }, 30_000);
});
