import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compiledSource } from '../support/compiled-source.js';
import { endedProgram, type Ended } from '../support/ended-program.js';
import { compared, interleaved, median, uncompared, type Figure } from './figures.js';
import { figuresTable } from './figures-table.js';
import { REPLAY_THREADS } from './replay-threads.js';

const APPEND_PEERS = [
  'hand-written log',
  'SQLite, a transaction an event',
  'PostgreSQL table, bare, 10 connections',
  'PostgreSQL table, bare, 64 connections',
  'PostgreSQL table, ordered, 10 connections',
  'PostgreSQL table, ordered, 64 connections',
] as const;
const STORED_PEERS = ['embedded store, empty', ...APPEND_PEERS];
const IN_FLIGHT = [1, 16, 64, 256];
const IN_THREADS = `replay, full JSON, ${REPLAY_THREADS} threads`;

describe('figures', () => {
  it('have the middle of their measurements, however many there are', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
    expect(() => median([])).toThrow(RangeError);
  });

  it('are measured in turns, each round beginning with another contender', async () => {
    const order: string[] = [];
    const contender = (name: string) => ({
      name,
      measure: () => Promise.resolve(order.push(name)),
    });
    const samples = await interleaved(3, [contender('a'), contender('b')]);
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(samples.get('a')).toEqual([1, 4, 5]);
  });

  const samples = new Map([
    ['ours', [10, 40, 30]],
    ['theirs', [20, 20, 10]],
  ]);
  const comparison = {
    name: 'appends',
    inFlight: 16,
    unit: 'a second',
    contender: 'ours',
    peer: 'theirs',
  } as const;

  it('stand to their peer by the ratios of single rounds', () => {
    expect(compared(samples, comparison)).toEqual({
      name: 'appends',
      inFlight: 16,
      unit: 'a second',
      median: 30,
      min: 10,
      max: 40,
      peer: 'theirs',
      peerMedian: 20,
      ratio: 2,
      note: '',
    });
  });

  it('say why there is no peer, and line up in a table', () => {
    const alone = uncompared(
      samples,
      { ...comparison, peer: 'PostgreSQL' },
      'not installed: skipped',
    );
    expect(figuresTable([compared(samples, comparison), alone])).toBe(
      [
        '| name    | in flight | median |  min |  max | unit     | peer                                | of peer | ratio |',
        '| ------- | --------: | -----: | ---: | ---: | -------- | ----------------------------------- | ------: | ----: |',
        '| appends |        16 |   30.0 | 10.0 | 40.0 | a second | theirs                              |    20.0 |  2.00 |',
        '| appends |        16 |   30.0 | 10.0 | 40.0 | a second | PostgreSQL (not installed: skipped) |         |       |',
        '',
      ].join('\n'),
    );
  });
});

describe('npm run bench', () => {
  let program: string;
  let parent: string;

  beforeAll(async () => {
    program = join(await compiledSource(), 'test', 'bench', 'bench.js');
    parent = await mkdtemp(join(tmpdir(), 'bench-spec-'));
  }, 60_000);

  afterAll(async () => {
    await rm(parent, { recursive: true });
  });

  function bench(...options: readonly string[]): Promise<Ended> {
    return endedProgram(program, ['--folder', parent, ...options]);
  }

  it('measures everything against its peers, and leaves nothing behind', async () => {
    const { code, output, errors } = await bench('--quick', '--json');
    expect([code, errors]).toEqual([0, '']);
    const figures = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Figure);
    const rows = figures.map(({ name, inFlight, peer }) => [name, inFlight, peer]);
    const appends = (name: string, peers: readonly string[]) =>
      IN_FLIGHT.flatMap((inFlight) => peers.map((peer) => [name, inFlight, peer]));
    expect(rows).toEqual([
      ...appends('durable appends', APPEND_PEERS),
      ['durable commands over HTTP', 64, 'the same route without a store'],
      ['memory after these commands', null, 'before them'],
      ['replay, full JSON', null, 'the same rows, not parsed'],
      ['replay, full JSON', null, 'PostgreSQL cursor'],
      [IN_THREADS, null, 'the same rows, not parsed'],
      [IN_THREADS, null, 'PostgreSQL cursor'],
      ['replay into the stock read model', null, 'the same rows, not parsed'],
      ['replay into the stock read model', null, 'PostgreSQL cursor'],
      ['stock read model rebuilt, 2,000 stored', null, 'the same rows, not parsed'],
      ['start-up to ready, 2,000 stored', null, 'an empty ledger'],
      ['memory when ready, 2,000 stored', null, 'an empty ledger'],
      ...appends('durable appends, 2,000 stored', STORED_PEERS),
      ['appends to a server', 64, 'bare client, its batches'],
      ['appends to a server', 64, 'bare client, a call each'],
      ['events of a server, in reads of 50', 64, 'bare client'],
    ]);
    for (const figure of figures) {
      const { median: middle, min, max, peer, peerMedian, ratio, note } = figure;
      expect([middle, min, max].every((value) => value !== null && value > 0)).toBe(true);
      if (note === '')
        expect([peer, (peerMedian ?? 0) > 0, (ratio ?? 0) > 0]).toEqual([peer, true, true]);
      else expect([peer.startsWith('PostgreSQL'), peerMedian, ratio]).toEqual([true, null, null]);
    }
    expect(await readdir(parent)).toEqual([]);
  }, 120_000);

  it('prints a table of the benches asked for', async () => {
    const { code, output } = await bench('--quick', '--only', 'commands');
    expect(code).toBe(0);
    const lines = output.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(
      /^\| name +\| in flight \| +median \| +min \| +max \| unit +\| peer +\|/,
    );
    expect(lines[2]).toMatch(/^\| durable commands over HTTP +\| +64 \|/);
  }, 60_000);

  it.each([
    [['--only', 'everything'], 'there is no bench everything'],
    [['--stored', '0'], '--stored is a whole number from 1 to'],
    [['--quickly'], "Unknown option '--quickly'"],
  ])('refuses %j', async (options, why) => {
    const { code, output, errors } = await bench(...options);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toContain(`bench: ${why}`);
    expect(errors).toContain('--only NAME');
  });
});
