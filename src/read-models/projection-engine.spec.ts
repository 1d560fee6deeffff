import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendHistory, History } from '../../test/support/projection-history.js';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import { choicesOf, ENTRY, historyOf } from '../../test/support/projection-world.js';
import type { EventStore, ReadAllOptions } from '../event-store/event-store.js';
import { batchesProjection } from './batches/batches-projection.js';
import { dumpReadModels, hashReadModels } from './dump.js';
import { singly } from './log-segment.js';
import type { Projection } from './projection.js';
import { FollowingModels } from './following-models.js';
import { KeptProvinces } from './kept-provinces.js';
import { ProjectionEngine, RebuildUnderWay } from './projection-engine.js';
import { PROJECTIONS } from './projections.js';
import { ReadModelDatabase } from './read-model-database.js';
import { ReadModelsMissing, ReadModelsReader } from './read-models-reader.js';
import { RebuildHere, type RebuildApart } from './rebuild-apart.js';
import { rebuildReadModels } from './rebuild.js';
import { registerProjections, type Halt } from './registry.js';

const LONG_MS = 60_000;

let ledger: TemporaryLedger;
const { events } = historyOf(choicesOf(11, 600)).history;
const HEAD = BigInt(events.length);

beforeEach(async () => {
  ledger = await temporaryLedger(events);
});
afterEach(async () => {
  await ledger.close();
});

function start(
  projections: readonly Projection[] = PROJECTIONS,
  batchEvents = 250,
  onHalt?: (name: string, halt: Halt) => void,
): ProjectionEngine {
  const { store, readModelsFile: file } = ledger;
  return ProjectionEngine.start({ store, file, projections, batchEvents, onHalt });
}

/** Projected in one go into a file of its own. */
async function freshHash(): Promise<string> {
  const file = `${ledger.readModelsFile}.fresh`;
  await rebuildReadModels(ledger.store, file);
  return hashReadModels(file);
}

/** Throws after `crashAfter` statements that write, in the midst of a transaction; then never again. */
function crashing(projection: Projection, crashAfter: number): Projection {
  let left = crashAfter;
  const count = (): void => {
    if (left === 0) throw new Error('crash');
    left -= 1;
  };
  return {
    ...projection,
    apply: (batch, database) => {
      const failing = Object.create(database, {
        run: {
          value: (sql: string, ...parameters: readonly (string | number | bigint | null)[]) => {
            count();
            database.run(sql, ...parameters);
          },
        },
        get: {
          value: (sql: string, ...parameters: readonly (string | number | bigint | null)[]) => {
            if (sql.startsWith('INSERT')) count();
            return database.get(sql, ...parameters);
          },
        },
        all: { value: database.all.bind(database) },
        iterate: { value: database.iterate.bind(database) },
      }) as ReadModelDatabase;
      projection.apply(batch, failing);
      if (left === 0) throw new Error('crash between rows and position');
      left -= 1;
    },
  };
}

