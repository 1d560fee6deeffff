import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isProblemCode } from '../../src/http/problem.js';
import { badWrites, type BadCase } from './bad-input.js';
import { badReads } from './bad-reads.js';
import { accepted, BATCH, dispatch, procurement, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger, type Answer } from './running-ledger.js';
import { WRITE_ROUTES } from './write-routes.js';

let ledger: RunningLedger;
let before: string | null;
let tried = 0;

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
  accepted(await ledger.post('/batches', procurement('2017-C')));
  accepted(await ledger.post('/accounts/00/shipments', dispatch('32.73', [`${BATCH}/601..700`])));
  before = await head();
}, 30_000);

afterAll(() => ledger.remove());

async function head(): Promise<string | null> {
  const { json } = await ledger.get('/events?limit=1000');
  return json.next;
}

/** Null when the answer is as it must be; else what was wrong. */
function complaint(bad: BadCase, { status, headers, text, json }: Answer): string | null {
  const isProblem = headers['content-type']?.startsWith('application/problem+json') === true;
  const faults = [
    bad.statuses.includes(status) ? null : `status ${status}, not ${bad.statuses.join(' or ')}`,
    isProblem ? null : 'no problem+json',
    isProblemCode(json.code) ? null : 'no known code',
    json.status === status ? null : 'another status in the body',
    bad.code === undefined || json.code === bad.code ? null : `code not ${bad.code}`,
    /\bat .*[.:][jt]s|node_modules|stack/i.test(text) ? 'a trace' : null,
  ].filter((fault) => fault !== null);
  return faults.length === 0 ? null : `${bad.name}: ${faults.join(', ')}: ${text.slice(0, 400)}`;
}

async function complaintsAbout(cases: readonly BadCase[]): Promise<string[]> {
  const found: string[] = [];
  for (const bad of cases) {
    tried += 1;
    const wrong = complaint(bad, await ledger.send(bad.sending));
    if (wrong !== null) found.push(wrong);
  }
  return found;
}

describe('bad input', () => {
  it.each(WRITE_ROUTES)('is refused by POST $path', async (route) => {
    expect(await complaintsAbout(badWrites(route))).toEqual([]);
  });

  it('is refused by every question', async () => {
    expect(await complaintsAbout(badReads())).toEqual([]);
  });

  it('leaves no event behind', async () => {
    expect(tried).toBeGreaterThanOrEqual(300);
    expect(await head()).toBe(before);
    process.stdout.write(`bad input: ${tried} cases, none accepted, none a 5xx, no event\n`);
  });

  it('was bad by what was changed: unchanged, every write is accepted', async () => {
    const statuses: string[] = [];
    for (const { path, body } of WRITE_ROUTES) {
      const { status, text } = await ledger.postApproved(path, body);
      if (status !== 201) statuses.push(`${path}: ${text}`);
    }
    expect(statuses).toEqual([]);
  });
});
