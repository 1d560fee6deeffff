import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CommitThread } from '../../src/event-store/embedded/commit-thread.js';
import { prepareForWriting } from '../../src/event-store/embedded/data-format.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { verifyLog } from '../../src/event-store/embedded/verify-log.js';
import {
  StoreReadOnly,
  StoreUnavailable,
  WrongExpectedVersion,
} from '../../src/event-store/event-store.js';
import { everyEvent, markedAppend, withLedgerFile } from '../support/event-store-files.js';

describe('the thread that writes', () => {
  it('leaves the event loop turning, and the log readable, while a commit waits', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer' });
      await store.append('custody-31', 'no_stream', markedAppend(2));
      // Another program's write transaction: a commit waits for it as it would for a slow disk.
      const other = new DatabaseSync(file);
      other.exec('BEGIN IMMEDIATE');
      let settled = 0;
      const waiting = ['custody-32', 'custody-33'].map((stream) =>
        store.append(stream, 'no_stream', markedAppend(2)).then(() => settled++),
      );
      for (let turns = 0; turns < 1_000; turns++) await turn();
      expect(settled).toBe(0);
      expect(await everyEvent(store)).toHaveLength(2);
      other.exec('COMMIT');
      other.close();
      await Promise.all(waiting);
      expect(await everyEvent(store)).toHaveLength(6);
      await store.close();
    });
  });

  it('answers what was under way and what waits before the store is closed', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer' });
      const first = store.append('custody-31', 'no_stream', markedAppend(1));
      await turn();
      const second = store.append('custody-32', 'no_stream', markedAppend(1));
      await store.close();
      expect((await Promise.all([first, second])).map(({ position }) => position)).toEqual([
        1n,
        2n,
      ]);
      await expect(store.append('custody-33', 'no_stream', markedAppend(1))).rejects.toThrow(
        StoreUnavailable,
      );
    });
  });

  it('decides on rows that are still under way as on those in the log', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer' });
      await store.append('custody-31', 'no_stream', markedAppend(1));
      // More than fit in one row, so that some are sent behind another.
      const events = Array.from({ length: 900 }, () => markedAppend(1));
      const at = (index: number) => BigInt(index);
      const first = events.map((append, index) => store.append('custody-31', at(index), append));
      const again = events.map((append, index) => store.append('custody-31', at(index), append));
      const late = events.map((_, index) =>
        store.append('custody-31', at(index), markedAppend(1)).catch((error: unknown) => error),
      );
      const results = await Promise.all(first);
      expect(results.map(({ revision }) => revision)).toEqual(events.map((_, i) => at(i + 1)));
      expect(await Promise.all(again)).toEqual(results);
      for (const refusal of await Promise.all(late))
        expect(refusal).toBeInstanceOf(WrongExpectedVersion);
      expect((await everyEvent(store)).map(({ id }) => id).slice(1)).toEqual(
        events.map(([event]) => event?.id),
      );
      await store.close();
      const { events: verified, commits } = await verifyLog(file);
      expect(verified).toBe(901);
      expect(commits).toBeGreaterThanOrEqual(5);
    });
  });

  it('refuses everything under way once a row could not be written', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer', maxFileBytes: 256 * 1024 });
      await store.append('custody-first', 'no_stream', markedAppend(1));
      const waiting = Array.from({ length: 900 }, (_, index) =>
        store.append(`custody-${index}`, 'no_stream', markedAppend(1, 'x'.repeat(1_000))),
      );
      const outcomes = await Promise.allSettled(waiting);
      const stands = outcomes.findIndex(({ status }) => status === 'rejected');
      for (const outcome of outcomes.slice(stands))
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreReadOnly) });
      expect(await everyEvent(store)).toHaveLength(stands + 1);
      await store.close();
      expect((await verifyLog(file)).events).toBe(stands + 1);
    });
  });

  it('is not read past what it has acknowledged', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer' });
      await store.append('custody-31', 'no_stream', markedAppend(1));
      const row = new DatabaseSync(file);
      row.exec(
        `INSERT INTO commits SELECT 2, hash, replace(streams, '31', '32'), body FROM commits`,
      );
      row.close();
      expect(await everyEvent(store)).toHaveLength(1);
      // And whoever has written there is found out by the next commit.
      await expect(store.append('custody-31', 0n, markedAppend(1))).rejects.toThrow(StoreReadOnly);
      expect(store.readOnlyReason).toContain('a row goes only after the last');
      await store.close();
    });
  });

  it.each([
    ['PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;', 'synchronous normal'],
    ['PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;', 'synchronous off'],
    ['PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;', 'journal_mode truncate'],
    ['no SQL', 'syntax error'],
  ])('is not taken with %s', async (pragmas, why) => {
    await withLedgerFile((file) => {
      prepareForWriting(file, null);
      expect(() => CommitThread.open(file, pragmas)).toThrow(why);
      return Promise.resolve();
    });
  });
});