describe('the projection engine', () => {
  it('brings every projection to the end of the log and says so', async () => {
    const engine = start();
    expect(await engine.waitFor(HEAD, LONG_MS)).toBe('reached');
    const status = await engine.status();
    expect(status).toEqual(
      PROJECTIONS.map(({ name }) => ({
        name,
        position: String(HEAD),
        isCaughtUp: true,
        haltedBy: null,
        lagEvents: 0,
        lagMs: 0,
      })),
    );
    await engine.close();
    expect(hashReadModels(ledger.readModelsFile)).toBe(await freshHash());
  });

  it('follows what is appended while it runs', async () => {
    const engine = start();
    await engine.waitFor(HEAD, LONG_MS);
    const waiting = engine.waitFor(HEAD + 1n, LONG_MS);
    const unnumbered = { ...ENTRY, count: 3, bag: 'K', seal: 'S', source: 'field' };
    const more = new History();
    const type = 'UnnumberedCardsRecorded';
    const next = more.add(
      'custody-31.74',
      { type, data: unnumbered },
      { id: events[0]?.id.replace(/^./, '0') ?? '' },
    );
    await appendHistory(ledger.store, [next]);
    expect(await waiting).toBe('reached');
    const row = engine.database.get("SELECT unnumbered FROM stock_own WHERE account = '31.74'");
    expect(row?.unnumbered).toBe(3);
    await engine.close();
  });

  it('resumes exactly after a crash at any statement, also between rows and position', async () => {
    const short = await temporaryLedger(events.slice(0, 120));
    const { store, folder } = short;
    const fresh = join(folder, 'fresh.db');
    await rebuildReadModels(store, fresh);
    const expected = hashReadModels(fresh);
    let crashes = 0;
    for (let after = 0; after < 300; after += 1 + Math.floor(after / 10)) {
      const file = join(folder, `crash-${after}.db`);
      const halted: string[] = [];
      const crashed = ProjectionEngine.start({
        store,
        file,
        projections: PROJECTIONS.map((it) => crashing(it, after)),
        batchEvents: 5 + (after % 20),
        onHalt: (name) => halted.push(name),
      });
      await crashed.waitFor(120n, LONG_MS);
      await crashed.close();
      if (halted.length > 0) crashes += 1;
      const resumed = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
      expect(await resumed.waitFor(120n, LONG_MS)).toBe('reached');
      await resumed.close();
      expect(hashReadModels(file)).toBe(expected);
    }
    expect(crashes).toBeGreaterThanOrEqual(30);
    await short.close();
  }, 60_000);

  it('leaves rows and position together when it is closed in the middle', async () => {
    const expected = await freshHash();
    for (let round = 0; round < 20; round += 1) {
      const engine = start(PROJECTIONS, 3);
      await engine.waitFor(BigInt(round * 10), LONG_MS);
      await engine.close();
    }
    const engine = start();
    await engine.waitFor(HEAD, LONG_MS);
    await engine.close();
    expect(hashReadModels(ledger.readModelsFile)).toBe(expected);
  });

  it.each([
    ['first', 0],
    ['last', PROJECTIONS.length],
  ])('halts alone and loudly before the event it cannot take in, as the %s', async (_name, at) => {
    const poison = events[41];
    if (poison === undefined) throw new Error('the history is longer');
    const picky: Projection = {
      ...batchesProjection,
      name: 'picky',
      tables: [{ name: 'picky', key: 'position', ddl: 'CREATE TABLE picky (position INTEGER)' }],
      apply: (segment, database) => {
        for (const { through } of singly(segment)) {
          if (through === poison.position) throw new Error('poison');
          database.run('INSERT INTO picky VALUES (?)', through);
        }
      },
    };
    const told: [string, Halt][] = [];
    const engine = start(PROJECTIONS.toSpliced(at, 0, picky), 250, (name, halt) =>
      told.push([name, halt]),
    );
    expect(await engine.waitFor(HEAD, LONG_MS)).toBe('halted');
    const names = PROJECTIONS.map(({ name }) => name);
    expect(await engine.waitFor(HEAD, LONG_MS, undefined, names)).toBe('reached');
    const { stream, revision, position } = poison;
    const halt = {
      position: String(position),
      stream,
      revision: String(revision),
      reason: 'poison',
    };
    expect(told).toEqual([['picky', halt]]);
    const status = (await engine.status()).find(({ name }) => name === 'picky');
    expect(status).toEqual({
      name: 'picky',
      position: String(position - 1n),
      isCaughtUp: false,
      haltedBy: halt,
      lagEvents: Number(HEAD - position) + 1,
      lagMs: null,
    });
    expect(engine.database.get('SELECT count(*) AS rows FROM picky')?.rows).toBe(41);
    await engine.close();
    const dumped = [...dumpReadModels(ledger.readModelsFile)];
    const fresh = `${ledger.readModelsFile}.fresh`;
    await rebuildReadModels(ledger.store, fresh);
    expect(dumped.filter((line) => !line.includes('"picky"'))).toEqual([...dumpReadModels(fresh)]);
    const reader = ReadModelsReader.open(ledger.store, ledger.readModelsFile);
    const seen = (await reader.status()).find(({ name }) => name === 'picky');
    expect(seen?.haltedBy).toEqual(halt);
    await reader.close();
  });

  it('halts every projection before an event that this program cannot read', async () => {
    const { id, metadata } = events[0] ?? { id: '', metadata: {} };
    const unknown = { id: id.replace(/^./, '1'), type: 'TeaBrewed', data: {}, metadata };
    await ledger.store.append('custody-31.74', 'no_stream', [unknown]);
    const engine = start();
    expect(await engine.waitFor(HEAD + 1n, LONG_MS)).toBe('halted');
    const status = await engine.status();
    expect(status.map(({ position }) => position)).toEqual(PROJECTIONS.map(() => String(HEAD)));
    expect(status.map(({ haltedBy }) => haltedBy?.stream)).toEqual(
      PROJECTIONS.map(() => 'custody-31.74'),
    );
    await engine.close();
  });

  it('makes the tables of another version anew, and only those', async () => {
    const first = start();
    await first.waitFor(HEAD, LONG_MS);
    first.database.run("UPDATE batch SET vendor = 'altered'");
    first.database.run("UPDATE shipment SET carrier = 'altered'");
    await first.close();
    const raised = PROJECTIONS.map((it) =>
      it.name === batchesProjection.name ? { ...it, version: 2 } : it,
    );
    const second = start(raised);
    await second.waitFor(HEAD, LONG_MS);
    const altered = (table: string, column: string) =>
      second.database.get(`SELECT count(*) AS rows FROM ${table} WHERE ${column} = 'altered'`)
        ?.rows;
    expect(altered('batch', 'vendor')).toBe(0);
    expect(altered('shipment', 'carrier')).not.toBe(0);
    await second.close();
  });
});

