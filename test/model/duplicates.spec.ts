import { afterAll, describe, expect, it } from '@jest/globals';
import type { AccountId } from '../../src/custody/account/account-id.js';
import { booksOf } from './books.js';
import type { Node } from './nodes.js';
import { Random } from './random.js';
import { nik } from './scene.js';
import {
  accepted,
  at,
  issue,
  MORNING,
  refusalOf,
  step,
  stockVillage,
  VILLAGE,
} from './told-steps.js';
import type { Step } from './steps.js';
import { World } from './world.js';

const COMMANDS = 2_500;
const COPIES = 4;
const NODES = 3;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);

const world = new World();

afterAll(() => world.close());

/** Each moves a blank of its own, so that each has one effect whenever it comes. */
function commandOn(number: number): Step {
  const id = `C-${String(number)}`;
  const serial = `2017-A/${String(number)}`;
  return number % 2 === 0
    ? issue(id, VILLAGE, serial, nik(number))
    : step('RecordSpoilage', id, VILLAGE, { serials: [serial] });
}

function changed(sent: Step): Step {
  return { ...sent, note: 'another body' };
}

let sendings = 0;

/** No two sendings in one millisecond: two nodes would then write the very same bytes. */
function nextMoment() {
  sendings += 1;
  return { now: MORNING + sendings, faults: [] };
}

async function sendAll(nodes: readonly Node[], steps: readonly Step[], random: Random) {
  const outcomes = new Map<string, Set<string>>();
  let effects = 0;
  await Promise.all(
    steps.map(async (sent) => {
      const { events, isReplay } = await accepted(random.pick(nodes), sent, nextMoment());
      const ids = outcomes.get(sent.commandId) ?? new Set();
      outcomes.set(sent.commandId, ids.add(events.map(({ id }) => id).join()));
      if (!isReplay) effects += 1;
    }),
  );
  return { outcomes, effects };
}

describe('duplicate commands', () => {
  it(`have one effect each: ${String(COMMANDS * COPIES)}, shuffled, across a restart (SEED=${String(SEED)})`, async () => {
    const random = new Random(SEED);
    const first = world.nodes(NODES);
    await stockVillage(world, first[0] as Node, COMMANDS);
    const commands = Array.from({ length: COMMANDS }, (_, index) => commandOn(index + 1));
    const copies = random.shuffled(Array.from({ length: COPIES }, () => commands).flat());
    const half = copies.length / 2;

    const answers = [];
    for (const [isAfterRestart, part] of [
      [false, copies.slice(0, half)],
      [true, copies.slice(half)],
    ] as const) {
      if (isAfterRestart) await world.restart();
      const nodes = world.nodes(NODES);
      for (let from = 0; from < part.length; from += 2) {
        answers.push(await sendAll(nodes, part.slice(from, from + 2), random));
      }
    }

    const ids = new Map<string, Set<string>>();
    for (const { outcomes } of answers) {
      for (const [command, set] of outcomes) {
        ids.set(command, new Set([...(ids.get(command) ?? []), ...set]));
      }
    }
    expect(answers.reduce((sum, { effects }) => sum + effects, 0)).toBe(COMMANDS);
    expect(ids.size).toBe(COMMANDS);
    expect([...ids.values()].every((set) => set.size === 1)).toBe(true);
    const { account, events } = await booksOf(world.store, VILLAGE as AccountId);
    expect(events).toHaveLength(COMMANDS + 1);
    expect(account.usable.isEmpty).toBe(true);
    expect(account.issued.size).toBe(COMMANDS / 2);
    expect(account.invalid.size).toBe(COMMANDS / 2);

    const [node] = world.nodes(1) as [Node];
    for (const sent of random.shuffled(commands).slice(0, 500)) {
      expect(await refusalOf(node, changed(sent), at(1))).toBe('idempotency_key_reused');
    }
    expect((await booksOf(world.store, VILLAGE as AccountId)).events).toHaveLength(COMMANDS + 1);
  }, 120_000);
});
