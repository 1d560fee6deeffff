import { join } from 'node:path';
import { appendsPerSecond, type AppendTarget } from './append-target.js';
import type { BenchRun } from './bench-run.js';
import { EMBEDDED, embeddedTarget } from './embedded-target.js';
import { compared, interleaved, uncompared, type Figure } from './figures.js';
import { HAND_WRITTEN_LOG, HandWrittenLog } from './hand-written-log.js';
import { POSTGRES_TABLES, PostgresTable } from './postgres-table.js';
import type { PostgresSkipped } from '../support/postgres-server.js';
import { SQLITE_TABLE, SqliteTable } from './sqlite-table.js';

const IN_FLIGHT = [1, 16, 64, 256];
const EMPTY = 'embedded store, empty';

interface Field {
  readonly name: string;
  readonly targets: readonly AppendTarget[];
  readonly peers: readonly string[];
  readonly postgres: PostgresTable | PostgresSkipped;
}

/** Durable appends a second into an empty log. */
export async function benchAppend(run: BenchRun): Promise<readonly Figure[]> {
  const targets = [
    embeddedTarget(join(run.folder, 'append.db')),
    new HandWrittenLog(join(run.folder, 'append.log')),
    new SqliteTable(join(run.folder, 'append-table.db')),
  ];
  const postgres = await postgresTable(run, 'append_events', 0);
  return measure(run, {
    name: 'durable appends',
    targets,
    peers: [HAND_WRITTEN_LOG, SQLITE_TABLE, ...POSTGRES_TABLES],
    postgres,
  });
}

/** The same with many events stored before, in the store and in each peer that keeps them. */
export async function benchAppendStored(run: BenchRun): Promise<readonly Figure[]> {
  const { stored } = run.settings;
  const ledger = await run.storedLedger();
  run.progress('filling the tables of the peers');
  const table = new SqliteTable(join(run.folder, 'stored-table.db'));
  await table.fill(stored);
  const targets = [
    embeddedTarget(ledger.logFile, { name: EMBEDDED, revisions: ledger.revisions }),
    embeddedTarget(join(run.folder, 'beside-stored.db'), { name: EMPTY }),
    new HandWrittenLog(join(run.folder, 'beside-stored.log')),
    table,
  ];
  const postgres = await postgresTable(run, 'stored_events', stored);
  return measure(run, {
    name: `durable appends, ${stored.toLocaleString('en-US')} stored`,
    targets,
    peers: [EMPTY, HAND_WRITTEN_LOG, SQLITE_TABLE, ...POSTGRES_TABLES],
    postgres,
  });
}

async function postgresTable(
  run: BenchRun,
  name: string,
  stored: number,
): Promise<PostgresTable | PostgresSkipped> {
  const server = await run.postgres();
  if (server.kind === 'skipped') return server;
  const table = await PostgresTable.create(server, name);
  if (stored > 0) await table.fill(stored);
  return table;
}

async function measure(run: BenchRun, field: Field): Promise<readonly Figure[]> {
  const { name, peers, postgres } = field;
  const isPostgres = postgres instanceof PostgresTable;
  const targets = [...field.targets, ...(isPostgres ? postgres.targets() : [])];
  // Once beforehand, so that nobody's code is compiled in a round that counts.
  for (const target of targets) await appendsPerSecond(target, 16, run.settings);
  const figures: Figure[] = [];
  for (const inFlight of IN_FLIGHT) {
    run.progress(`${name}: ${inFlight} in flight`);
    const samples = await interleaved(
      run.settings.rounds,
      targets.map((target) => ({
        name: target.name,
        measure: () => appendsPerSecond(target, inFlight, run.settings),
      })),
    );
    for (const peer of peers) {
      const comparison = { name, inFlight, unit: 'a second', contender: EMBEDDED, peer } as const;
      figures.push(
        isPostgres || !POSTGRES_TABLES.includes(peer)
          ? compared(samples, comparison)
          : uncompared(samples, comparison, postgres.why),
      );
    }
  }
  for (const target of targets) await target.close();
  if (isPostgres) await postgres.close();
  return figures;
}
