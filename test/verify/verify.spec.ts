import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compiledSource } from '../support/compiled-source.js';
import { endedProgram, type Ended } from '../support/ended-program.js';
import { auditChecks, LIMITS, rebuildChecks, scenarioChecks, storyChecks } from './checks.js';
import type { StoryFacts } from './story-facts.js';

const COST = { seconds: 1, cpuSeconds: 1, peakBytes: 1, diskBytes: 1 };
const BOOKS = {
  produced: 7_000_000,
  usable: 0,
  invalid: 100_000,
  inTransit: 0,
  issued: 6_880_000,
  destroyed: 19_000,
  missing: 1_000,
  balance: 0,
};
const ANSWER = { events: 1, books: [BOOKS], rowsCompared: 1, differenceCount: 0 };
const FACTS: StoryFacts = {
  eventsByType: {
    BlankIssued: 6_890_000,
    ShipmentRefused: 1,
    StockCounted: 1,
    FindingRecorded: 1,
    FindingResolved: 1,
  },
  demand: [
    { asOf: '2017-03-30', deadline: '2017-04-19', backlog: 4_500_000, others: 0 },
    { asOf: '2017-03-31', deadline: '2018-06-27', backlog: 0, others: 3_000_000 },
    { asOf: '2018-03-31', deadline: '2018-06-27', backlog: 10_000, others: 600_000 },
  ],
  spoiledBlanks: 100_000,
  provinces: 38,
  regencies: 514,
  shortReceipts: 1,
  shortCounts: 1,
  replacements: 1,
  replacedInUse: 0,
  burnings: 1,
  burningsInOrder: 1,
};

function broken(checks: readonly { readonly what: string; readonly holds: boolean }[]): string[] {
  return checks.filter(({ holds }) => !holds).map(({ what }) => what);
}

describe('the checks of the nation', () => {
  it('pass what is as it should be', () => {
    expect(broken(scenarioChecks(COST))).toEqual([]);
    expect(broken(auditChecks(ANSWER, COST, 1))).toEqual([]);
    expect(broken(storyChecks(FACTS, 1))).toEqual([]);
  });

  it('name each limit that is passed', () => {
    const { scenarioSeconds, scenarioDiskBytes, auditSeconds, auditPeakBytes } = LIMITS;
    const slow = { ...COST, seconds: scenarioSeconds + 1, diskBytes: scenarioDiskBytes * 1.1 };
    expect(broken(scenarioChecks(slow))).toEqual([
      'scenario, seconds: at most 1.800',
      'scenario, GB on disk: at most 15',
    ]);
    const large = { ...COST, seconds: auditSeconds + 1, peakBytes: auditPeakBytes + 1 };
    expect(broken(auditChecks(ANSWER, large, 1))).toEqual([
      'audit, seconds: at most 180',
      'audit, GB of memory: at most 1,5',
    ]);
  });

  it.each([
    [{ ...ANSWER, differenceCount: 1 }, /differences/],
    [{ ...ANSWER, rowsCompared: null }, /rows of read models/],
    [{ ...ANSWER, books: [{ ...BOOKS, issued: 6_879_999 }] }, /issued \+ usable/],
    [{ ...ANSWER, books: [{ ...BOOKS, balance: 1 }] }, /balance/],
  ])('find books that do not close: %#', (answer, which) => {
    expect(broken(auditChecks(answer, COST, 1))).toEqual([expect.stringMatching(which)]);
  });

  it('find another number of blanks than the scale has', () => {
    expect(broken(auditChecks(ANSWER, COST, 0.5))).toEqual(['blanks produced: 3.500.000']);
  });

  it.each([
    [{ provinces: 37 }, /provinces/],
    [{ regencies: 513 }, /regencies/],
    [{ spoiledBlanks: 69_999 }, /spoiled: at least/],
    [{ spoiledBlanks: 140_001 }, /spoiled: at most/],
    [{ replacedInUse: 1 }, /not handed in/],
    [{ shortReceipts: 0 }, /received short/],
    [{ shortCounts: 0 }, /counts that came out short/],
    [{ burnings: 2, burningsInOrder: 2 }, /burnings: 1/],
    [{ burningsInOrder: 0 }, /two witnesses/],
    [{ eventsByType: { ...FACTS.eventsByType, ShipmentRefused: 0 } }, /refused/],
    [{ eventsByType: { ...FACTS.eventsByType, FindingResolved: 0 } }, /findings resolved/],
  ])('find a story that is not the nation’s: %j', (facts, which) => {
    const found = broken(storyChecks({ ...FACTS, ...facts }, 1));
    expect(found.filter((what) => which.test(what))).not.toEqual([]);
  });

  it('find that too few are left waiting, and that the reports do not say so', () => {
    const eventsByType = { ...FACTS.eventsByType, BlankIssued: 7_000_001 };
    expect(broken(storyChecks({ ...FACTS, eventsByType }, 1))).toEqual([
      'unmet: at least 500.000',
      'unmet, as the last reports state it: 499.999',
    ]);
  });

  it('find rows that are not the same', () => {
    const before = { rows: 2, sha256: 'a' };
    expect(broken(rebuildChecks(before, before))).toEqual([]);
    expect(broken(rebuildChecks(before, { rows: 1, sha256: 'b' }))).toHaveLength(2);
  });
});

