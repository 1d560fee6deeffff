import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithPostgres, freshDatabase } from '../support/with-postgres.js';
import { accepted, BATCH, dispatch, OCCURRED, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger, type Answer } from './running-ledger.js';

const NIK = '3171014507859137';
const PASSWORD = 'rahasia-5Qp1';

describeWithPostgres('a server whose vault is on PostgreSQL', (postgres) => {
  let ledger: RunningLedger;

  beforeAll(async () => {
    const database = await freshDatabase(postgres());
    const url = postgres().url(database, `blangko:${PASSWORD}`);
    ledger = await RunningLedger.start({ VAULT: url, VAULT_KEY: '5a'.repeat(32) });
    await tellOfMarch2017(ledger);
  }, 60_000);

  afterAll(() => ledger.remove());

  function issue(serial: number, key: string): Promise<Answer> {
    const issuance = { serial: `${BATCH}/${serial}`, nik: NIK, reason: 'backlog' };
    const body = { occurredAt: OCCURRED, issuances: [issuance] };
    return ledger.post('/accounts/31.71/issuances', body, { 'idempotency-key': key });
  }

  it('is ready, and issues cards', async () => {
    expect((await ledger.get('/health/ready')).status).toBe(200);
    expect((await ledger.get('/metrics')).text).toContain('\nledger_vault_readonly 0\n');
    accepted(await issue(1, 'first'));
  });

  it('is asked to wait while PostgreSQL is away, and goes on when it is back', async () => {
    await postgres().stop();
    const refused = await issue(2, 'second');
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      json: { status: 503, code: 'vault_unavailable' },
    });
    // Whether it is the same person can be told by the vault alone.
    expect(await issue(1, 'first')).toMatchObject({ status: 503 });
    const { status, text } = await ledger.get('/health/ready');
    expect(status).toBe(503);
    expect(text).toContain('the subject vault cannot be reached');
    expect((await ledger.get('/metrics')).text).toContain('\nledger_vault_readonly 1\n');
    accepted(await ledger.post('/accounts/00/shipments', dispatch('31.73', [`${BATCH}/501..510`])));
    expect((await ledger.get('/accounts/31.71')).json).toMatchObject({ issuedCount: 1 });

    await postgres().start();
    const answer = accepted(await issue(2, 'second'));
    expect((await ledger.get('/health/ready')).status).toBe(200);
    expect((await issue(2, 'second')).json).toEqual(answer.json);
    const { position } = answer.json;
    expect((await ledger.get(`/accounts/31.71?atLeast=${position}`)).json).toMatchObject({
      issuedCount: 2,
    });
  }, 60_000);

  it('logs why, and neither password nor NIK', () => {
    const log = ledger.logLines.join('');
    expect(log).toMatch(/"name":"VaultError".*"cause":"[^"]+"/);
    expect(log).not.toContain(PASSWORD);
    expect(log).not.toContain(NIK);
  });
});
