import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { Member } from './gossip.js';
import { failureOf, idsOf, proposed, read, withStandIn } from './with-stand-in.js';

describe('by gossip a client finds', () => {
  it('the only node', () =>
    withStandIn({}, async ({ server, client }) => {
      const found = EventStoreDBClient.connectionString(server.discoveryString);
      const event = proposed();
      await found.appendToStream('one', event);
      expect(idsOf(await read(client.readStream('one')))).toEqual([event.id]);
      await found.dispose();
    }));

  it('the leader that lives, whomever it asks', () =>
    withStandIn({}, (one) =>
      withStandIn({}, async (two) => {
        const [first, second] = [one.server.endPoint, two.server.endPoint];
        const dead: Member = { host: '127.0.0.1', port: 1, state: 'leader', isAlive: false };
        const members = (leader: 'first' | 'second'): Member[] => [
          dead,
          { ...first, state: leader === 'first' ? 'leader' : 'follower', isAlive: true },
          { ...second, state: leader === 'second' ? 'leader' : 'follower', isAlive: true },
          { host: '127.0.0.1', port: 2, state: 'manager', isAlive: true },
        ];
        for (const leader of ['first', 'second'] as const) {
          for (const { server } of [one, two]) server.setMembers(members(leader));
          for (const asked of [one, two]) {
            const found = EventStoreDBClient.connectionString(asked.server.discoveryString);
            await found.appendToStream(leader, proposed());
            await found.dispose();
          }
        }
        expect(await read(one.client.readStream('first'))).toHaveLength(2);
        expect(await read(two.client.readStream('second'))).toHaveLength(2);
      }),
    ));

  it('nobody while nobody leads or follows', () =>
    withStandIn({}, async ({ server }) => {
      server.setMembers([{ ...server.endPoint, state: 'manager', isAlive: true }]);
      const settings = '&maxDiscoverAttempts=2&discoveryInterval=1';
      const lost = EventStoreDBClient.connectionString(server.discoveryString + settings);
      const error = await failureOf(lost.appendToStream('one', proposed()));
      expect((error as Error).message).toContain('Failed to discover');
    }));
});
