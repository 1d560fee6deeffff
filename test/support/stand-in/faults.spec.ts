import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { AccessDeniedError, EventStoreDBClient, NotLeaderError } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { Follower } from './follower.js';
import { StandInServer } from './stand-in-server.js';
import {
  failureOf,
  idsOf,
  proposals,
  proposed,
  read,
  withStandIn,
  type StandInWorld,
} from './with-stand-in.js';

/** Tries until it is no longer the broken connection that fails. */
async function untilServed<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await turn();
    }
  }
}

function isOutage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof NotLeaderError || code === status.UNAVAILABLE || code === status.CANCELLED
  );
}

describe('a stand-in that is paused', () => {
  it('takes a connection and requests, and answers once it goes on', () =>
    withStandIn({}, async ({ server, client }) => {
      await client.appendToStream('one', proposed());
      const follower = new Follower(client.subscribeToStream('one'));
      await follower.untilSeen('caught_up');
      server.pause();
      const socket = createConnection(server.port, server.endPoint.host);
      await once(socket, 'connect');
      socket.destroy();
      let answered = 0;
      const settle = () => answered++;
      const late = proposed();
      const waiting = [
        client.appendToStream('one', late).finally(settle),
        read(client.readStream('one')).finally(settle),
        client.getStreamMetadata('one').finally(settle),
      ];
      const fresh = EventStoreDBClient.connectionString(server.connectionString);
      const first = fresh.appendToStream('two', proposed()).finally(settle);
      const deadline = { deadline: 50, credentials: { username: 'a', password: 'b' } };
      // An Append with a deadline of the call: by its end the others would have been answered.
      const error = await failureOf(client.appendToStream('one', proposed(), deadline));
      expect(error).toMatchObject({ type: 'deadline-exceeded' });
      expect(answered).toBe(0);
      expect(follower.count('event')).toBe(1);
      server.resume();
      await Promise.all([...waiting, first]);
      await follower.until(() => follower.ids.includes(late.id));
      await fresh.dispose();
    }));

  it.each([true, false])('has done nothing when it is killed (BatchAppend %s)', (batchAppend) =>
    withStandIn({ batchAppend }, async ({ server, client }) => {
      await client.appendToStream('one', proposed());
      server.pause();
      const append = failureOf(client.appendToStream('one', proposed()));
      const deletion = failureOf(client.tombstoneStream('one'));
      const gone = failureOf(read(client.readAll()));
      while (server.held < 3) await turn();
      await server.stop();
      expect(isOutage(await append)).toBe(true);
      expect(isOutage(await deletion)).toBe(true);
      expect(isOutage(await gone)).toBe(true);
      await server.start();
      expect(await untilServed(() => read(client.readStream('one')))).toHaveLength(1);
    }),
  );
});

describe('a stand-in that is stopped', () => {
  it('starts again on its port with its events, and the same client finds it', () =>
    withStandIn({}, async ({ server, client }) => {
      const before = proposals(20);
      await client.appendToStream('one', before);
      const follower = new Follower(client.subscribeToAll());
      await follower.untilSeen('caught_up');
      const { port } = server;
      await server.stop();
      await follower.untilSeen('failed');
      expect(isOutage(follower.error)).toBe(true);
      expect(isOutage(await failureOf(client.appendToStream('one', proposed())))).toBe(true);
      await server.start();
      expect(server.port).toBe(port);
      expect(idsOf(await untilServed(() => read(client.readStream('one'))))).toEqual(idsOf(before));
      const after = proposed();
      const options = { expectedRevision: 19n } as const;
      await untilServed(() => client.appendToStream('one', after, options));
      expect(follower.ids).toEqual(idsOf(before));
    }));

  it('is stopped once', () =>
    withStandIn({}, async ({ server }) => {
      await expect(server.start()).rejects.toThrow('is running');
      await server.stop();
      await server.stop();
      expect(() => {
        server.pause();
      }).toThrow('is stopped');
      await server.start();
    }));
});

describe('an answer that is lost', () => {
  async function committed({ server }: StandInWorld, stream: string): Promise<string[]> {
    const other = EventStoreDBClient.connectionString(server.connectionString);
    const follower = new Follower(other.subscribeToStream(stream));
    await follower.untilSeen('event');
    await other.dispose();
    return follower.ids;
  }

  it.each([true, false])('by silence: the append is there (BatchAppend %s)', (batchAppend) =>
    withStandIn({ batchAppend }, async (world) => {
      const { server, client } = world;
      const event = proposed();
      const options = { expectedRevision: 'no_stream' } as const;
      server.dropNextAppendAnswer('silence');
      let answered = false;
      const append = client.appendToStream('one', event, options).then(
        () => {
          answered = true;
        },
        () => undefined,
      );
      expect(await committed(world, 'one')).toEqual([event.id]);
      const retry = await client.appendToStream('one', event, options);
      expect(retry.nextExpectedRevision).toBe(0n);
      expect(answered).toBe(false);
      await client.dispose();
      await server.stop();
      await append;
    }),
  );

  it.each([true, false])('with its connection: a retry finds it (BatchAppend %s)', (batchAppend) =>
    withStandIn({ batchAppend }, async ({ server, client }) => {
      const event = proposed();
      const options = { expectedRevision: 'no_stream' } as const;
      server.dropNextAppendAnswer('cut');
      const error = await failureOf(client.appendToStream('one', event, options));
      expect(isOutage(error)).toBe(true);
      const retry = await untilServed(() => client.appendToStream('one', event, options));
      expect(retry.nextExpectedRevision).toBe(0n);
      expect(idsOf(await read(client.readStream('one')))).toEqual([event.id]);
    }),
  );
});

describe('a stand-in that does not lead', () => {
  it.each([true, false])(
    'says who does, and the client goes there (BatchAppend %s)',
    (batchAppend) =>
      withStandIn({ batchAppend }, (follower) =>
        withStandIn({ batchAppend }, async (leader) => {
          const { client, server } = follower;
          server.setLeader(leader.server.endPoint);
          const error = await failureOf(client.appendToStream('one', proposed()));
          expect(error).toBeInstanceOf(NotLeaderError);
          const { host: address, port } = leader.server.endPoint;
          expect(error).toMatchObject({ leader: { address, port } });
          const event = proposed();
          await untilServed(() => client.appendToStream('one', event));
          expect(idsOf(await read(leader.client.readStream('one')))).toEqual([event.id]);
          server.setLeader(null);
          const own = EventStoreDBClient.connectionString(server.connectionString);
          await own.appendToStream('own', proposed());
          await own.dispose();
        }),
      ),
  );
});

describe('a stream that is denied', () => {
  it.each([true, false])('is neither written nor read (BatchAppend %s)', (batchAppend) =>
    withStandIn({ batchAppend }, async ({ server, client }) => {
      await client.appendToStream('one', proposed());
      server.denyStreams(['one', '$all']);
      for (const attempt of [
        () => client.appendToStream('one', proposed()),
        () => read(client.readStream('one')),
        () => read(client.readAll()),
        () => client.deleteStream('one'),
        () => client.tombstoneStream('one'),
      ]) {
        expect(await failureOf(attempt())).toBeInstanceOf(AccessDeniedError);
      }
      await client.appendToStream('other', proposed());
      server.denyStreams([]);
      expect(await read(client.readStream('one'))).toHaveLength(1);
    }),
  );
});

it('a second stand-in in the same folder is refused', () =>
  withStandIn({}, async ({ server }) => {
    const { folder } = server;
    await expect(StandInServer.start({ folder })).rejects.toThrow();
  }));
