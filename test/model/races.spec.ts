import { afterAll, describe, expect, it } from '@jest/globals';
import type { AccountId } from '../../src/custody/account/account-id.js';
import { booksOf } from './books.js';
import type { Answer, Node } from './nodes.js';
import { nik } from './scene.js';
import { at, dispatch, issue, stockVillage, VILLAGE } from './told-steps.js';
import { World } from './world.js';

const ROUNDS = 1_000;
const CLAIMANTS = 20;
const NODES = 3;

const world = new World();

afterAll(() => world.close());

/** One of twenty: half would issue the blank, half would send it away. */
function claim(round: number, claimant: number) {
  const id = `${String(round)}-${String(claimant)}`;
  const serial = `2017-A/${String(round)}`;
  return claimant % 2 === 0
    ? issue(id, VILLAGE, serial, nik(claimant + 1))
    : dispatch(id, VILLAGE, '31', [serial]);
}

function nameOf(answer: Answer): string {
  return answer.kind === 'refused' ? answer.rejection.code : answer.kind;
}

describe('a race for one serial', () => {
  it(`has one winner, ${String(ROUNDS)} times over ${String(NODES)} nodes`, async () => {
    const nodes = world.nodes(NODES);
    await stockVillage(world, nodes[0] as Node, ROUNDS);
    const losers = new Map<string, number>();
    for (let round = 1; round <= ROUNDS; round++) {
      const answers = await Promise.all(
        Array.from({ length: CLAIMANTS }, (_, claimant) => {
          const node = nodes[claimant % NODES] as Node;
          return node.send(claim(round, claimant), at(1));
        }),
      );
      const names = answers.map(nameOf);
      expect(names.filter((name) => name === 'accepted')).toHaveLength(1);
      for (const name of names) losers.set(name, (losers.get(name) ?? 0) + 1);
    }
    losers.delete('accepted');
    const allowed = ['serials_not_usable_here', 'busy'];
    expect([...losers.keys()].filter((name) => !allowed.includes(name))).toEqual([]);
    expect([...losers.values()].reduce((sum, count) => sum + count, 0)).toBe(
      ROUNDS * (CLAIMANTS - 1),
    );
    const { account } = await booksOf(world.store, VILLAGE as AccountId);
    expect(account.usable.isEmpty).toBe(true);
    expect(account.issued.size + account.shipmentsSent).toBe(ROUNDS);
  }, 120_000);
});