describe('waiting for a position', () => {
  it('ends when the time is over, or when the caller gives up', async () => {
    const engine = start();
    expect(await engine.waitFor(HEAD + 1n, 5)).toBe('timed_out');
    const giveUp = new AbortController();
    const waiting = engine.waitFor(HEAD + 1n, LONG_MS, giveUp.signal);
    giveUp.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    const open = engine.waitFor(HEAD + 1n, LONG_MS);
    await engine.close();
    expect(await open).toBe('timed_out');
  });

  it('works beside the process that writes', async () => {
    expect(() => ReadModelsReader.open(ledger.store, ledger.readModelsFile)).toThrow(
      ReadModelsMissing,
    );
    const engine = start();
    const reader = ReadModelsReader.open(ledger.store, ledger.readModelsFile);
    expect(await reader.waitFor(HEAD, LONG_MS)).toBe('reached');
    expect(await reader.waitFor(HEAD + 1n, 5)).toBe('timed_out');
    expect(reader.position()).toBe(HEAD);
    await reader.close();
    await engine.close();
  });
});

describe('a first start on a long log', () => {
  it('builds in bulk, and follows from there', async () => {
    const { store, readModelsFile: file } = ledger;
    let built: string | null = null;
    const here = new RebuildHere(store, PROJECTIONS);
    const apart: RebuildApart = {
      build: async (...parameters) => {
        const answer = await here.build(...parameters);
        built = answer.position;
        return answer;
      },
      compare: (files, onOpened) => here.compare(files, onOpened),
    };
    const engine = ProjectionEngine.start({
      ...{ store, file, projections: PROJECTIONS, apart, bulkEvents: events.length },
    });
    expect(await engine.waitFor(HEAD, LONG_MS)).toBe('reached');
    expect(built).toBe(String(HEAD));
    await engine.close();
    expect(hashReadModels(file)).toBe(await freshHash());
    built = null;
    const again = ProjectionEngine.start({
      ...{ store, file, projections: PROJECTIONS, apart, bulkEvents: 1 },
    });
    expect(await again.waitFor(HEAD, LONG_MS)).toBe('reached');
    expect(built).toBeNull();
    await again.close();
  });
});

