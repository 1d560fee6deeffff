import { afterAll, describe, expect, it } from '@jest/globals';
import { REJECTION_CODES } from '../../src/custody/rejection.js';
import { COMMANDS, emptyTally, History, type Tally } from './history.js';
import { STEP_KINDS } from './steps.js';
import { World } from './world.js';

/*
 * Random histories through the real handlers, executors and store, against a model written apart
 * from them. HISTORIES=20000 runs more of them; SEED repeats a run.
 */

const HISTORIES = Number(process.env['HISTORIES'] ?? 2_500);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const NODES = 3;
/** Histories that run at the same time, and so share commits. */
const WAVE = 64;
/** How often each command and each rejection is met at least, in a run of 5,000 histories. */
const FLOOR = 100;

function table(tally: Tally): string {
  const line = (name: string, ...counts: readonly (number | undefined)[]): string =>
    name.padEnd(28) + counts.map((count) => String(count ?? 0).padStart(9)).join('');
  return [
    `seed ${String(SEED)}, ${String(HISTORIES)} histories of ${String(COMMANDS)} commands`,
    `command                      accepted  refused`,
    ...STEP_KINDS.map((kind) => line(kind, tally.accepted.get(kind), tally.refused.get(kind))),
    line('replayed', tally.replayed),
    line('acknowledgements lost', tally.lostAcknowledgements),
    '',
    ...REJECTION_CODES.map((code) => line(code, tally.rejections.get(code))),
    '',
  ].join('\n');
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

const world = new World();
const tally = emptyTally();

afterAll(async () => {
  process.stdout.write(`\n${table(tally)}`);
  await world.close();
});

describe('random histories', () => {
  it(
    `agree with the naive model (SEED=${String(SEED)})`,
    async () => {
      for (let first = 0; first < HISTORIES; first += WAVE) {
        const nodes = world.nodes(NODES);
        const indexes = Array.from(
          { length: Math.min(WAVE, HISTORIES - first) },
          (_, at) => first + at,
        );
        await Promise.all(
          indexes.map((index) => new History(world, nodes, index, SEED, tally).run()),
        );
      }
    },
    HISTORIES * 120,
  );

  const floor = Math.floor((FLOOR * Math.min(HISTORIES, 5_000)) / 5_000);

  it('accept at least 30% of the commands', () => {
    const accepted = sum(tally.accepted);
    expect(accepted / (accepted + sum(tally.refused))).toBeGreaterThan(0.3);
  });

  it.each(STEP_KINDS)(`accept %s at least ${String(floor)} times`, (kind) => {
    expect(tally.accepted.get(kind) ?? 0).toBeGreaterThanOrEqual(floor);
  });

  it.each(REJECTION_CODES)(`meet %s at least ${String(floor)} times`, (code) => {
    expect(tally.rejections.get(code) ?? 0).toBeGreaterThanOrEqual(floor);
  });
});
