import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import {
  assertWholeAppends,
  everyEvent,
  faultCycles,
  faultSeed,
  seededRandom,
  storedEvent,
  withLedgerFile,
} from '../support/event-store-files.js';
import { writeUnfinishedLog } from '../support/unfinished-log.js';

describe('a write-ahead log cut off anywhere', () => {
  const cuts = faultCycles(300);
  const seed = faultSeed();

  it(
    `opens at a whole-command prefix: ${cuts} cuts (FAULT_SEED=${seed})`,
    async () => {
      const random = seededRandom(seed);
      await withLedgerFile(async (file) => {
        const ids = await writeUnfinishedLog(file, 120);
        const database = readFileSync(file);
        const log = readFileSync(`${file}-wal`);
        expect(log.length).toBeGreaterThan(50_000);
        const kept: (readonly [bytes: number, events: number])[] = [];
        for (let cut = 0; cut < cuts; cut++) {
          const bytes = Math.floor(random() * (log.length + 1));
          const copy = `${file}.cut`;
          for (const suffix of ['', '-wal', '-shm', '.lock'])
            rmSync(copy + suffix, { force: true });
          writeFileSync(copy, database);
          writeFileSync(`${copy}-wal`, log.subarray(0, bytes));
          const store = openEmbeddedStore({ file: copy, mode: 'writer' });
          const events = await everyEvent(store);
          expect(events.map(({ id }) => id)).toEqual(ids.slice(0, events.length));
          assertWholeAppends(events);
          expect((await store.verify()).events).toBe(events.length);
          await store.append('custody-next', 'no_stream', [storedEvent()]);
          await store.close();
          expect(existsSync(`${copy}-wal`)).toBe(false);
          kept.push([bytes, events.length]);
        }
        kept.sort(([a], [b]) => a - b);
        const counts = kept.map(([, events]) => events);
        expect(counts).toEqual([...counts].sort((a, b) => a - b));
        expect(new Set(counts).size).toBeGreaterThan(Math.min(20, cuts / 5));
      });
    },
    30_000 + cuts * 500,
  );
});
