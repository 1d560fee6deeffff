import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accepted, BATCH, dispatch, procurement, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger } from './running-ledger.js';

let ledger: RunningLedger;
let position: string;

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
  const database = new DatabaseSync(join(ledger.folder, 'read-models.db'), { timeout: 5_000 });
  database.exec('DROP TABLE batch');
  database.close();
  // A batch is what the broken projection cannot enter.
  position = accepted(await ledger.post('/batches', procurement('2017-Z'))).json.position;
}, 30_000);

afterAll(() => ledger.remove());

describe('a projection that cannot go on', () => {
  it('makes the server not ready, and says why', async () => {
    const answer = await ledger.get(`/batches/2017-Z?atLeast=${position}`);
    expect(answer).toMatchObject({ status: 503, json: { code: 'read_model_behind' } });
    const { status, text } = await ledger.get('/health/ready');
    expect(status).toBe(503);
    expect(text).toMatch(
      /projection batches has halted at position [0-9]+: .*no such table: batch/,
    );
  });

  it('shows in the log and in the metrics', async () => {
    expect(ledger.logLines.join('')).toContain('a projection has halted');
    const { text } = await ledger.get('/metrics');
    expect(text).toContain('ledger_projection_lag_events{projection="stock"} 0');
    // Beside a server nobody counts the events, and nobody had looked before it halted.
    if (ledger.standIn === null)
      expect(text).toMatch(/ledger_projection_lag_events\{projection="batches"\} [1-9]/);
    else expect(text).not.toContain('{projection="batches"}');
  });

  it('leaves the process alive, and the books open to writes', async () => {
    expect((await ledger.get('/health/live')).status).toBe(200);
    accepted(await ledger.post('/accounts/00/shipments', dispatch('31.73', [`${BATCH}/511..520`])));
  });
});
