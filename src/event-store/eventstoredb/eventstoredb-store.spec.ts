import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { proposals } from '../../../test/support/stand-in/with-stand-in.js';
import { expectNoUnheardRejections } from '../../../test/support/unheard-rejections.js';
import { withAdapter } from '../../../test/support/stand-in/with-adapter.js';
import {
  AppendRefused,
  LogCorrupt,
  StoreReadOnly,
  StoreUnavailable,
  WrongExpectedVersion,
  type EventStore,
  type EventToAppend,
  type RecordedEvent,
} from '../event-store.js';
import { EventStoreDbStore } from './eventstoredb-store.js';
import { RetentionSet } from './retention.js';

function event(): EventToAppend {
  return { id: randomUUID(), type: 'BlanksSpoiled', data: { count: 1 }, metadata: { schema: 1 } };
}

async function idsIn(store: EventStore, stream: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const batch of store.readStream(stream)) ids.push(...batch.map(({ id }) => id));
  return ids;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}

expectNoUnheardRejections();

describe('an append whose answer is lost', () => {
  it.each(['silence', 'cut'] as const)(
    'is settled by a retry with the same ids (%s)',
    async (how) => {
      await withAdapter({ attemptMs: 400 }, async ({ store, server }) => {
        const { position } = await store.append('custody-00', 'no_stream', [event()]);
        server.dropNextAppendAnswer(how);
        const lost = [event(), event()];
        const result = await store.append('custody-00', 0n, lost);
        expect(result.revision).toBe(2n);
        expect(result.position > position).toBe(true);
        expect((await idsIn(store, 'custody-00')).slice(1)).toEqual(lost.map(({ id }) => id));
        expect(await store.append('custody-00', 0n, lost)).toEqual(result);
      });
    },
  );

  it('is not sent again where the server could not tell a retry for certain', async () => {
    await withAdapter({ attemptMs: 300 }, async ({ store, server }) => {
      server.dropNextAppendAnswer('silence');
      const failure = await failureOf(store.append('custody-00', 'any', [event()]));
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(String(failure)).toContain('it may have been written');
      expect(await idsIn(store, 'custody-00')).toHaveLength(1);
    });
  });
});

describe('a server that does not answer', () => {
  it('gives every append its end in time, and takes appends again afterwards', async () => {
    await withAdapter({ attemptMs: 200, appendMs: 700 }, async ({ store, server }) => {
      await store.append('custody-00', 'no_stream', [event()]);
      server.pause();
      const start = performance.now();
      const waiting = Array.from({ length: 50 }, (_, index) =>
        failureOf(store.append(`custody-${index + 10}`, 'no_stream', [event()])),
      );
      for (const failure of await Promise.all(waiting))
        expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(performance.now() - start).toBeLessThan(3_000);
      server.resume();
      expect((await store.append('custody-00', 0n, [event()])).revision).toBe(1n);
    });
  });

  it('is waited for while it is started again', async () => {
    await withAdapter({ attemptMs: 500, appendMs: 10_000 }, async ({ store, server }) => {
      await store.append('custody-00', 'no_stream', [event()]);
      await server.stop();
      const appended = store.append('custody-00', 0n, [event()]);
      await delay(300);
      await server.start();
      expect((await appended).revision).toBe(1n);
      expect(await idsIn(store, 'custody-00')).toHaveLength(2);
    });
  });

  it('makes opening fail, saying so', async () => {
    await withAdapter({}, async ({ server }) => {
      const { connectionString } = server;
      await server.stop();
      const failure = await failureOf(EventStoreDbStore.open({ connectionString, readMs: 500 }));
      expect(failure).toBeInstanceOf(StoreUnavailable);
    });
  });

  it('lets reads fail with what the port knows', async () => {
    await withAdapter({ readMs: 300 }, async ({ store, server }) => {
      await store.append('custody-00', 'no_stream', [event()]);
      server.pause();
      expect(await failureOf(idsIn(store, 'custody-00'))).toBeInstanceOf(StoreUnavailable);
      server.resume();
      expect(await idsIn(store, 'custody-00')).toHaveLength(1);
    });
  });
});

