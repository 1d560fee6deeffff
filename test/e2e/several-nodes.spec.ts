import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StandInServer } from '../support/stand-in/stand-in-server.js';
import { accepted, BATCH, dispatch, OCCURRED, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger, type Answer } from './running-ledger.js';

const READY_WITHIN_MS = 20_000;

let folder: string;
let server: StandInServer;
let first: RunningLedger;
const nodes: RunningLedger[] = [];

/** A node on the server, with files of its own but for the vault. */
async function node(more: Readonly<Record<string, string>> = {}): Promise<RunningLedger> {
  const started = await RunningLedger.start({
    EVENT_STORE: server.connectionString,
    VAULT: `sqlite:${join(folder, 'vault.db')}`,
    VAULT_KEY: '7'.repeat(64),
    ...more,
  });
  nodes.push(started);
  return started;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blangko-nodes-'));
  server = await StandInServer.start({ folder: join(folder, 'event-store') });
  first = await node();
  await tellOfMarch2017(first);
}, 60_000);

afterAll(async () => {
  for (const each of nodes) await each.remove();
  await server.stop();
  await rm(folder, { recursive: true });
});

function note(ledger: RunningLedger, text: string): Promise<Answer> {
  return ledger.post('/accounts/31.71/unnumbered', {
    occurredAt: OCCURRED,
    count: 1,
    bag: 'KARUNG-1',
    seal: 'P-000219',
    source: 'field office',
    note: text,
  });
}

interface Readiness {
  readonly reasons: readonly string[];
  readonly projections: readonly { readonly position: string | null }[];
}

/** What readiness first said yes with. */
async function ready(ledger: RunningLedger): Promise<Readiness> {
  const end = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const { status, text } = await ledger.get('/health/ready');
    if (status === 200) return JSON.parse(text) as Readiness;
    if (performance.now() > end) throw new Error(text);
    await delay(5);
  }
}

describe('several nodes on one server', () => {
  it('take any command, and know what the others did', async () => {
    const second = await node();
    const sent = accepted(
      await second.post('/accounts/00/shipments', dispatch('31.73', [`${BATCH}/501..600`])),
    );
    const { position, shipmentId } = sent.json;
    const seen = await first.get(`/shipments/${shipmentId}?atLeast=${position}`);
    expect(seen).toMatchObject({ status: 200, json: { openBlanks: 100 } });
    // The first has decided on these books before the second changed them.
    const again = await first.post(
      '/accounts/00/shipments',
      dispatch('31.74', [`${BATCH}/501..600`]),
    );
    expect(again).toMatchObject({ status: 409, json: { code: 'serials_not_usable_here' } });
  });

  it('know a command that another has carried out', async () => {
    const [, second] = nodes;
    const headers = { 'idempotency-key': 'sent-to-both' };
    const body = dispatch('31.72', [`${BATCH}/601..610`]);
    const one = accepted(await first.post('/accounts/00/shipments', body, headers));
    const two = await second?.post('/accounts/00/shipments', body, headers);
    expect(two).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    expect(two?.json.shipmentId).toBe(one.json.shipmentId);
  });

  it('report a new one ready only once it holds what the log held', async () => {
    let position = '';
    for (let at = 0; at < 300; at++)
      ({ position } = accepted(await note(first, `entry ${at} ${'x'.repeat(500)}`)).json);
    const fresh = await node();
    const { projections } = await ready(fresh);
    for (const it of projections)
      expect(BigInt(it.position ?? '0')).toBeGreaterThanOrEqual(BigInt(position));
    for (const path of ['/stock/31.71', '/stock/00', '/batches/2017-A'])
      expect((await fresh.get(path)).json).toEqual(
        (await first.get(`${path}?atLeast=${position}`)).json,
      );
  }, 60_000);

  it('go on where they were after a restart, beside one that wrote meanwhile', async () => {
    const [, second] = nodes;
    await second?.close();
    const { position } = accepted(await note(first, 'while the other was away')).json;
    await second?.open();
    const seen = await second?.get(`/stock/31.71?atLeast=${position}`);
    expect(seen?.status).toBe(200);
    expect(seen?.json).toEqual((await first.get('/stock/31.71')).json);
  }, 30_000);

  it('may keep some provinces alone, and then answer for nothing else', async () => {
    const { position } = accepted(
      await first.post('/accounts/00/shipments', dispatch('32.73', [`${BATCH}/611..620`])),
    ).json;
    const one = await node({ SUBSCRIBE: '31' });
    await ready(one);
    const same = ['/stock/31', '/stock/31.71', '/stock?within=31&level=regency', '/accounts/31.71'];
    for (const path of [...same, '/shipments?consignee=31.71', '/shipments/00-000001']) {
      const fresh = path.startsWith('/accounts')
        ? ''
        : `${path.includes('?') ? '&' : '?'}atLeast=${position}`;
      const answer = await one.get(`${path}${fresh}`);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.json).toEqual((await first.get(`${path}${fresh}`)).json);
    }
    const elsewhere = [
      '/stock/00',
      '/stock/32.73',
      '/stock?within=00&level=province',
      '/accounts/32.73',
    ];
    const national = [
      '/batches/2017-A',
      '/shipments',
      '/shipments?consignor=00',
      '/shipments/00-000004',
    ];
    for (const path of [...elsewhere, ...national]) {
      const { status, json } = await one.get(path);
      expect([path, status, json]).toEqual([
        path,
        421,
        expect.objectContaining({ code: 'not_kept_here', facts: { provinces: '31' } }),
      ]);
    }
    // Commands need no read models.
    accepted(await one.post('/accounts/00/shipments', dispatch('32.73', [`${BATCH}/621..630`])));
  }, 60_000);

  it('does not answer for a region that holds more than it keeps', async () => {
    const moving = { parent: '32', effectiveOn: '2017-04-01', note: '', documents: [] };
    accepted(await first.post('/facilities/31.71/moving', moving));
    const one = await node({ SUBSCRIBE: '32' });
    await ready(one);
    expect((await first.get('/stock/32')).json.total).toMatchObject({ usable: 490 });
    for (const path of ['/stock/32', '/stock?within=32&level=regency'])
      expect((await one.get(path)).json.code).toBe('not_kept_here');
    expect((await one.get('/stock/32.01')).status).toBe(200);
  }, 60_000);
});
