import { existsSync } from 'node:fs';
import { WriterLock } from '../event-store/writer-lock.js';
import type { Settings } from '../settings.js';
import { UserError } from './user-error.js';

/**
 * Runs `work` while no process of this program writes the ledger's file, if it is in one, or the
 * read models.
 * @throws {UserError} there is no ledger
 * @throws {WriterLocked} somebody writes them
 */
export async function whileNobodyWrites<T>(
  { eventStore, readModelsFile }: Settings,
  work: () => Promise<T>,
): Promise<T> {
  const isFile = eventStore.kind === 'sqlite';
  if (isFile && !existsSync(eventStore.file))
    throw new UserError(`there is no ledger at ${eventStore.file}`);
  const lock = WriterLock.take(isFile ? eventStore.file : readModelsFile);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
