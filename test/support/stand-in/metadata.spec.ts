import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { Follower } from './follower.js';
import { failureOf, idsOf, proposals, proposed, read, withStandIn } from './with-stand-in.js';

const SECOND_MS = 1_000;

async function revisionsOf(client: EventStoreDBClient, stream: string): Promise<bigint[]> {
  return (await read(client.readStream(stream))).map(({ revision }) => revision);
}

describe('the metadata of a stream', () => {
  it('are given back, the latest alone, and of the log too', () =>
    withStandIn({}, async ({ client }) => {
      expect((await client.getStreamMetadata('one')).metadata).toBeUndefined();
      for (const stream of ['one', '$all']) {
        await client.setStreamMetadata(stream, { maxCount: 9 });
        await client.setStreamMetadata(stream, { maxCount: 3, maxAge: 60, owner: 'officer-1' });
        const { metadata, metastreamRevision } = await client.getStreamMetadata(stream);
        expect(metadata).toEqual({ maxCount: 3, maxAge: 60, owner: 'officer-1' });
        expect(metastreamRevision).toBeGreaterThan(0n);
        expect(await revisionsOf(client, `$$${stream}`)).toEqual([1n]);
      }
    }));

  it('hide all but the last so many events, before a revision, and what is too old', () => {
    let nowMs = 1_500_000_000_000;
    return withStandIn({ nowMs: () => nowMs }, async ({ client }) => {
      for (let event = 0; event < 10; event++) {
        await client.appendToStream('one', proposed());
        nowMs += SECOND_MS;
      }
      const follower = async () => {
        const subscribed = new Follower(client.subscribeToStream('one'));
        await subscribed.untilSeen('caught_up');
        await subscribed.stop();
        return subscribed.count('event');
      };
      for (const [metadata, first] of [
        [{ maxCount: 3 }, 7],
        [{ truncateBefore: 4 }, 4],
        [{ truncateBefore: 8, maxCount: 5 }, 8],
        [{ maxAge: 6 }, 4],
        [{}, 0],
        [{ truncateBefore: 20 }, 10],
      ] as const) {
        await client.setStreamMetadata('one', { ...metadata });
        const seen = Array.from({ length: 10 - first }, (_, index) => BigInt(first + index));
        expect(await revisionsOf(client, 'one')).toEqual(seen);
        const backwards = client.readStream('one', { direction: 'backwards', fromRevision: 'end' });
        expect((await read(backwards)).map(({ revision }) => revision)).toEqual(seen.reverse());
        expect(await follower()).toBe(seen.length);
      }
      const inLog = (await read(client.readAll())).filter(({ streamId }) => streamId === 'one');
      expect(inLog).toHaveLength(10);
    });
  });

  it('make a stream exist', () =>
    withStandIn({}, async ({ client }) => {
      await client.setStreamMetadata('one', { owner: 'officer-1' });
      const options = { expectedRevision: 'stream_exists' } as const;
      const { nextExpectedRevision } = await client.appendToStream('one', proposed(), options);
      expect(nextExpectedRevision).toBe(0n);
    }));
});

describe('a soft delete', () => {
  it('hides the stream until it is appended to, whose revisions go on', () =>
    withStandIn({}, async ({ client }) => {
      const old = proposals(3);
      await client.appendToStream('one', old);
      await client.setStreamMetadata('one', { owner: 'officer-1' });
      await client.deleteStream('one', { expectedRevision: 2n });
      const missing = await failureOf(read(client.readStream('one')));
      expect(missing).toBeInstanceOf(StreamNotFoundError);
      const exists = { expectedRevision: 'stream_exists' } as const;
      expect(await failureOf(client.appendToStream('one', proposed(), exists))).toBeInstanceOf(
        StreamDeletedError,
      );
      const fresh = proposals(2);
      const again = { expectedRevision: 'no_stream' } as const;
      expect((await client.appendToStream('one', fresh, again)).nextExpectedRevision).toBe(4n);
      expect(idsOf(await read(client.readStream('one')))).toEqual(idsOf(fresh));
      expect(await revisionsOf(client, 'one')).toEqual([3n, 4n]);
      expect((await client.getStreamMetadata('one')).metadata).toMatchObject({ truncateBefore: 3 });
      expect((await read(client.readAll())).filter(({ streamId }) => streamId === 'one')).toEqual(
        expect.arrayContaining(old.map(({ id }) => expect.objectContaining({ id }) as unknown)),
      );
    }));

  it('is undone by metadata, with nothing in sight', () =>
    withStandIn({}, async ({ client }) => {
      await client.appendToStream('one', proposals(3));
      await client.deleteStream('one');
      await client.setStreamMetadata('one', { owner: 'officer-1' });
      expect(await revisionsOf(client, 'one')).toEqual([]);
      expect((await client.getStreamMetadata('one')).metadata).toEqual({
        owner: 'officer-1',
        truncateBefore: 3,
      });
    }));

  it('of another revision, or of no stream, is refused', () =>
    withStandIn({}, async ({ client }) => {
      await client.appendToStream('one', proposals(3));
      const error = await failureOf(client.deleteStream('one', { expectedRevision: 1n }));
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ streamName: 'one', expectedVersion: 1n, actualVersion: 2n });
      expect(await failureOf(client.deleteStream('nowhere'))).toBeInstanceOf(
        WrongExpectedVersionError,
      );
      expect(await revisionsOf(client, 'one')).toHaveLength(3);
    }));
});

describe('a tombstone', () => {
  it('ends the stream and its metadata for good', () =>
    withStandIn({}, async ({ client, server }) => {
      await client.appendToStream('one', proposals(3));
      const wrong = await failureOf(client.tombstoneStream('one', { expectedRevision: 0n }));
      expect(wrong).toBeInstanceOf(WrongExpectedVersionError);
      await client.tombstoneStream('one', { expectedRevision: 2n });
      await server.stop();
      await server.start();
      for (const attempt of [
        () => read(client.readStream('one')),
        () => client.appendToStream('one', proposed()),
        () => client.setStreamMetadata('one', { maxCount: 1 }),
        () => client.deleteStream('one'),
        () => client.tombstoneStream('one'),
      ]) {
        expect(await untilServed(attempt)).toBeInstanceOf(StreamDeletedError);
      }
      const last = (await read(client.readAll())).at(-1);
      expect(last).toMatchObject({ type: '$streamDeleted', revision: 2n ** 63n - 1n });
    }));
});

/** The first call after a stop finds the broken connection; it is tried again. */
async function untilServed(attempt: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    const error = await failureOf(attempt());
    if (!(error as Error).message.includes('UNAVAILABLE')) return error;
    await turn();
  }
}
