import { existsSync, rmSync } from 'node:fs';
import type { EventStore } from '../event-store/event-store.js';
import { ReadModelDatabase } from './read-model-database.js';
import { registeredProjections } from './registry.js';

/** Read models that were made from another log than the one at hand, or from what it no longer holds. */
export class ReadModelsForeign extends Error {
  override readonly name = 'ReadModelsForeign';
  constructor(readonly file: string) {
    super(`the read models at ${file} are of another log, or of another copy of this one`);
  }
}

/** What rows tell of the log they were made from. */
interface Told {
  /** Up to where it was read. */
  readonly furthest: bigint;
  /** An event of it; null where no row tells of one. */
  readonly event: { readonly position: bigint; readonly id: string } | null;
}

/**
 * Whether read models were made from this log: positions mean something in one store alone, so a
 * ledger that was copied or restored has others. The event that a row says stood at a position is
 * looked for there. O(rows of stock) once, and one read.
 * @throws {StoreUnavailable}
 */
export async function areForeign(store: EventStore, database: ReadModelDatabase): Promise<boolean> {
  const told = toldBy(database);
  if (told === null) return false;
  if (told.furthest > ((await store.head()) ?? 0n)) return true;
  if (told.event === null) return false;
  const { position, id } = told.event;
  for await (const [event] of store.readAll({ from: position, max: 1 }))
    return event?.position !== position || event.id !== id;
  return true;
}

/**
 * Removes read models that were made from another log; they are then made anew. Nothing may have them open.
 * @throws {StoreUnavailable}
 */
export async function removeForeign(store: EventStore, file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const database = ReadModelDatabase.open(file);
  let isForeign: boolean;
  try {
    isForeign = await areForeign(store, database);
  } finally {
    database.close();
  }
  if (!isForeign) return false;
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  return true;
}

/** Null in a file that tells of nothing yet. */
function toldBy(database: ReadModelDatabase): Told | null {
  const tables = database.all("SELECT name FROM sqlite_schema WHERE type = 'table'");
  const names = new Set(tables.map(({ name }) => name));
  if (!names.has('projection')) return null;
  let furthest: bigint | null = null;
  for (const { position } of registeredProjections(database).values())
    if (position !== null && (furthest === null || position > furthest)) furthest = position;
  if (furthest === null) return null;
  const row = names.has('stock_own')
    ? database.get(
        `SELECT CAST(last_position AS TEXT) AS position, last_event_id FROM stock_own
         ORDER BY stock_own.last_position DESC LIMIT 1`,
      )
    : undefined;
  const event =
    row === undefined
      ? null
      : { position: BigInt(String(row.position)), id: String(row.last_event_id) };
  return { furthest, event };
}
