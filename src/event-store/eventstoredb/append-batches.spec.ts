import { setTimeout as delay } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { event, events } from '../../../test/contract/contract-target.js';
import { StandInServer } from '../../../test/support/stand-in/stand-in-server.js';
import { expectNoUnheardRejections } from '../../../test/support/unheard-rejections.js';
import { withAdapter } from '../../../test/support/stand-in/with-adapter.js';
import { StoreUnavailable, WrongExpectedVersion, type EventStore } from '../event-store.js';
import { EventStoreDbStore } from './eventstoredb-store.js';

expectNoUnheardRejections();

async function idsIn(store: EventStore, stream: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const batch of store.readStream(stream)) ids.push(...batch.map(({ id }) => id));
  return ids;
}

describe('appends in batches', () => {
  it('stand again after a cluster could not be discovered at all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'adapter-cluster-'));
    await using server = await StandInServer.start({ folder });
    const connectionString = `${server.discoveryString}&maxDiscoverAttempts=2&discoveryInterval=50`;
    const store = await EventStoreDbStore.open({ connectionString, appendMs: 1_000 });
    try {
      await store.append('custody-00', 'no_stream', [event()]);
      await server.stop();
      for (let attempt = 0; attempt < 2; attempt++)
        await expect(store.append('custody-00', 0n, [event()])).rejects.toThrow(StoreUnavailable);
      await server.start();
      const again = event();
      expect((await store.append('custody-00', 0n, [again])).revision).toBe(1n);
      expect(await idsIn(store, 'custody-00')).toContain(again.id);
    } finally {
      await store.close();
      await server.stop();
      await rm(folder, { recursive: true });
    }
  }, 20_000);

  it('go into a new call once the server has ended one', async () => {
    await withAdapter({}, async ({ store, server }) => {
      await store.append('custody-00', 'no_stream', [event()]);
      server.endBatchAppends();
      await delay(50);
      expect((await store.append('custody-00', 0n, [event()])).revision).toBe(1n);
      server.endBatchAppends();
      expect((await store.append('custody-00', 1n, [event()])).revision).toBe(2n);
    });
  });

  it('of which one is refused leave the others alone', async () => {
    await withAdapter({}, async ({ store }) => {
      const one = [event()];
      const results = await Promise.allSettled(
        Array.from({ length: 60 }, (_, index) =>
          // Each third has the place of another.
          store.append(
            `custody-${index % 3 === 0 ? 0 : index}`,
            'no_stream',
            index === 0 ? one : [event()],
          ),
        ),
      );
      const refused = results.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(19);
      for (const it of refused)
        expect((it as { reason: unknown }).reason).toBeInstanceOf(WrongExpectedVersion);
    });
  });

  it('whose answer comes too late are settled by the next attempt, and the late answer harms nobody', async () => {
    await withAdapter({ attemptMs: 150, appendMs: 3_000 }, async ({ store, server }) => {
      await store.append('custody-00', 'no_stream', [event()]);
      server.pause();
      const mine = events(3);
      const appended = store.append('custody-00', 0n, mine);
      await delay(400);
      server.resume();
      expect((await appended).revision).toBe(3n);
      await delay(100);
      expect((await idsIn(store, 'custody-00')).slice(1)).toEqual(mine.map(({ id }) => id));
    });
  });

  it('are single calls to a server that knows no others', async () => {
    await withAdapter({ server: { batchAppend: false } }, async ({ store }) => {
      const first = event();
      expect((await store.append('custody-00', 'no_stream', [first])).revision).toBe(0n);
      expect((await store.append('custody-00', 0n, events(2))).revision).toBe(2n);
      await expect(store.append('custody-00', 'no_stream', [event()])).rejects.toThrow(
        WrongExpectedVersion,
      );
      expect(await idsIn(store, 'custody-00')).toHaveLength(3);
    });
  });
});
