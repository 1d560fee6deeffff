import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accepted, BATCH, OCCURRED, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger, type Answer } from './running-ledger.js';

/** A NIK that is accepted, and one that never is: its month does not exist. */
const GOOD = '3171014507859137';
const BAD = '3171014599859137';
const ISSUANCES = '/accounts/31.71/issuances';

let ledger: RunningLedger;
const seen: string[] = [];

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
}, 30_000);

afterAll(() => ledger.remove());

function issue(nik: unknown, more: object = {}): Promise<Answer> {
  const issuance = { serial: `${BATCH}/1`, nik, reason: 'backlog', ...more };
  return ledger.post(ISSUANCES, { occurredAt: OCCURRED, issuances: [issuance] });
}

function remember({ text, headers }: Answer): void {
  seen.push(text, JSON.stringify(headers));
}

describe('a planted NIK', () => {
  it('is issued to, once, and refused in every malformed way', async () => {
    const attempts = [
      issue(BAD),
      issue(`${GOOD}0`),
      issue(` ${GOOD}`),
      issue(Number(GOOD)),
      issue([GOOD]),
      issue({ nik: GOOD }),
      issue(GOOD, { serial: GOOD }),
      issue(GOOD, { reason: GOOD }),
      issue(GOOD, { chipUid: `${GOOD}!` }),
      issue(GOOD, { [GOOD]: 1 }),
      ledger.post(ISSUANCES, { occurredAt: OCCURRED, issuances: [], [GOOD]: 1 }),
      ledger.post(ISSUANCES, { occurredAt: { [GOOD]: GOOD }, issuances: [] }),
      ledger.post(`/accounts/${GOOD}/issuances`, {}),
      ledger.get(`/facilities/${GOOD}`),
      ledger.get(`/stock/31.71?atLeast=${GOOD}`),
      ledger.get(`/stock/31.71?${GOOD}=1`),
      ledger.get(`/${GOOD}`),
      ledger.get(`/facilities?q=${GOOD}`),
    ];
    const answers = await Promise.all(attempts);
    answers.forEach(remember);
    expect(answers.slice(0, -1).every(({ status }) => status >= 400 && status < 500)).toBe(true);
    remember(accepted(await issue(GOOD)));
    const twice = await issue(GOOD);
    remember(twice);
    expect(twice.json.code).toBe('serials_not_usable_here');
  });

  it('stands in no answer of any question', async () => {
    const paths = [
      '/events?limit=1000',
      '/accounts/31.71/events',
      '/accounts/31.71',
      '/metrics',
      '/exports/events?format=jsonl',
      '/exports/movements?format=csv',
    ];
    for (const path of paths) remember(await ledger.get(path));
    const all = seen.join('\n');
    expect(all).toContain('BlankIssued');
    expect(all).not.toContain(GOOD);
    expect(all).not.toContain(BAD);
  });

  it('stands in no line of the log', () => {
    const log = ledger.logLines.join('');
    expect(log).toContain('"route":"/api/accounts/:account/issuances"');
    expect(log).not.toContain(GOOD);
    expect(log).not.toContain(BAD);
  });

  it('stands in no file, be it the vault', async () => {
    const entries = await readdir(ledger.folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const names = files.map(({ name }) => name);
    const log = ledger.standIn === null ? 'ledger.db' : 'stand-in.db';
    expect(names).toEqual(expect.arrayContaining([log, 'read-models.db', 'vault.db']));
    for (const { name, parentPath } of files) {
      const bytes = await readFile(join(parentPath, name));
      for (const nik of [GOOD, BAD]) {
        expect({ name, at: bytes.indexOf(nik) }).toEqual({ name, at: -1 });
        expect({ name, at: bytes.indexOf(nik, 0, 'utf16le') }).toEqual({ name, at: -1 });
      }
    }
  });
});
