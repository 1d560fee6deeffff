import { existsSync } from 'node:fs';
import { WriterLock } from '../../event-store/embedded/writer-lock.js';
import type { Settings } from '../../settings.js';
import { UserError } from '../user-error.js';

/**
 * Runs `work` while nobody can write the ledger.
 * @throws {UserError} there is no ledger
 * @throws {WriterLocked} somebody writes it
 */
export async function whileNobodyWrites<T>(
  { eventStoreFile }: Settings,
  work: () => Promise<T>,
): Promise<T> {
  if (!existsSync(eventStoreFile)) throw new UserError(`there is no ledger at ${eventStoreFile}`);
  const lock = WriterLock.take(eventStoreFile);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
