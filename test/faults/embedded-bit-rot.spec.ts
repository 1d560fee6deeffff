import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { LogCorrupt } from '../../src/event-store/event-store.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { verifyLog } from '../../src/event-store/embedded/verify-log.js';
import {
  everyEvent,
  faultCycles,
  faultSeed,
  markedAppend,
  seededRandom,
  withLedgerFile,
} from '../support/event-store-files.js';

interface Row {
  readonly position: number;
  readonly hash: Uint8Array;
  readonly streams: Uint8Array;
  readonly body: Uint8Array;
}

type Random = () => number;

/** A copy of a log whose guards are gone, as if somebody had edited the file. */
class TamperedCopy {
  readonly #database: DatabaseSync;
  readonly rows: readonly Row[];

  constructor(readonly file: string) {
    this.#database = new DatabaseSync(file);
    const triggers = this.#database.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
    );
    for (const { name } of triggers.all()) this.#database.exec(`DROP TRIGGER ${String(name)}`);
    this.rows = this.#database
      .prepare(
        `SELECT position, hash, CAST(streams AS BLOB) AS streams, CAST(body AS BLOB) AS body
         FROM commits ORDER BY position`,
      )
      .all() as unknown as Row[];
  }

  replace(rows: readonly Row[]): void {
    this.#database.exec('BEGIN; DELETE FROM commits;');
    const insert = this.#database.prepare(
      'INSERT INTO commits VALUES (?, ?, CAST(? AS TEXT), CAST(? AS TEXT))',
    );
    for (const { position, hash, streams, body } of rows) {
      insert.run(position, hash, streams, body);
    }
    this.#database.exec('COMMIT');
  }

  /** The position at which verifying stops, or null when it finds nothing. */
  async damagedAt(): Promise<number | null> {
    try {
      await verifyLog(this.file);
      return null;
    } catch (error) {
      if (!(error instanceof LogCorrupt)) throw error;
      return Number(/at position (\d+):/.exec(error.message)?.[1]);
    }
  }

  close(): void {
    this.#database.close();
  }
}

async function tampered(use: (copy: TamperedCopy) => Promise<void>): Promise<void> {
  await withLedgerFile(async (file) => {
    const store = openEmbeddedStore({ file, mode: 'writer' });
    for (let round = 0; round < 40; round++) {
      await Promise.all(
        Array.from({ length: 1 + (round % 3) }, (_, stream) =>
          store.append(`custody-${stream}`, 'any', markedAppend(1 + (round % 4))),
        ),
      );
    }
    await store.backupTo(`${file}.copy`);
    await store.close();
    const copy = new TamperedCopy(`${file}.copy`);
    try {
      expect(await copy.damagedAt()).toBeNull();
      await use(copy);
    } finally {
      copy.close();
    }
  });
}

function pick(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function changedByte(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const at = pick(random, changed.length);
  changed[at] = ((changed[at] ?? 0) + 1 + pick(random, 255)) % 256;
  return changed;
}

/** Each makes one change to the rows and says at which position it must be found. */
type Change = (rows: Row[], random: Random) => number;

const changes: Readonly<Record<string, Change>> = {
  'a byte changed in a hash, streams or body': (rows, random) => {
    const at = pick(random, rows.length);
    const row = rows[at];
    if (row === undefined) throw new Error('no row');
    const column = (['hash', 'streams', 'body'] as const)[pick(random, 3)] ?? 'body';
    rows[at] = { ...row, [column]: changedByte(row[column], random) };
    return row.position;
  },
  'a row moved to another position': (rows, random) => {
    const at = pick(random, rows.length);
    const row = rows[at];
    const taken = new Set(rows.map(({ position }) => position));
    let position = 1 + pick(random, 400);
    while (taken.has(position)) position++;
    if (row === undefined) throw new Error('no row');
    rows[at] = { ...row, position };
    const inside = rows.find(
      (one) => one.position < position && position < one.position + spanOf(one),
    );
    return inside !== undefined && inside !== rows[at] && position < row.position
      ? position
      : row.position;
  },
  'the contents of two rows exchanged': (rows, random) => {
    const first = pick(random, rows.length - 1);
    const second = first + 1 + pick(random, rows.length - 1 - first);
    const [a, b] = [rows[first], rows[second]];
    if (a === undefined || b === undefined) throw new Error('no row');
    rows[first] = { ...b, position: a.position };
    rows[second] = { ...a, position: b.position };
    return a.position;
  },
  'a row deleted, not the last': (rows, random) => {
    const [gone] = rows.splice(pick(random, rows.length - 1), 1);
    return gone?.position ?? 0;
  },
  'a row inserted at the end': (rows) => {
    const last = rows.at(-1);
    if (last === undefined) throw new Error('no row');
    const position = last.position + spanOf(last);
    rows.push({ ...last, position });
    return position;
  },
  'a row inserted inside another': (rows, random) => {
    const wide = rows.filter((row) => spanOf(row) > 1);
    const host = wide[pick(random, wide.length)];
    if (host === undefined) throw new Error('no row');
    const position = host.position + 1 + pick(random, spanOf(host) - 1);
    rows.push({ ...host, position });
    return position;
  },
};

function spanOf(row: Row): number {
  return (JSON.parse(Buffer.from(row.body).toString('utf8')) as readonly unknown[]).length;
}

describe('what was changed in the log behind its back', () => {
  const seed = faultSeed();
  const cycles = faultCycles(200);

  it.each(Object.entries(changes))(
    `is detected and located: %s (FAULT_SEED=${seed})`,
    async (_, change) => {
      const random = seededRandom(seed);
      await tampered(async (copy) => {
        for (let cycle = 0; cycle < cycles; cycle++) {
          const rows = [...copy.rows];
          const expected = change(rows, random);
          copy.replace(rows);
          expect([cycle, await copy.damagedAt()]).toEqual([cycle, expected]);
        }
        copy.replace(copy.rows);
        expect(await copy.damagedAt()).toBeNull();
      });
    },
    30_000 + cycles * 200,
  );

  it('shows in the head, when it is the last row that is gone: no chain can see that', async () => {
    await tampered(async (copy) => {
      const before = await verifyLog(copy.file);
      copy.replace(copy.rows.slice(0, -1));
      const after = await verifyLog(copy.file);
      expect(after.hash).not.toBe(before.hash);
      expect(after.position).not.toBe(before.position);
    });
  });

  it('stops reading too, at the row that does not parse', async () => {
    await tampered(async (copy) => {
      const rows = [...copy.rows];
      const row = rows[20];
      if (row === undefined) throw new Error('no row');
      rows[20] = { ...row, body: Buffer.from(Buffer.from(row.body).toString().replace(':', ';')) };
      copy.replace(rows);
      const store = openEmbeddedStore({ file: copy.file, mode: 'reader' });
      await expect(everyEvent(store)).rejects.toBeInstanceOf(LogCorrupt);
      await expect(everyEvent(store)).rejects.toThrow(`at position ${row.position}:`);
      await store.close();
    });
  });
});
