import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accepted, BATCH, OCCURRED, procurement, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger } from './running-ledger.js';

const KEY = { 'idempotency-key': 'spoilage-1' };
const SPOILAGES = '/accounts/31.71/spoilages';
const spoilage = (serials: readonly string[]) => ({
  occurredAt: OCCURRED,
  serials,
  cause: 'misprint',
});
const BODY = spoilage([`${BATCH}/1..3`]);

let ledger: RunningLedger;
let first: string;

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
  const answer = accepted(await ledger.post(SPOILAGES, BODY, KEY));
  expect(answer.headers['idempotent-replayed']).toBeUndefined();
  first = answer.text;
}, 30_000);

afterAll(() => ledger.remove());

describe('a command sent again', () => {
  it('answers the same bytes, and says that it is a replay', async () => {
    const again = accepted(await ledger.post(SPOILAGES, BODY, KEY));
    expect(again.text).toBe(first);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  it('may spell the same serials otherwise', async () => {
    const body = spoilage([`${BATCH}/000000003`, `${BATCH}/1..2`]);
    const again = accepted(await ledger.post(SPOILAGES, body, KEY));
    expect(again.text).toBe(first);
  });

  it('is refused with another body, and to another actor', async () => {
    const other = await ledger.post(SPOILAGES, spoilage([`${BATCH}/4`]), KEY);
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    const actor = { ...KEY, 'x-blangko-actor': 'tono;custodian;31.71' };
    const stranger = await ledger.post(SPOILAGES, BODY, actor);
    expect(stranger).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
  });

  it('gives Location again', async () => {
    const headers = { 'idempotency-key': 'batch-x' };
    const made = accepted(await ledger.post('/batches', procurement('2017-X'), headers));
    const again = accepted(await ledger.post('/batches', procurement('2017-X'), headers));
    expect(again.headers.location).toBe('/api/batches/2017-X');
    expect(again.text).toBe(made.text);
  });

  it('is told to wait while the first is being carried out, and has one effect', async () => {
    const issuances = Array.from({ length: 400 }, (_, index) => ({
      serial: `${BATCH}/${index + 50}`,
      nik: `317101450785${String(index + 1).padStart(4, '0')}`,
      reason: 'backlog',
    }));
    const body = { occurredAt: OCCURRED, issuances };
    const headers = { 'idempotency-key': 'issuance-1' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ledger.post('/accounts/31.71/issuances', body, headers)),
    );
    const waiting = answers.filter(({ status }) => status === 409);
    const done = answers.filter(({ status }) => status === 201);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length + done.length).toBe(20);
    for (const { json } of waiting) expect(json.code).toBe('idempotency_key_in_flight');
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect((await ledger.get('/accounts/31.71')).json.issuedCount).toBe(400);
  });

  it('survives a restart, with everything else', async () => {
    const paths = ['/stock/31.71', '/accounts/31.71', '/events?limit=1000', '/shipments'];
    const before = await Promise.all(paths.map((path) => ledger.get(path)));
    await ledger.close();
    await ledger.open();
    const again = accepted(await ledger.post(SPOILAGES, BODY, KEY));
    expect(again.text).toBe(first);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const after = await Promise.all(paths.map((path) => ledger.get(path)));
    expect(after.map(({ json }) => json)).toEqual(before.map(({ json }) => json));
  }, 20_000);
});
