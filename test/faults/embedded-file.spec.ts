import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import {
  StoreReadOnly,
  StoreUnavailable,
  WrongExpectedVersion,
} from '../../src/event-store/event-store.js';
import {
  DATA_FORMAT_VERSION,
  readDataFormatVersion,
  UnknownDataFormat,
} from '../../src/event-store/embedded/data-format.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { verifyLog } from '../../src/event-store/embedded/verify-log.js';
import { WriterLocked } from '../../src/event-store/writer-lock.js';
import {
  assertWholeAppends,
  everyEvent,
  markedAppend,
  storedEvent,
  withLedgerFile,
} from '../support/event-store-files.js';
import { WriterProcess } from '../support/event-store-process.js';

/** Of a file, or `none`. */
function fingerprint(file: string): string {
  if (!existsSync(file)) return 'none';
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

async function makeLedger(file: string, appends = 5): Promise<void> {
  const store = openEmbeddedStore({ file, mode: 'writer' });
  for (let append = 0; append < appends; append++) {
    await store.append(`custody-${append}`, 'no_stream', markedAppend(3));
  }
  await store.close();
}

describe('the table of the log', () => {
  it.each([
    ['UPDATE', "UPDATE commits SET body = '[]' WHERE position = 4"],
    ['DELETE', 'DELETE FROM commits WHERE position = 4'],
    ['REPLACE', "REPLACE INTO commits VALUES (4, zeroblob(32), '[]', '[]')"],
    [
      'an upsert',
      "INSERT INTO commits VALUES (4, zeroblob(32), '[]', '[]') ON CONFLICT DO UPDATE SET body = '[]'",
    ],
    ['INSERT before the end', "INSERT INTO commits VALUES (5, zeroblob(32), '[]', '[]')"],
  ])('refuses %s', async (_, sql) => {
    await withLedgerFile(async (file) => {
      await makeLedger(file);
      const before = await verifyLog(file);
      const database = new DatabaseSync(file);
      expect(() => {
        database.exec(sql);
      }).toThrow('the log is append-only');
      database.close();
      expect(await verifyLog(file)).toEqual(before);
    });
  });

  it('is readable with nothing but SQLite', async () => {
    await withLedgerFile(async (file) => {
      await makeLedger(file, 1);
      const database = new DatabaseSync(file, { readOnly: true });
      const rows = database
        .prepare(
          "SELECT event.value ->> '$.data.index' AS n FROM commits, json_each(body) AS event",
        )
        .all();
      expect(rows.map(({ n }) => n)).toEqual([0, 1, 2]);
      database.close();
    });
  });
});

describe('durability', () => {
  it('is WAL with synchronous=FULL at the first open and at every other, read back', async () => {
    await withLedgerFile(async (file) => {
      for (let open = 0; open < 3; open++) {
        const store = openEmbeddedStore({ file, mode: 'writer' });
        expect(store.durability).toEqual({ journalMode: 'wal', synchronous: 'full' });
        await store.append(`custody-${open}`, 'no_stream', markedAppend(1));
        await store.close();
      }
    });
  });

  it('shares one commit among appends that arrive together', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer' });
      const append = (stream: number) => store.append(`custody-${stream}`, 'any', markedAppend(1));
      await Promise.all(Array.from({ length: 64 }, (_, stream) => append(stream)));
      expect(store.stats()).toMatchObject({ commits: 1, events: 64, streams: 64, queued: 0 });
      await append(0);
      expect(store.stats()).toMatchObject({ commits: 2, events: 65, streams: 64 });
      await store.append('custody-0', 'any', markedAppend(1_000));
      expect(store.stats().commits).toBe(3);
      await store.close();
    });
  });

  it('turns appends away as busy when too many wait, and takes them again afterwards', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer' });
      const settled = await Promise.allSettled(
        Array.from({ length: 5_000 }, (_, at) =>
          store.append(`s-${at}`, 'no_stream', [storedEvent()]),
        ),
      );
      const refused = settled.filter(({ status }) => status === 'rejected');
      expect(refused.length).toBe(5_000 - 4_096);
      for (const result of refused) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreUnavailable);
      }
      expect(store.stats().events).toBe(4_096);
      await store.append('s-4999', 'no_stream', [storedEvent()]);
      await store.close();
    });
  });

  it('tells an observer of each append', async () => {
    await withLedgerFile(async (file) => {
      const seen: number[] = [];
      const onAppend = (durationMs: number, events: number) => {
        expect(durationMs).toBeGreaterThanOrEqual(0);
        seen.push(events);
      };
      const store = openEmbeddedStore({ file, mode: 'writer', onAppend });
      await store.append('custody-1', 'no_stream', markedAppend(2));
      await expect(store.append('custody-1', 9n, markedAppend(3))).rejects.toBeInstanceOf(
        WrongExpectedVersion,
      );
      await store.append('custody-1', 1n, markedAppend(4));
      expect(seen).toEqual([2, 4]);
      await store.close();
    });
  });
});

