import { KeptProvinces } from './kept-provinces.js';
import type { Projection } from './projection.js';
import type { ReadModelDatabase } from './read-model-database.js';

/** Where a projection stopped, and why. */
export interface Halt {
  /** Of the event it would not take in; null when the fault was not in an event. */
  readonly position: string | null;
  readonly stream: string | null;
  readonly revision: string | null;
  readonly reason: string;
}

export interface RegisteredProjection {
  readonly name: string;
  readonly version: number;
  /** Of the last event taken in; null before the first. */
  readonly position: bigint | null;
  /** Ledger time at the position, in milliseconds; null before the first event. */
  readonly ledgerTime: number | null;
  readonly haltedBy: Halt | null;
}

const DDL = `CREATE TABLE IF NOT EXISTS projection (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  tables TEXT NOT NULL,
  position INTEGER,
  ledger_time INTEGER,
  halted_by TEXT
) STRICT, WITHOUT ROWID`;

/** Of which provinces the rows are; no row for all. */
const KEPT_DDL = `CREATE TABLE IF NOT EXISTS kept (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  provinces TEXT NOT NULL
) STRICT`;

/**
 * Makes the tables of each projection; those of another version, or of other provinces, are dropped
 * first.
 */
export function registerProjections(
  database: ReadModelDatabase,
  projections: readonly Projection[],
  kept: KeptProvinces = KeptProvinces.all,
): void {
  dropOldRegistry(database);
  database.exec(DDL);
  database.exec(KEPT_DDL);
  database.exec('BEGIN IMMEDIATE');
  try {
    if (String(keptProvinces(database)) !== String(kept)) {
      database.run('UPDATE projection SET version = -1');
      database.run('INSERT OR REPLACE INTO kept VALUES (1, ?)', String(kept));
    }
    for (const projection of projections) register(database, projection);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** Before ledger time was kept: all that such a file holds is made anew. */
function dropOldRegistry(database: ReadModelDatabase): void {
  const columns = database.all(`SELECT name FROM pragma_table_info('projection')`);
  if (columns.length === 0 || columns.some(({ name }) => name === 'ledger_time')) return;
  const tables = database.all(`SELECT name FROM sqlite_schema WHERE type = 'table'`);
  for (const { name } of tables) database.exec(`DROP TABLE IF EXISTS ${String(name)}`);
}

function register(database: ReadModelDatabase, { name, version, tables }: Projection): void {
  const known = database.get('SELECT version, tables FROM projection WHERE name = ?', name);
  if (known?.version === version) {
    database.run('UPDATE projection SET halted_by = NULL WHERE name = ?', name);
    return;
  }
  if (known !== undefined) {
    const names = JSON.parse(String(known.tables)) as readonly string[];
    for (const table of names) database.exec(`DROP TABLE IF EXISTS ${table}`);
  }
  for (const { ddl } of tables) database.exec(ddl);
  const names = JSON.stringify(tables.map((table) => table.name));
  database.run(
    'INSERT OR REPLACE INTO projection VALUES (?, ?, ?, NULL, NULL, NULL)',
    name,
    version,
    names,
  );
}

/** Of which provinces the rows of a file are. */
export function keptProvinces(database: ReadModelDatabase): KeptProvinces {
  const isTold = database.get(`SELECT 1 FROM sqlite_schema WHERE name = 'kept'`) !== undefined;
  const row = isTold ? database.get('SELECT provinces FROM kept') : undefined;
  return KeptProvinces.parse(row === undefined ? '' : String(row.provinces));
}

/** What the file says of its projections, by name. */
export function registeredProjections(
  database: ReadModelDatabase,
): ReadonlyMap<string, RegisteredProjection> {
  const rows = database.all(
    `SELECT name, version, CAST(position AS TEXT) AS position, ledger_time, halted_by
     FROM projection`,
  );
  return new Map(
    rows.map(({ name, version, position, ledger_time, halted_by }) => [
      String(name),
      {
        name: String(name),
        version: Number(version),
        position: typeof position === 'string' ? BigInt(position) : null,
        ledgerTime: typeof ledger_time === 'number' ? ledger_time : null,
        haltedBy: typeof halted_by === 'string' ? (JSON.parse(halted_by) as Halt) : null,
      },
    ]),
  );
}

/** @param ledgerTime in milliseconds; -Infinity where nothing has been recorded */
export function recordPosition(
  database: ReadModelDatabase,
  name: string,
  { position, ledgerTime }: { readonly position: bigint; readonly ledgerTime: number },
): void {
  database.run(
    'UPDATE projection SET position = ?, ledger_time = ? WHERE name = ?',
    position,
    Number.isFinite(ledgerTime) ? BigInt(ledgerTime) : null,
    name,
  );
}

export function recordHalt(database: ReadModelDatabase, name: string, halt: Halt): void {
  database.run('UPDATE projection SET halted_by = ? WHERE name = ?', JSON.stringify(halt), name);
}