describe('rebuilding while others write and ask', () => {
  it('puts fresh rows in place without a question that fails', async () => {
    const half = Math.floor(events.length / 2);
    const running = await temporaryLedger(events.slice(0, half));
    const { store, readModelsFile: file } = running;
    const engine = ProjectionEngine.start({
      store,
      file,
      projections: PROJECTIONS,
      batchEvents: 7,
    });
    await engine.waitFor(BigInt(half), LONG_MS);
    let isOver = false;
    const rebuilding = engine.rebuild().finally(() => {
      isOver = true;
    });
    await expect(engine.rebuild()).rejects.toThrow(RebuildUnderWay);
    const positions: bigint[] = [];
    for (let next = half; next < events.length; next += 5) {
      await appendHistory(store, events.slice(next, next + 5));
      const wanted = BigInt(Math.min(next + 5, events.length));
      expect(await engine.waitFor(wanted, LONG_MS)).toBe('reached');
      const row = engine.database.get('SELECT count(*) AS rows FROM stock_own');
      expect(row?.rows).toBeGreaterThan(0);
      positions.push(engine.position() ?? 0n);
    }
    const { comparison } = await rebuilding;
    expect(isOver).toBe(true);
    expect(comparison?.differences).toEqual([]);
    expect(comparison?.rows).toBeGreaterThan(100);
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
    await engine.close();
    const fresh = `${file}.fresh`;
    await rebuildReadModels(store, fresh);
    expect(hashReadModels(file)).toBe(hashReadModels(fresh));
    await running.close();
  });

  it('leaves nothing out while the log that it catches up with goes on', async () => {
    const file = `${ledger.readModelsFile}.catching-up`;
    const database = ReadModelDatabase.open(file);
    registerProjections(database, PROJECTIONS);
    const models = new FollowingModels(database, PROJECTIONS, KeptProvinces.all, (name, halt) => {
      throw new Error(`${name}: ${halt.reason}`);
    });
    let followed = 40n;
    // In batches smaller than what is asked for, as a long log gives them.
    const store = Object.create(ledger.store, {
      readAll: {
        value: async function* (options: ReadAllOptions) {
          for await (const batch of ledger.store.readAll(options))
            for (let from = 0; from < batch.length; from += 3) {
              yield batch.slice(from, from + 3);
              if (followed + 2n <= HEAD) followed += 2n;
            }
        },
      },
    }) as EventStore;
    while ((models.position ?? 0n) < HEAD) {
      await models.catchUp(store, () => followed, 20);
      followed = HEAD;
    }
    models.close();
    expect(hashReadModels(file)).toBe(await freshHash());
  });

  it('tells of rows that differed, and serves those of the log', async () => {
    const engine = start();
    await engine.waitFor(HEAD, LONG_MS);
    engine.database.exec('UPDATE stock_own SET missing = missing + 1');
    const { comparison } = await engine.rebuild();
    expect(comparison?.differences.length).toBeGreaterThan(0);
    await engine.close();
    expect(hashReadModels(ledger.readModelsFile)).toBe(await freshHash());
  });

  it('leaves the old ones in place where an event cannot be projected', async () => {
    const poisoned: Projection = {
      ...batchesProjection,
      apply: () => {
        throw new Error('poison');
      },
    };
    const { store, readModelsFile: file } = ledger;
    const apart = new RebuildHere(store, [poisoned]);
    const engine = ProjectionEngine.start({ store, file, projections: PROJECTIONS, apart });
    await engine.waitFor(HEAD, LONG_MS);
    await expect(engine.rebuild()).rejects.toThrow('batches halted at position 1: poison');
    expect(await engine.waitFor(HEAD, LONG_MS)).toBe('reached');
    await engine.close();
    expect(existsSync(`${file}.rebuild`)).toBe(false);
    expect(hashReadModels(file)).toBe(await freshHash());
  });
});

describe('rebuilding', () => {
  it('gives identical rows, and finds none to differ', async () => {
    const engine = start(PROJECTIONS, 11);
    await engine.waitFor(HEAD, LONG_MS);
    await engine.close();
    const before = [...dumpReadModels(ledger.readModelsFile)];
    const progress: number[] = [];
    const rebuilt = await rebuildReadModels(ledger.store, ledger.readModelsFile, {
      onProgress: (done) => {
        progress.push(done);
      },
    });
    expect(rebuilt.shares.map(({ projection }) => projection)).toEqual(
      PROJECTIONS.map(({ name }) => name),
    );
    expect(rebuilt).toMatchObject({
      position: String(HEAD),
      events: events.length,
      comparison: { rows: before.length - PROJECTIONS.length, differences: [] },
    });
    expect(progress.at(-1)).toBe(events.length);
    expect([...dumpReadModels(ledger.readModelsFile)]).toEqual(before);
  });

  it('reports rows that differ at the position of the old file, and replaces them', async () => {
    const engine = start(PROJECTIONS, 10);
    await engine.waitFor(HEAD, LONG_MS);
    engine.database.run(
      "UPDATE stock_own SET usable = usable + 1 WHERE account = 'B.2017-A' AND batch = '2017-A'",
    );
    engine.database.run("DELETE FROM batch WHERE code = 'LAMA'");
    await engine.close();
    const { comparison } = await rebuildReadModels(ledger.store, ledger.readModelsFile);
    const found = comparison?.differences.map(({ table, expected, actual }) => [
      table,
      expected === null,
      actual === null,
    ]);
    expect(found).toEqual([
      ['stock_own', false, false],
      ['batch', false, true],
    ]);
    expect(hashReadModels(ledger.readModelsFile)).toBe(await freshHash());
  });

  it('compares an old file that is behind the log at its own position', async () => {
    const short = await temporaryLedger(events.slice(0, 120));
    const { store, readModelsFile: file } = short;
    const behind = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
    await behind.waitFor(120n, LONG_MS);
    await behind.close();
    const { comparison, position } = await rebuildReadModels(ledger.store, file);
    expect(position).toBe(String(HEAD));
    expect(comparison?.differences).toEqual([]);
    expect(comparison?.rows).toBeGreaterThan(20);
    expect(hashReadModels(file)).toBe(await freshHash());
    await short.close();
  });
});
