import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  eventTypeFilter,
  StreamDeletedError,
  streamNameFilter,
  TimeoutError,
  type EventStoreDBClient,
  type Filter,
  type Position,
} from '@eventstore/db-client';
import { Follower } from './follower.js';
import { idsOf, proposals, proposed, read, withStandIn } from './with-stand-in.js';

function follow(
  client: EventStoreDBClient,
  fromPosition: Position | 'start' | 'end' = 'start',
  filter?: Filter,
): Follower {
  const options = filter === undefined ? { fromPosition } : { fromPosition, filter };
  return new Follower(client.subscribeToAll(options));
}

/** Follows the stream `wanted`, checkpoints too. */
function followWanted(
  client: EventStoreDBClient,
  options: { readonly maxSearchWindow: number; readonly checkpointInterval?: number },
): Follower {
  let reached: Follower['reached'] = () => undefined;
  const checkpointReached = (_: unknown, position: Position): void => {
    reached(position);
  };
  const filter = streamNameFilter({ prefixes: ['wanted'], ...options, checkpointReached });
  const follower = follow(client, 'start', filter);
  reached = follower.reached;
  return follower;
}

describe('a subscription to a stream', () => {
  it('is confirmed, catches up, says so once, then follows', () =>
    withStandIn({}, async ({ client }) => {
      const [old, fresh] = [proposals(100), proposals(3)];
      await client.appendToStream('one', old);
      const follower = new Follower(client.subscribeToStream('one'));
      await follower.untilSeen('caught_up');
      expect(follower.seen[0]?.kind).toBe('confirmed');
      expect(follower.ids).toEqual(idsOf(old));
      await client.appendToStream('other', proposals(2));
      await client.appendToStream('one', fresh);
      await follower.untilSeen('event', 103);
      expect(follower.ids).toEqual(idsOf([...old, ...fresh]));
      expect(follower.count('caught_up')).toBe(1);
    }));

  it('begins after a revision, exclusive, or at the end', () =>
    withStandIn({}, async ({ client }) => {
      const old = proposals(10);
      await client.appendToStream('one', old);
      const after = new Follower(client.subscribeToStream('one', { fromRevision: 6n }));
      const late = new Follower(client.subscribeToStream('one', { fromRevision: 'end' }));
      await after.untilSeen('caught_up');
      await late.untilSeen('confirmed');
      const last = proposed();
      await client.appendToStream('one', last);
      await late.untilSeen('event');
      expect(late.ids).toEqual([last.id]);
      await after.untilSeen('event', 4);
      expect(after.ids).toEqual(idsOf([...old.slice(7), last]));
    }));

  it('waits for a stream that does not exist', () =>
    withStandIn({}, async ({ client }) => {
      const follower = new Follower(client.subscribeToStream('later'));
      await follower.untilSeen('confirmed');
      await client.appendToStream('other', proposed());
      const batch = proposals(2);
      await client.appendToStream('later', batch);
      await follower.untilSeen('caught_up');
      expect(follower.ids).toEqual(idsOf(batch));
    }));

  it('ends when the stream is deleted', () =>
    withStandIn({}, async ({ client }) => {
      await client.appendToStream('one', proposed());
      const follower = new Follower(client.subscribeToStream('one'));
      await follower.untilSeen('caught_up');
      await client.tombstoneStream('one');
      await follower.untilSeen('failed');
      expect(follower.error).toBeInstanceOf(StreamDeletedError);
    }));
});

