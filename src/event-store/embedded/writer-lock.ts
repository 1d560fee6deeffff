import { DatabaseSync } from 'node:sqlite';
import { sqliteErrorCode, SQLITE_BUSY } from './sqlite-error.js';

/** Another process (or another store of this one) writes this ledger. Readers are admitted. */
export class WriterLocked extends Error {
  override readonly name = 'WriterLocked';
  constructor(readonly file: string) {
    super(`${file} is in use: another process is writing this ledger; only one may at a time`);
  }
}

/**
 * The right to write, held as an exclusive transaction on a database beside the ledger. The
 * operating system drops it with the process, however that ends, so no stale lock is ever left; and
 * readers of the ledger itself never meet it.
 */
export class WriterLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws {WriterLocked} somebody holds it */
  static take(ledgerFile: string): WriterLock {
    const database = new DatabaseSync(`${ledgerFile}.lock`, { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (sqliteErrorCode(error) === SQLITE_BUSY) throw new WriterLocked(ledgerFile);
      throw error;
    }
    return new WriterLock(database);
  }

  release(): void {
    this.#database.close();
  }
}
