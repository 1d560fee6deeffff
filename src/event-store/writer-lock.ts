import { DatabaseSync } from 'node:sqlite';
import { sqliteErrorCode, SQLITE_BUSY } from './embedded/sqlite-error.js';

/** Another process (or another ledger of this one) writes this file. Readers are admitted. */
export class WriterLocked extends Error {
  override readonly name = 'WriterLocked';
  constructor(readonly file: string) {
    super(`${file} is in use: another process is writing it; only one may at a time`);
  }
}

/**
 * The right to write a file, held as an exclusive transaction on a database beside it. The operating
 * system drops it with the process, however that ends, so no stale lock is ever left; and readers of
 * the file itself never meet it.
 */
export class WriterLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws {WriterLocked} somebody holds it */
  static take(file: string): WriterLock {
    const database = new DatabaseSync(`${file}.lock`, { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (sqliteErrorCode(error) === SQLITE_BUSY) throw new WriterLocked(file);
      throw error;
    }
    return new WriterLock(database);
  }

  release(): void {
    this.#database.close();
  }
}