describe('one writer', () => {
  it('in another process keeps a second out, admits readers, and frees the file by kill -9', async () => {
    await withLedgerFile(async (file) => {
      await using writer = await WriterProcess.start(file, 4);
      await writer.untilLines(20);
      const second = () => openEmbeddedStore({ file, mode: 'writer' });
      expect(second).toThrow(WriterLocked);
      expect(second).toThrow('in use: another process is writing it');

      const reader = openEmbeddedStore({ file, mode: 'reader', pollIntervalMs: 5 });
      expect(reader.readOnlyReason).not.toBeNull();
      await expect(reader.append('custody-9', 'no_stream', [storedEvent()])).rejects.toBeInstanceOf(
        StoreReadOnly,
      );
      const before = await reader.head();
      const known = writer.lines.length;
      await writer.untilLines(known + 200);
      expect((await reader.head()) ?? 0n).toBeGreaterThan(before ?? 0n);
      let live = 0;
      let caughtUp = 0;
      for await (const message of reader.subscribeAll({ after: before ?? undefined })) {
        if (message.kind === 'caught_up') caughtUp++;
        // Everything after the first caught_up was found by looking again.
        if (message.kind === 'events' && caughtUp > 0) live += message.events.length;
        if (live > 100) break;
      }
      await writer.kill();
      const [acknowledged = ''] = writer.acknowledged.slice(-1);
      const [stream = '', revision = '', ids = ''] = acknowledged.split(' ');
      for await (const [event] of reader.readStream(stream, { from: BigInt(revision), max: 1 })) {
        expect(event?.id).toBe(ids.split(',').at(-1));
      }
      assertWholeAppends(await everyEvent(reader));
      await reader.close();

      const next = openEmbeddedStore({ file, mode: 'writer' });
      await next.append('custody-9', 'no_stream', [storedEvent()]);
      await next.close();
    });
  });

  it('in the same process too, until it closes', async () => {
    await withLedgerFile(async (file) => {
      const first = openEmbeddedStore({ file, mode: 'writer' });
      expect(() => openEmbeddedStore({ file, mode: 'writer' })).toThrow(WriterLocked);
      await first.append('custody-1', 'no_stream', markedAppend(1));
      await first.close();
      const second = openEmbeddedStore({ file, mode: 'writer' });
      expect(await everyEvent(second)).toHaveLength(1);
      await second.close();
    });
  });
});

describe('the data format', () => {
  it('is stamped on a new file, and read without changing it', async () => {
    await withLedgerFile(async (file) => {
      expect(readDataFormatVersion(file)).toBeNull();
      await makeLedger(file);
      const before = fingerprint(file);
      expect(readDataFormatVersion(file)).toBe(DATA_FORMAT_VERSION);
      expect(fingerprint(file)).toBe(before);
    });
  });

  const strangers: readonly [what: string, make: (file: string) => Promise<void> | void][] = [
    [
      'of a newer version',
      async (file) => {
        await makeLedger(file);
        const database = new DatabaseSync(file);
        database.exec(`PRAGMA user_version = ${DATA_FORMAT_VERSION + 1}`);
        database.close();
      },
    ],
    [
      'of another program',
      (file) => {
        const database = new DatabaseSync(file);
        database.exec('CREATE TABLE notes (text)');
        database.close();
      },
    ],
    [
      'that is no database',
      (file) => {
        writeFileSync(file, 'Dear diary, '.repeat(1_000));
      },
    ],
  ];
  it.each(strangers)('refuses a file %s, and changes nothing', async (_, make) => {
    await withLedgerFile(async (file) => {
      await make(file);
      const before = fingerprint(file);
      for (const mode of ['writer', 'reader'] as const) {
        expect(() => openEmbeddedStore({ file, mode })).toThrow(UnknownDataFormat);
      }
      expect(fingerprint(file)).toBe(before);
    });
  });

  it('begins again where the making of a ledger was cut off', async () => {
    await withLedgerFile(async (file) => {
      // A first transaction that reaches the file before it is committed, and a journal to undo it.
      const first = new DatabaseSync(`${file}.first`);
      first.exec('PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (content)');
      for (let row = 0; row < 50; row++) {
        first.prepare('INSERT INTO half VALUES (?)').run('x'.repeat(5_000));
      }
      for (const suffix of ['', '-journal']) copyFileSync(`${file}.first${suffix}`, file + suffix);
      first.close();
      expect(statSync(file).size).toBeGreaterThan(0);
      await makeLedger(file);
      expect(existsSync(`${file}-journal`)).toBe(false);
      expect(readDataFormatVersion(file)).toBe(DATA_FORMAT_VERSION);
    });
  });

  it('says when there is no ledger to read', async () => {
    await withLedgerFile((file) => {
      expect(() => openEmbeddedStore({ file, mode: 'reader' })).toThrow(StoreUnavailable);
      expect(existsSync(file)).toBe(false);
      return Promise.resolve();
    });
  });
});

