import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { proposals } from '../../../test/support/stand-in/with-stand-in.js';
import { withAdapter, type AdapterWorld } from '../../../test/support/stand-in/with-adapter.js';
import { event } from '../../../test/contract/contract-target.js';
import { StoreReadOnly } from '../event-store.js';
import { EventStoreDbStore } from './eventstoredb-store.js';
import { RetentionSet } from './retention.js';
import { RetentionWatch } from './retention-watch.js';

const STREAM = 'custody-31.71';
const SOON_MS = 5_000;

/** With a client of whoever runs the server, and three events in a stream of the ledger. */
async function withServer(
  use: (world: AdapterWorld & { readonly client: EventStoreDBClient }) => Promise<void>,
): Promise<void> {
  await withAdapter({}, async (world) => {
    const client = EventStoreDBClient.connectionString(world.server.connectionString);
    try {
      await client.appendToStream(STREAM, proposals(3));
      await use({ ...world, client });
    } finally {
      await client.dispose();
    }
  });
}

async function opening({ server }: AdapterWorld): Promise<unknown> {
  const { connectionString } = server;
  try {
    const store = await EventStoreDbStore.open({ connectionString });
    await store.close();
    return null;
  } catch (error) {
    return error;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + SOON_MS;
  while (!isSo()) {
    if (performance.now() > end) throw new Error('it did not come about');
    await delay(10);
  }
}

describe('a server that is told to forget', () => {
  it.each([
    ['maxAge', { maxAge: 60 }],
    ['maxCount', { maxCount: 3 }],
    ['tb', { truncateBefore: 1 }],
  ])('a stream of the ledger by $%s is not opened', async (key, metadata) => {
    await withServer(async (world) => {
      await world.client.setStreamMetadata(STREAM, metadata);
      const failure = await opening(world);
      expect(failure).toBeInstanceOf(RetentionSet);
      expect(String(failure)).toContain(`the metadata of ${STREAM} sets $${key} to`);
      await world.client.setStreamMetadata(STREAM, { owner: 'officer' });
      expect(await opening(world)).toBeNull();
    });
  });

  it.each(['deleteStream', 'tombstoneStream'] as const)(
    'a stream of the ledger by %s is not opened',
    async (method) => {
      await withServer(async (world) => {
        await world.client[method](STREAM, { expectedRevision: 2n });
        expect(String(await opening(world))).toMatch(/custody-31\.71.*would remove events/);
      });
    },
  );

  it('its own streams is none of the ledger’s business', async () => {
    await withServer(async (world) => {
      await world.client.setStreamMetadata('$stats-127.0.0.1:2113', { maxAge: 60 });
      expect(await opening(world)).toBeNull();
    });
  });

  it('while the ledger is open takes no more of it, until that is undone', async () => {
    await withServer(async ({ store, server, client }) => {
      expect(store.readOnlyReason).toBeNull();
      await client.setStreamMetadata(STREAM, { maxCount: 1_000 });
      await until(() => store.readOnlyReason !== null);
      expect(store.readOnlyReason).toContain('sets $maxCount to 1000');
      await expect(store.append(STREAM, 2n, [event()])).rejects.toThrow(StoreReadOnly);
      // Also by a watch that had to begin anew.
      await server.stop();
      await server.start();
      // The first call of a client after an outage fails with it.
      await client.setStreamMetadata(STREAM, {}).catch(() => client.setStreamMetadata(STREAM, {}));
      await until(() => store.readOnlyReason === null);
      expect((await store.append(STREAM, 2n, [event()])).revision).toBe(3n);
    });
  }, 20_000);

  it('while nothing is heard any more is noticed all the same', async () => {
    await withAdapter({ silenceMs: 200, readMs: 300 }, async ({ store, server }) => {
      const client = EventStoreDBClient.connectionString(server.connectionString);
      server.muteSubscriptions();
      await client.setStreamMetadata(STREAM, { maxCount: 3 });
      await client.dispose();
      await until(() => store.readOnlyReason !== null);
    });
  });

  it('in words that are no object is told nothing, and hears on', async () => {
    await withServer(async (world) => {
      const nothing = { ...jsonEvent({ type: '$metadata', data: {} }), data: null as never };
      await world.client.appendToStream(`$$${STREAM}`, [nothing]);
      expect(await opening(world)).toBeNull();
      await world.client.setStreamMetadata(STREAM, { maxCount: 3 });
      await until(() => world.store.readOnlyReason !== null);
    });
  });
});

describe('a watch that has not heard all', () => {
  /** Of a log in which forgetting was set and then undone, having heard of the first alone. */
  async function hearing(undo: boolean): Promise<string | null> {
    let found: string | null = null;
    await withServer(async ({ client }) => {
      await client.setStreamMetadata(STREAM, { maxCount: 3 });
      const standing = undo ? {} : { maxCount: 3 };
      // What the server says when it is asked is ahead of what was heard.
      const asked = Object.create(client, {
        getStreamMetadata: { value: () => Promise.resolve({ metadata: standing }) },
        subscribeToAll: {
          value: (...options: Parameters<typeof client.subscribeToAll>) => {
            const subscription = client.subscribeToAll(...options);
            const emit = subscription.emit.bind(subscription);
            subscription.emit = (name: string, ...rest: unknown[]) =>
              name === 'caughtUp' ? true : emit(name as 'end', ...(rest as []));
            return subscription;
          },
        },
      }) as EventStoreDBClient;
      const end = (): Promise<bigint | null> => Promise.resolve(null);
      const watch = new RetentionWatch({ client: asked, end, silenceMs: 5_000, patienceMs: 500 });
      await delay(500);
      expect(watch.fault).toBeNull();
      await watch.confirm();
      found = watch.fault?.message ?? null;
      await watch.stop();
    });
    return found;
  }

  it('blocks nothing for what was undone since', async () => {
    expect(await hearing(true)).toBeNull();
  });

  it('blocks for what stands when the server is asked', async () => {
    expect(await hearing(false)).toContain('sets $maxCount to 3');
  });
});
