import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accepted, procurement, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger, type Answer } from './running-ledger.js';

// In a test, an error of node:sqlite is of another realm, so that its name comes along.
const READ_ONLY =
  /a write failed \((Error: )?database or disk is full\); the store serves reads only until restarted/;
/** More commands than the room that is left can hold. */
const MOST_COMMANDS = 200;
const ROOM_BYTES = 32 * 1_024;

let ledger: RunningLedger;
/** The position after the last command that was accepted. */
let head: string;
let refused: Answer;
/** Of the command that was refused. */
const KEY = { 'idempotency-key': 'refused-for-want-of-room' };

function count(note: string) {
  return {
    occurredAt: { value: '2017-03-31T09:15', precision: 'minute', zone: 'Asia/Jakarta' },
    count: 1,
    bag: 'KARUNG-1',
    seal: 'P-000219',
    source: 'field office',
    note,
  };
}

/** Commands until the first that is not accepted. */
async function fill(): Promise<Answer> {
  for (let sent = 0; sent < MOST_COMMANDS; sent++) {
    const path = '/accounts/31.71/unnumbered';
    const answer = await ledger.post(path, count('x'.repeat(900)));
    if (answer.status !== 201) return answer;
    head = answer.json.position;
  }
  throw new Error('the disk never filled');
}

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
  await ledger.close();
  const { size } = await stat(join(ledger.folder, 'ledger.db'));
  await ledger.open({ maxFileBytes: size + ROOM_BYTES });
  refused = await fill();
}, 60_000);

afterAll(() => ledger.remove());

describe('a server whose disk is full', () => {
  it('refuses the write that found no room, and says that a restart is needed', () => {
    expect(refused).toMatchObject({
      status: 503,
      headers: {
        'content-type': expect.stringMatching(/^application\/problem\+json/),
        'retry-after': '1',
      },
      json: { status: 503, code: 'store_read_only' },
    });
    expect(ledger.logLines.join('')).toMatch(READ_ONLY);
  });

  it('refuses every write after it, however small', async () => {
    const answer = await ledger.post('/batches', procurement('2017-Z'), KEY);
    expect(answer).toMatchObject({ status: 503, json: { code: 'store_read_only' } });
  });

  it('is not ready, and names the cause', async () => {
    const { status, text } = await ledger.get('/health/ready');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      status: 'not_ready',
      reasons: [expect.stringMatching(READ_ONLY)],
    });
  });

  it('is alive, answers questions up to the last accepted write, and shows it in the metrics', async () => {
    expect((await ledger.get('/health/live')).status).toBe(200);
    expect((await ledger.get(`/stock/31.71?atLeast=${head}`)).status).toBe(200);
    const { text } = await ledger.get('/metrics');
    expect(text).toMatch(/^ledger_store_readonly 1$/m);
    expect(text).toMatch(/^ledger_vault_readonly 0$/m);
    expect(text).toMatch(/^ledger_append_errors_total [1-9]/m);
  });

  it('takes writes again after a restart with room, the refused one under its own key', async () => {
    await ledger.close();
    await ledger.open();
    expect((await ledger.get('/health/ready')).status).toBe(200);
    const answer = accepted(await ledger.post('/batches', procurement('2017-Z'), KEY));
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
    expect(answer.json.position).toBe(String(BigInt(head) + 1n));
  });
});
