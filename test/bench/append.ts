import { join } from 'node:path';
import { appendsPerSecond, type AppendTarget } from './append-target.js';
import type { BenchRun } from './bench-run.js';
import { EMBEDDED, embeddedTarget } from './embedded-target.js';
import { compared, interleaved, uncompared, type Figure } from './figures.js';
import { HAND_WRITTEN_LOG, HandWrittenLog } from './hand-written-log.js';
import { POSTGRES_TABLE, PostgresTable } from './postgres-table.js';
import { SQLITE_TABLE, SqliteTable } from './sqlite-table.js';

const IN_FLIGHT = [1, 16, 64, 256];
const EMPTY = 'embedded store, empty';

interface Field {
  readonly name: string;
  readonly targets: readonly AppendTarget[];
  readonly peers: readonly string[];
  /** Why there is no PostgreSQL; null when there is. */
  readonly withoutPostgres: string | null;
}

/** Durable appends a second into an empty log. */
export async function benchAppend(run: BenchRun): Promise<readonly Figure[]> {
  const targets: AppendTarget[] = [
    embeddedTarget(join(run.folder, 'append.db')),
    new HandWrittenLog(join(run.folder, 'append.log')),
    new SqliteTable(join(run.folder, 'append-table.db')),
  ];
  const server = await run.postgres();
  if (server.kind === 'running') targets.push(await PostgresTable.create(server, 'append_events'));
  return measure(run, {
    name: 'durable appends',
    targets,
    peers: [HAND_WRITTEN_LOG, SQLITE_TABLE, POSTGRES_TABLE],
    withoutPostgres: server.kind === 'running' ? null : server.why,
  });
}

/** The same with many events stored before, in the store and in each peer that keeps them. */
export async function benchAppendStored(run: BenchRun): Promise<readonly Figure[]> {
  const { stored } = run.settings;
  const ledger = await run.storedLedger();
  run.progress('filling the tables of the peers');
  const table = new SqliteTable(join(run.folder, 'stored-table.db'));
  await table.fill(stored);
  const targets: AppendTarget[] = [
    embeddedTarget(ledger.logFile, { name: EMBEDDED, revisions: ledger.revisions }),
    embeddedTarget(join(run.folder, 'beside-stored.db'), { name: EMPTY }),
    new HandWrittenLog(join(run.folder, 'beside-stored.log')),
    table,
  ];
  const server = await run.postgres();
  if (server.kind === 'running') {
    const postgres = await PostgresTable.create(server, 'stored_events');
    await postgres.fill(stored);
    targets.push(postgres);
  }
  return measure(run, {
    name: `durable appends, ${stored.toLocaleString('en-US')} stored`,
    targets,
    peers: [EMPTY, HAND_WRITTEN_LOG, SQLITE_TABLE, POSTGRES_TABLE],
    withoutPostgres: server.kind === 'running' ? null : server.why,
  });
}

async function measure(run: BenchRun, field: Field): Promise<readonly Figure[]> {
  const { name, targets, peers, withoutPostgres } = field;
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
      const isMissing = peer === POSTGRES_TABLE && withoutPostgres !== null;
      figures.push(
        isMissing
          ? uncompared(samples, comparison, withoutPostgres)
          : compared(samples, comparison),
      );
    }
  }
  for (const target of targets) await target.close();
  return figures;
}
