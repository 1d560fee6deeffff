import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compiledSource } from '../../test/support/compiled-source.js';
import { endedProgram } from '../../test/support/ended-program.js';
import { moved } from '../../test/support/history-arbitraries.js';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import { choicesOf, historyOf } from '../../test/support/projection-world.js';
import type { ThreadedRebuild } from '../../test/support/rebuild-in-threads.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { hashReadModels } from './dump.js';
import { rebuildReadModels } from './rebuild.js';

/** Facilities move early and late, so that events of the register stand in several parts. */
function history(): readonly RecordedEvent[] {
  const world = historyOf(choicesOf(4, 400));
  world.history.add('register-facilities', moved('31.71.01', '32.01', '2022-12-08'));
  for (const choice of choicesOf(5, 400)) world.step(choice);
  world.history.add('register-facilities', moved('32.01', '31', '2023-01-01'));
  for (const choice of choicesOf(6, 200)) world.step(choice);
  return world.history.events;
}

/** With revisions that have no gaps. */
function renumbered(kept: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const next = new Map<string, bigint>();
  return kept.map((event) => {
    const revision = next.get(event.stream) ?? 0n;
    next.set(event.stream, revision + 1n);
    return { ...event, revision };
  });
}

const events = history();
let ledger: TemporaryLedger;
let ledgerFile: string;
let program: string;
let expected: string;

async function inThreads(file: string, threads: number, partEvents: number) {
  const args = [ledgerFile, file, String(threads), String(partEvents)];
  const { code, output, errors } = await endedProgram(program, args);
  expect(errors).toBe('');
  expect(code).toBe(0);
  return JSON.parse(output) as ThreadedRebuild;
}

beforeAll(async () => {
  program = join(await compiledSource(), 'test', 'support', 'rebuild-in-threads.js');
  ledger = await temporaryLedger(events);
  ledgerFile = join(ledger.folder, 'ledger.db');
  await rebuildReadModels(ledger.store, ledger.readModelsFile);
  expected = hashReadModels(ledger.readModelsFile);
}, 60_000);

afterAll(() => ledger.close());

describe('a rebuild in threads', () => {
  it.each([
    [1, 10],
    [2, 7],
    [2, 300],
    [3, 50],
    // Nothing to share out: too few events, or one event a part.
    [2, 1_000_000],
    [4, 1],
  ])('leaves the rows of one thread (%i threads, %i events at a time)', async (threads, part) => {
    const file = join(ledger.folder, `threads-${threads}-${part}.db`);
    const answer = await inThreads(file, threads, part);
    expect(answer).toMatchObject({
      rebuilt: { position: String(events.length), events: events.length, comparison: null },
    });
    expect(hashReadModels(file)).toBe(expected);
    if (!('progress' in answer)) throw new Error('it failed');
    const done = answer.progress.map(([count]) => count);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(answer.progress.at(-1)).toEqual([events.length, events.length]);
  });

  it.each([0, 1, 255, events.length])(
    'compares with an old file at position %i, even within a row',
    async (position) => {
      const short = await temporaryLedger(events.slice(0, position));
      const file = short.readModelsFile;
      await rebuildReadModels(short.store, file);
      const { comparison } = await rebuildReadModels(short.store, file);
      const answer = await inThreads(file, 2, 40);
      expect(answer).toMatchObject({
        rebuilt: { events: events.length, comparison: { rows: comparison?.rows, differences: [] } },
      });
      expect(hashReadModels(file)).toBe(expected);
      await short.close();
    },
  );

  it('finds rows that differ', async () => {
    const file = join(ledger.folder, 'changed.db');
    await rebuildReadModels(ledger.store, file);
    const database = new DatabaseSync(file);
    database.exec("UPDATE stock_own SET usable = usable + 1 WHERE account = '00' AND batch = ''");
    database.close();
    const answer = await inThreads(file, 2, 40);
    expect(answer).toMatchObject({
      rebuilt: { comparison: { differences: [{ table: 'stock_own' }] } },
    });
    expect(hashReadModels(file)).toBe(expected);
  });

  it('stops at the first event that cannot be taken in, and leaves no file', async () => {
    const first = events.findIndex(({ type }) => type === 'ShipmentDispatched');
    const sent = events[first];
    const { shipmentId } = sent?.data ?? {};
    const next = events.find(
      ({ type, data }) => type === 'ShipmentReceived' && data.shipmentId === shipmentId,
    );
    expect(next).toBeDefined();
    const without = events.filter((event) => event !== sent);
    const bad = await temporaryLedger(renumbered(without));
    const file = join(bad.folder, 'threads.db');
    const args = [join(bad.folder, 'ledger.db'), file, '2', '30'];
    const { output } = await endedProgram(program, args);
    const one = await rebuildReadModels(bad.store, bad.readModelsFile).catch((error: unknown) =>
      String(error),
    );
    const answer = JSON.parse(output) as ThreadedRebuild;
    expect('error' in answer ? `${answer.error}: ${answer.message}` : answer).toBe(one);
    expect(one).toMatch(/^RebuildFailed: shipments halted at position /);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.rebuild`)).toBe(false);
    await bad.close();
  });

  it('stops at a row that is damaged, naming it', async () => {
    const bad = await temporaryLedger(events);
    await bad.store.close();
    const badFile = join(bad.folder, 'ledger.db');
    const database = new DatabaseSync(badFile);
    database.exec('DROP TRIGGER commits_are_not_updated');
    const row = database.prepare('SELECT max(position) AS position FROM commits').get();
    const position = Number(row?.position);
    database
      .prepare(`UPDATE commits SET body = replace(body, '"type"', '"typ"') WHERE position = ?`)
      .run(position);
    database.close();
    const file = join(bad.folder, 'threads.db');
    const { output } = await endedProgram(program, [badFile, file, '2', '30']);
    expect(JSON.parse(output)).toMatchObject({
      error: 'LogCorrupt',
      message: expect.stringContaining(`position ${position}`),
    });
    expect(existsSync(file)).toBe(false);
    await bad.close();
  });
});