describe('npm run verify:national', () => {
  let program: string;
  let parent: string;

  beforeAll(async () => {
    program = join(await compiledSource(), 'test', 'verify', 'verify.js');
    parent = await mkdtemp(join(tmpdir(), 'verify-spec-'));
  }, 60_000);

  afterAll(() => rm(parent, { recursive: true }));

  function verify(...options: readonly string[]): Promise<Ended> {
    return endedProgram(program, options, { TMPDIR: parent });
  }

  it('passes a hundredth of the nation, and finds rows that a rebuild does not give', async () => {
    const folder = join(parent, 'kept');
    const { code, output, errors } = await verify('--scale', '0.01', '--keep', '--folder', folder);
    expect([code, output]).toEqual([0, expect.stringContaining('all of it holds')]);
    expect(errors).toContain('national-2017 100%');
    const steps = [
      ...output.matchAll(/^│ ([a-z ]+?) +│ +[\d,]+ │ +[\d,]+ │ +[1-9][\d.]* │ +[1-9]/gm),
    ];
    expect(steps.map(([, step]) => step)).toEqual([
      'scenario',
      'audit',
      'read the story',
      'dump',
      'rebuild',
      'dump again',
    ]);
    expect(output.match(/^│ ok │/gm)?.length).toBeGreaterThan(30);

    const database = new DatabaseSync(join(folder, 'read-models.db'));
    database.exec('DELETE FROM batch');
    database.close();
    const again = await verify('--scale', '0.01', '--folder', folder, '--from', 'rebuild');
    expect(again.code).toBe(1);
    expect(again.output).toMatch(/^│ NO │ rows after deletion and rebuild/m);
    expect(again.output).toMatch(/^│ NO │ their SHA-256/m);
    expect(await readdir(folder)).toContain('ledger.db');
  }, 240_000);

  it('leaves nothing behind where it is not asked to', async () => {
    expect((await verify('--scale', '0.003')).code).toBe(0);
    const left = await readdir(parent);
    expect(left.filter((name) => name.startsWith('blangko-'))).toEqual([]);
  }, 240_000);

  it.each([
    [['--scale', '2'], '--scale is a number above 0, up to 1, not "2"'],
    [['--from', 'audit'], '--from needs the --folder'],
    [['--from', 'nothing'], 'there is no step nothing'],
    [['--quickly'], "Unknown option '--quickly'"],
  ])('refuses %j', async (options, why) => {
    const { code, output, errors } = await verify(...options);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toContain(`verify: ${why}`);
  });

  it('does not touch a folder that holds anything', async () => {
    const folder = await mkdtemp(join(parent, 'full-'));
    await writeFile(join(folder, 'note'), 'ours');
    expect(await verify('--folder', folder)).toMatchObject({ code: 2, output: '' });
    expect(await readdir(folder)).toEqual(['note']);
  });
});