describe('a subscription to the log', () => {
  it('is confirmed, catches up, says so once, then follows', () =>
    withStandIn({}, async ({ client }) => {
      const [old, fresh] = [proposals(100), proposals(50)];
      await client.appendToStream('one', old.slice(0, 60));
      await client.appendToStream('other', old.slice(60));
      const follower = follow(client);
      await follower.untilSeen('caught_up');
      expect(follower.seen[0]?.kind).toBe('confirmed');
      expect(follower.ids).toEqual(idsOf(old));
      for (const event of fresh) await client.appendToStream('one', event);
      await follower.untilSeen('event', 150);
      expect(follower.ids).toEqual(idsOf([...old, ...fresh]));
      expect(follower.count('caught_up')).toBe(1);
    }));

  it('begins after a position, exclusive, or at the end', () =>
    withStandIn({}, async ({ client }) => {
      const old = proposals(10);
      await client.appendToStream('one', old);
      const position = (await read(client.readAll()))[6]?.position;
      const after = follow(client, position);
      const late = follow(client, 'end');
      await after.untilSeen('caught_up');
      await late.untilSeen('confirmed');
      const last = proposed();
      const { position: end } = await client.appendToStream('one', last);
      await late.untilSeen('event');
      expect(late.ids).toEqual([last.id]);
      await after.untilSeen('event', 4);
      expect(after.ids).toEqual(idsOf([...old.slice(7), last]));
      const beyond = follow(client, end);
      await beyond.untilSeen('caught_up');
      expect(beyond.ids).toEqual([]);
    }));

  it('shows the streams of the system too', () =>
    withStandIn({}, async ({ client }) => {
      await client.appendToStream('one', proposed());
      await client.setStreamMetadata('one', { owner: 'officer-1' });
      await client.tombstoneStream('one');
      const follower = follow(client);
      await follower.untilSeen('caught_up');
      const events = follower.seen.filter((one) => one.kind === 'event');
      expect(events.map(({ stream, type, revision }) => [stream, type, revision])).toEqual([
        ['one', 'BlanksSpoiled', 0n],
        ['$$one', '$metadata', 0n],
        ['one', '$streamDeleted', 2n ** 63n - 1n],
      ]);
    }));

  const filters: readonly [what: string, filter: Filter, passing: readonly string[]][] = [
    ['stream prefixes', streamNameFilter({ prefixes: ['custody.', 'x'] }), ['a', 'd']],
    ['a regex on streams', streamNameFilter({ regex: '^custody' }), ['a', 'b']],
    ['type prefixes', eventTypeFilter({ prefixes: ['Blanks'] }), ['a', 'c']],
    ['a regex on types', eventTypeFilter({ regex: '^Ended$' }), ['d']],
  ];
  it.each(filters)('is filtered by %s, caught up or live', (_, filter, passing) =>
    withStandIn({}, async ({ client }) => {
      const append = async () => {
        for (const [stream, letter, type] of [
          ['custody.71', 'a', 'BlanksMoved'],
          ['custody', 'b', 'Moved'],
          ['office', 'c', 'BlanksEnded'],
          ['x', 'd', 'Ended'],
        ] as const) {
          await client.appendToStream(stream, proposed({ letter }, type));
        }
      };
      await append();
      const follower = follow(client, 'start', filter);
      await follower.untilSeen('caught_up');
      await append();
      await follower.untilSeen('event', 2 * passing.length);
      const letters = new Map(
        (await read(client.readAll())).map(({ id, data }) => [
          id,
          (data as { letter: string }).letter,
        ]),
      );
      expect(follower.ids.map((id) => letters.get(id))).toEqual([...passing, ...passing]);
    }),
  );

  it('tells while it catches up how far it is: at the ends of pages, every so many events', () =>
    withStandIn({}, async ({ client }) => {
      await client.appendToStream('skipped', proposals(25));
      await client.appendToStream('wanted', proposals(1));
      await client.appendToStream('skipped', proposals(24));
      const positions = (await read(client.readAll())).map(({ position }) => position?.commit);
      const follower = followWanted(client, { maxSearchWindow: 10, checkpointInterval: 2 });
      await follower.untilSeen('caught_up');
      // Pages of 10: the second passes nothing and tells where it began, the fourth too.
      expect(follower.seen.map((one) => ('position' in one ? one.position : one.kind))).toEqual([
        'confirmed',
        positions[10],
        'event',
        positions[30],
        'caught_up',
      ]);
    }));

  it('tells while it is live how far it is: after every so many events, passed or not', () =>
    withStandIn({}, async ({ client }) => {
      const follower = followWanted(client, { maxSearchWindow: 2, checkpointInterval: 2 });
      await follower.untilSeen('caught_up');
      const told: (bigint | undefined)[] = [];
      for (let number = 1; number <= 8; number++) {
        const stream = number === 4 ? 'wanted' : 'skipped';
        const { position } = await client.appendToStream(stream, proposed());
        if (number % 4 === 0) told.push(position?.commit);
      }
      await follower.untilSeen('checkpoint', 2);
      expect(follower.seen.map((one) => ('position' in one ? one.position : one.kind))).toEqual([
        'confirmed',
        'caught_up',
        'event',
        told[0],
        told[1],
      ]);
    }));

  it('goes on from any checkpoint without loss', () =>
    withStandIn({}, async ({ client }) => {
      for (let round = 0; round < 20; round++) {
        await client.appendToStream('skipped', proposals(7));
        await client.appendToStream('wanted', proposals(1 + (round % 3)));
      }
      const wanted = idsOf(await read(client.readStream('wanted')));
      const follower = followWanted(client, { maxSearchWindow: 5 });
      await follower.untilSeen('caught_up');
      expect(follower.count('checkpoint')).toBeGreaterThan(10);
      let received = 0;
      for (const one of follower.seen) {
        if (one.kind === 'event') received++;
        if (one.kind !== 'checkpoint') continue;
        const from = { commit: one.position, prepare: one.position };
        const again = follow(client, from, streamNameFilter({ prefixes: ['wanted'] }));
        await again.untilSeen('caught_up');
        expect(again.ids).toEqual(wanted.slice(received));
        await again.stop();
      }
    }));

  it('takes no more from the log than the client takes from it', () =>
    withStandIn({}, async ({ server, client }) => {
      const filler = 'x'.repeat(10_000);
      for (let part = 0; part < 20; part++) {
        const batch = Array.from({ length: 50 }, () => proposed({ filler }));
        await client.appendToStream('large', batch);
      }
      const subscription = client.subscribeToAll();
      await new Promise((resolve) => subscription.once('readable', resolve));
      let fetched = -1;
      // What the buffers of both ends hold, and no more.
      for (let quiet = 0; quiet < 200; quiet++) {
        await turn();
        const now = server.readers[0]?.fetched ?? 0;
        if (now !== fetched) quiet = 0;
        fetched = now;
      }
      expect(fetched).toBeGreaterThan(0);
      expect(fetched).toBeLessThan(500);
      const follower = new Follower(subscription);
      await follower.untilSeen('event', 1_000);
      expect(server.readers[0]?.fetched).toBe(1_000);
    }));

  it('ends as one that lags behind, when a test asks for it', () =>
    withStandIn({}, async ({ server, client }) => {
      const [all, one] = [follow(client), new Follower(client.subscribeToStream('one'))];
      await all.untilSeen('caught_up');
      await one.untilSeen('confirmed');
      server.failSubscriptions();
      await all.untilSeen('failed');
      await one.untilSeen('failed');
      expect(all.error).toBeInstanceOf(TimeoutError);
      expect(one.error).toBeInstanceOf(TimeoutError);
    }));

  it('is forgotten when the client leaves', () =>
    withStandIn({}, async ({ server, client }) => {
      const follower = follow(client);
      await follower.untilSeen('caught_up');
      expect(server.readers).toHaveLength(1);
      await follower.stop();
      while (server.readers.length > 0) await turn();
      expect(follower.error).toBeUndefined();
    }));
});
