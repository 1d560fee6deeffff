import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { REBUILD_THREADS, rebuildReadModels } from '../../src/read-models/rebuild.js';
import { stockProjection } from '../../src/read-models/stock/stock-projection.js';
import type { BenchRun } from './bench-run.js';
import {
  compared,
  interleaved,
  uncompared,
  type Contender,
  type Figure,
  type Samples,
} from './figures.js';
import { POSTGRES_CURSOR, PostgresTable } from './postgres-table.js';
import { REPLAY_THREADS, replayInThreads } from './replay-threads.js';

const UNPARSED = 'the same rows, not parsed';
const PARSED = 'replay, full JSON';
const PARSED_IN_THREADS = `replay, full JSON, ${REPLAY_THREADS} threads`;
const STOCK = 'replay into the stock read model';

/** Events a second out of the log: parsed, and through the projection of the stock. */
export async function benchReplay(run: BenchRun): Promise<readonly Figure[]> {
  const { logFile } = await run.storedLedger();
  const store = openEmbeddedStore({ file: logFile, mode: 'reader' });
  const contenders: Contender[] = [
    { name: UNPARSED, measure: () => rate(() => Promise.resolve(readRows(logFile))) },
    { name: PARSED, measure: () => rate(() => readEvents(store)) },
    { name: PARSED_IN_THREADS, measure: () => rate(() => replayInThreads(logFile)) },
    { name: STOCK, measure: () => rate(() => rebuildStock(run.folder, store)) },
  ];
  const server = await run.postgres();
  let table: PostgresTable | null = null;
  if (server.kind === 'running') {
    table = await filledTable(run, server);
    const postgres = table;
    contenders.push({
      name: POSTGRES_CURSOR,
      measure: () => rate(() => postgres.readThroughCursor()),
    });
  }
  run.progress('replay');
  const samples = await interleaved(run.settings.rounds, contenders);
  await table?.close();
  await store.close();
  const replays = [PARSED, PARSED_IN_THREADS, STOCK].flatMap((name) => {
    const figure = { name, inFlight: null, unit: 'a second', contender: name } as const;
    const cursor = { ...figure, peer: POSTGRES_CURSOR };
    return [
      compared(samples, { ...figure, peer: UNPARSED }),
      server.kind === 'running'
        ? compared(samples, cursor)
        : uncompared(samples, cursor, server.why),
    ];
  });
  const { stored } = run.settings;
  const rebuilt = compared(asDurations(samples, stored), {
    name: `stock read model rebuilt, ${stored.toLocaleString('en-US')} stored`,
    inFlight: null,
    unit: 'ms',
    contender: STOCK,
    peer: UNPARSED,
  });
  return [...replays, rebuilt];
}

/** Events a second as milliseconds for all of them. */
function asDurations(rates: Samples, events: number): Samples {
  const durations = [...rates].map(
    ([name, values]) => [name, values.map((value) => (events * 1_000) / value)] as const,
  );
  return new Map(durations);
}

async function filledTable(
  run: BenchRun,
  server: Parameters<typeof PostgresTable.create>[0],
): Promise<PostgresTable> {
  run.progress('filling the PostgreSQL table');
  const table = await PostgresTable.create(server, 'replay_events');
  await table.fill(run.settings.stored);
  return table;
}

async function rate(read: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const events = await read();
  return (events * 1_000) / (performance.now() - start);
}

/** Every row as text, in order: what any reader of this log must do at least. */
function readRows(logFile: string): number {
  const database = new DatabaseSync(logFile, { readOnly: true });
  try {
    const rows = database.prepare('SELECT position, streams, body FROM commits ORDER BY position');
    let characters = 0;
    for (const { streams, body } of rows.iterate())
      characters += String(streams).length + String(body).length;
    if (characters === 0) throw new Error('the log is empty');
    const last = database.prepare('SELECT max(position) AS position FROM commits').get();
    const inLast = database
      .prepare('SELECT json_array_length(body) AS n FROM commits ORDER BY position DESC LIMIT 1')
      .get();
    return Number(last?.position) + Number(inLast?.n) - 1;
  } finally {
    database.close();
  }
}

async function readEvents(store: EventStore): Promise<number> {
  let events = 0;
  for await (const batch of store.readAll()) events += batch.length;
  return events;
}

async function rebuildStock(folder: string, store: EventStore): Promise<number> {
  const file = join(folder, 'stock.db');
  // With an old file there it would also compare the two.
  rmSync(file, { force: true });
  const { events } = await rebuildReadModels(store, file, {
    projections: [stockProjection],
    threads: REBUILD_THREADS,
  });
  return events;
}