describe('what a server refuses', () => {
  it('is the same whether it names no stream or a revision', async () => {
    await withAdapter({}, async ({ store }) => {
      const missing = await failureOf(store.append('custody-00', 3n, [event()]));
      expect(missing).toBeInstanceOf(WrongExpectedVersion);
      expect(missing).toMatchObject({ expected: 3n, actual: null });
    });
  });

  it('for its own bound is refused like one over ours', async () => {
    await withAdapter({ server: { maxAppendBytes: 100 } }, async ({ store }) => {
      const large = { ...event(), data: { note: 'x'.repeat(200) } };
      const failure = await failureOf(store.append('custody-00', 'no_stream', [large]));
      expect(failure).toBeInstanceOf(AppendRefused);
    });
  });

  it('because it follows another ends as an outage, nothing written', async () => {
    await withAdapter({ attemptMs: 200, appendMs: 600 }, async ({ store, server }) => {
      // Nobody listens there.
      server.setLeader({ host: '127.0.0.1', port: 9 });
      const failure = await failureOf(store.append('custody-00', 'no_stream', [event()]));
      expect(failure).toBeInstanceOf(StoreUnavailable);
      server.setLeader(null);
    });
  });
});

describe('a stream that was deleted', () => {
  it.each(['softly', 'for good'] as const)('%s is not taken for an empty one', async (how) => {
    await withAdapter({}, async ({ store, server }) => {
      await store.append('custody-00', 'no_stream', [event(), event()]);
      const client = EventStoreDBClient.connectionString(server.connectionString);
      if (how === 'softly') await client.deleteStream('custody-00');
      else await client.tombstoneStream('custody-00');
      await client.dispose();
      const read = await failureOf(idsIn(store, 'custody-00'));
      const append = await failureOf(store.append('custody-00', 1n, [event()]));
      expect(read).toBeInstanceOf(LogCorrupt);
      if (how === 'for good') expect(append).toBeInstanceOf(StoreReadOnly);
    });
  });
});

describe('a server set to forget', () => {
  it.each([{ maxAge: 60 }, { maxCount: 1_000 }, { truncateBefore: 3 }])(
    'is not opened (%j of $all)',
    async (metadata) => {
      await withAdapter({}, async ({ server }) => {
        const { connectionString } = server;
        const client = EventStoreDBClient.connectionString(connectionString);
        await client.setStreamMetadata('$all', metadata);
        const failure = await failureOf(EventStoreDbStore.open({ connectionString }));
        expect(failure).toBeInstanceOf(RetentionSet);
        await client.setStreamMetadata('$all', {});
        await client.dispose();
        const opened = await EventStoreDbStore.open({ connectionString });
        await opened.close();
      });
    },
  );
});