describe('the first write that fails', () => {
  it('for want of room: read-only from then on, reads go on, a restart is clean', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer', maxFileBytes: 256 * 1024 });
      const acknowledged: string[] = [];
      for (let group = 0; store.readOnlyReason === null; group++) {
        const settled = await Promise.allSettled(
          Array.from({ length: 20 }, async (_, offset) => {
            const batch = markedAppend(5, 'x'.repeat(200));
            await store.append(`custody-${group}-${offset}`, 'no_stream', batch);
            acknowledged.push(...batch.map(({ id }) => id));
          }),
        );
        for (const result of settled) {
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreReadOnly);
        }
      }
      expect(store.readOnlyReason).toContain('full');
      const files = () => [file, `${file}-wal`].map(fingerprint);
      const afterFailure = files();
      await expect(store.append('custody-9', 'no_stream', [storedEvent()])).rejects.toThrow('full');
      expect((await everyEvent(store)).map(({ id }) => id)).toEqual(acknowledged);
      expect(acknowledged.length).toBeGreaterThan(100);
      await store.close();
      // Nothing at all was written after the failure, not even a checkpoint.
      expect(files()).toEqual(afterFailure);

      const restarted = openEmbeddedStore({ file, mode: 'writer' });
      expect(restarted.readOnlyReason).toBeNull();
      expect((await everyEvent(restarted)).map(({ id }) => id)).toEqual(acknowledged);
      await restarted.append('custody-9', 'no_stream', [storedEvent()]);
      expect((await restarted.verify()).events).toBe(acknowledged.length + 1);
      await restarted.close();
    });
  });

  it('because the system refused it: the same, and everything acknowledged is there', async () => {
    await withLedgerFile(async (file) => {
      await using writer = await WriterProcess.start(file, 8, 1_024);
      await writer.ended();
      expect(writer.errors).toBe('');
      expect(writer.lines.at(-1)).toBe('refused StoreReadOnly');
      const store = openEmbeddedStore({ file, mode: 'writer' });
      const ids = new Set((await everyEvent(store)).map(({ id }) => id));
      const acknowledged = writer.acknowledged.flatMap(
        (line) => line.split(' ')[2]?.split(',') ?? [],
      );
      expect(acknowledged.length).toBeGreaterThan(100);
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      assertWholeAppends(await everyEvent(store));
      await store.append('custody-9', 'no_stream', [storedEvent()]);
      await store.verify();
      await store.close();
    });
  });
});

describe('a backup', () => {
  it('taken under load is one file, whole to a commit, and opens as a ledger', async () => {
    await withLedgerFile(async (file) => {
      const store = openEmbeddedStore({ file, mode: 'writer' });
      const append = (at: number) =>
        store.append(`custody-${at}`, 'no_stream', markedAppend(1 + (at % 5)));
      for (let group = 0; group < 20; group++) {
        await Promise.all(Array.from({ length: 50 }, (_, offset) => append(group * 50 + offset)));
      }
      const before = await store.head();
      const copying = store.backupTo(`${file}.backup`);
      for (let at = 1_000; at < 1_200; at++) await append(at);
      const { position } = await copying;
      expect(position ?? 0n).toBeGreaterThanOrEqual(before ?? 0n);
      expect(existsSync(`${file}.backup-wal`)).toBe(false);
      expect(existsSync(`${file}.backup.partial`)).toBe(false);
      const verified = await verifyLog(`${file}.backup`);
      expect(verified.position).toBe(position);

      const original = await everyEvent(store);
      const copy = openEmbeddedStore({ file: `${file}.backup`, mode: 'writer' });
      const copied = await everyEvent(copy);
      assertWholeAppends(copied);
      expect(copied).toEqual(original.slice(0, copied.length));
      await copy.append('custody-x', 'no_stream', [storedEvent()]);
      await copy.close();
      await store.close();
    });
  });

  it('never overwrites a file', async () => {
    await withLedgerFile(async (file) => {
      await makeLedger(file);
      const store = openEmbeddedStore({ file, mode: 'writer' });
      writeFileSync(`${file}.backup`, 'precious');
      await expect(store.backupTo(`${file}.backup`)).rejects.toThrow('never overwrites');
      expect(statSync(`${file}.backup`).size).toBe('precious'.length);
      await store.close();
    });
  });
});
