import { ReadModelDatabase } from '../read-model-database.js';
import { ask, slowest, type ReadModels } from '../read-models.js';
import { registeredProjections } from '../registry.js';

/** The rows of read models as they were at one moment, for as long as they are taken. */
export interface RowsSnapshot {
  /** A connection of its own; whoever takes the rows closes it. */
  readonly database: ReadModelDatabase;
  /** Decimal: the position its rows hold for. */
  readonly position: string;
}

/**
 * @param atLeast decimal position the rows must hold for
 * @throws {ReadModelBehind}
 */
export async function rowsSnapshot(
  models: ReadModels,
  names: readonly string[],
  atLeast: string | undefined,
): Promise<RowsSnapshot> {
  const file = await ask(models, names, atLeast, fileOf);
  const database = ReadModelDatabase.openReadOnly(file);
  database.exec('BEGIN');
  const known = registeredProjections(database);
  const position = slowest(names.map((name) => known.get(name)?.position ?? null)) ?? 0n;
  return { database, position: String(position) };
}

function fileOf(database: ReadModelDatabase): string {
  return String(database.get('PRAGMA database_list')?.file);
}