describe('a subscription', () => {
  it('goes on behind what it delivered: lagging, cut, restarted', async () => {
    const lost: unknown[] = [];
    const onLost = (why: unknown): void => {
      lost.push(why);
    };
    await withAdapter({ onLost }, async ({ store, server }) => {
      const ending = new AbortController();
      const received: RecordedEvent[] = [];
      let caughtUp = 0;
      const followed = (async () => {
        for await (const message of store.subscribeAll({ signal: ending.signal })) {
          if (message.kind === 'events') received.push(...message.events);
          if (message.kind === 'caught_up') caughtUp++;
        }
      })();
      const appended: string[] = [];
      const append = async (): Promise<void> => {
        const one = event();
        const at = appended.length === 0 ? 'no_stream' : BigInt(appended.length - 1);
        await store.append('custody-00', at, [one]);
        appended.push(one.id);
      };
      const until = async (condition: () => boolean): Promise<void> => {
        while (!condition()) await delay(10);
      };
      for (let round = 0; round < 5; round++) await append();
      await until(() => received.length === 5 && caughtUp > 0);
      server.failSubscriptions();
      await append();
      await until(() => received.length === 6);
      await server.stop();
      await server.start();
      await append();
      await until(() => received.length === 7);
      expect(received.map(({ id }) => id)).toEqual(appended);
      expect(lost.length).toBeGreaterThanOrEqual(2);
      ending.abort();
      await followed;
    });
  });

  it('keeps nothing that it has delivered', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await withAdapter({}, async ({ store }) => {
      const rounds = 300;
      const ending = new AbortController();
      const delivered: WeakRef<RecordedEvent>[] = [];
      const followed = (async () => {
        for await (const message of store.subscribeAll({ signal: ending.signal }))
          if (message.kind === 'events')
            for (const one of message.events) delivered.push(new WeakRef(one));
      })();
      for (let round = 0; round < rounds; round++) {
        await store.append('custody-00', round === 0 ? 'no_stream' : BigInt(round - 1), [event()]);
        while (delivered.length <= round) await delay(1);
      }
      await delay(50);
      collect();
      expect(delivered.filter((one) => one.deref() !== undefined).length).toBeLessThan(rounds / 10);
      ending.abort();
      await followed;
    });
  }, 30_000);

  it('of few streams is not taken for lost while others are written', async () => {
    const lost: unknown[] = [];
    const onLost = (why: unknown): void => {
      lost.push(why);
    };
    await withAdapter({ onLost, silenceMs: 100, readMs: 300 }, async ({ store }) => {
      const ending = new AbortController();
      const ids: string[] = [];
      const followed = (async () => {
        const { signal } = ending;
        for await (const message of store.subscribeAll({ signal, streamPrefixes: ['register-'] }))
          if (message.kind === 'events') ids.push(...message.events.map(({ id }) => id));
      })();
      for (let other = 0; other < 6; other++) {
        await store.append(`custody-${other}`, 'no_stream', [event()]);
        await delay(300);
      }
      const mine = event();
      await store.append('register-1', 'no_stream', [mine]);
      for (let wait = 0; wait < 100 && ids.length === 0; wait++) await delay(20);
      ending.abort();
      await followed;
      expect(ids).toEqual([mine.id]);
      expect(lost).toEqual([]);
    });
  });

  it('that the server has forgotten is noticed once the log has grown', async () => {
    const lost: unknown[] = [];
    const options = {
      silenceMs: 100,
      readMs: 400,
      onLost: (why: unknown) => {
        lost.push(why);
      },
    };
    await withAdapter(options, async ({ store, server }) => {
      const ending = new AbortController();
      const received: string[] = [];
      const kinds: string[] = [];
      const followed = (async () => {
        for await (const message of store.subscribeAll({ signal: ending.signal })) {
          if (message.kind === 'events') received.push(...message.events.map(({ id }) => id));
          kinds.push(message.kind);
        }
      })();
      while (!kinds.includes('caught_up')) await delay(10);
      server.muteSubscriptions();
      const client = EventStoreDBClient.connectionString(server.connectionString);
      await client.appendToStream('custody-00', proposals(1));
      await client.dispose();
      while (received.length === 0) await delay(10);
      expect(String(lost[0])).toContain('fallen silent');
      ending.abort();
      await followed;
    });
  });

  it('of a closed store ends, also while the server is away', async () => {
    const kinds: string[] = [];
    await withAdapter({ readMs: 300 }, async ({ store, server }) => {
      const followed = (async () => {
        for await (const message of store.subscribeAll()) {
          if (message.kind === 'caught_up') break;
        }
        for await (const { kind } of store.subscribeAll()) kinds.push(kind);
      })();
      await delay(200);
      await server.stop();
      await delay(100);
      await store.close();
      await followed;
      await server.start();
    });
    expect(kinds).toContain('caught_up');
  });
});
