import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/event-store.js';
import {
  collect,
  event,
  events,
  freshStream,
  idsOf,
  type ContractRun,
  type ContractTarget,
} from './contract-target.js';

/** Each of these closes stores, so it opens targets of its own. */
export function lifeContract(run: ContractRun): void {
  const withTarget = async (use: (target: ContractTarget) => Promise<void>): Promise<void> => {
    const target = await run.harness.open();
    try {
      await use(target);
    } finally {
      await target.dispose();
    }
  };

  describe('life of a store', () => {
    if (run.capabilities.startsEmpty) {
      it('begins empty: no head, nothing to read, caught up at nothing', async () => {
        await withTarget(async ({ store }) => {
          expect(await store.head()).toBeNull();
          expect(await collect(store.readAll())).toEqual([]);
          for await (const message of store.subscribeAll()) {
            expect(message).toEqual({ kind: 'caught_up', position: null });
            break;
          }
        });
      });
    }

    it('takes writes: no reason not to', () => {
      expect(run.store().readOnlyReason).toBeNull();
    });

    it('finishes what is queued, then closes; later calls say that it is closed', async () => {
      await withTarget(async ({ store }) => {
        const stream = freshStream();
        await store.append(stream, 'no_stream', events(1));
        const queued = Array.from({ length: 50 }, () =>
          store.append(freshStream(), 'no_stream', events(2)),
        );
        const closing = store.close();
        for (const result of await Promise.all(queued)) expect(result.revision).toBe(1n);
        await closing;
        await store.close();
        await expect(store.append(stream, 0n, [event()])).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(collect(store.readStream(stream))).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(collect(store.readAll())).rejects.toBeInstanceOf(StoreUnavailable);
      });
    });

    it('ends its subscriptions when it closes', async () => {
      await withTarget(async ({ store }) => {
        const after = (await store.head()) ?? undefined;
        const kinds: string[] = [];
        const followed = (async () => {
          for await (const { kind } of store.subscribeAll({ after })) {
            kinds.push(kind);
            if (kind === 'caught_up') void store.close();
          }
        })();
        await followed;
        expect(kinds).toEqual(['caught_up']);
      });
    });

    if (run.capabilities.reopens) {
      it('holds everything across reopening: events, revisions, retries, subscriptions', async () => {
        await withTarget(async (target) => {
          const stream = freshStream();
          const batch = events(300);
          const first = await target.store.append(stream, 'no_stream', batch);
          await target.store.append(freshStream(), 'no_stream', events(3));
          const before = await collect(target.store.readAll());
          const reopened = await target.reopen();
          expect(await collect(reopened.readAll())).toEqual(before);
          expect(await reopened.append(stream, 'no_stream', batch)).toEqual(first);
          const { revision, position } = await reopened.append(stream, 299n, [event()]);
          expect(revision).toBe(300n);
          expect(position > (before.at(-1)?.position ?? 0n)).toBe(true);
          expect(idsOf(await collect(reopened.readStream(stream, { max: 300 })))).toEqual(
            idsOf(batch),
          );
        });
      });
    }
  });
}
