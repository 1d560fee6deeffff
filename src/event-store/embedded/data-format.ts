import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LogCorrupt, StoreUnavailable } from '../event-store.js';
import { SQLITE_CANTOPEN, SQLITE_NOTADB, sqliteErrorCode } from './sqlite-error.js';

/** The format this program reads and writes. Stored in `PRAGMA user_version`. */
export const DATA_FORMAT_VERSION = 1;
/** "BLNK", stored in `PRAGMA application_id`: tells a ledger from any other SQLite file. */
export const APPLICATION_ID = 0x42_4c_4e_4b;

/** The file is no ledger, or one of a version this program does not know. It was left untouched. */
export class UnknownDataFormat extends Error {
  override readonly name = 'UnknownDataFormat';
}

/** Statements wait this long for a lock of another connection, in milliseconds. */
export const BUSY_TIMEOUT_MS = 5_000;

// Triggers refuse what an append-only log never does. The last also refuses INSERT OR REPLACE of
// a stored row, which deletes without running the delete trigger.
const SCHEMA = `
CREATE TABLE commits (
  position INTEGER PRIMARY KEY CHECK (position > 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  streams TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TRIGGER commits_are_not_updated BEFORE UPDATE ON commits
BEGIN SELECT RAISE(ABORT, 'the log is append-only: UPDATE is refused'); END;
CREATE TRIGGER commits_are_not_deleted BEFORE DELETE ON commits
BEGIN SELECT RAISE(ABORT, 'the log is append-only: DELETE is refused'); END;
CREATE TRIGGER commits_are_not_replaced BEFORE INSERT ON commits
WHEN NEW.position <= (SELECT max(position) FROM commits)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: a row goes only after the last'); END;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${DATA_FORMAT_VERSION};
`;

/** What a connection was found to be set to, read back from SQLite. */
export interface Durability {
  readonly journalMode: string;
  readonly synchronous: string;
}

/**
 * The data-format version of a ledger file; null when there is no file or nothing in it yet.
 * Opens it for reading only, so it changes nothing.
 * @throws {UnknownDataFormat} the file is not a ledger
 */
export function readDataFormatVersion(file: string): number | null {
  if (!existsSync(file)) return null;
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    const applicationId = numberPragma(database, 'application_id');
    const version = numberPragma(database, 'user_version');
    if (applicationId === APPLICATION_ID) return version;
    const objects = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n);
    if (applicationId === 0 && version === 0 && objects === 0) return null;
  } catch (cause) {
    if (sqliteErrorCode(cause) !== SQLITE_NOTADB) throw cause;
    throw new UnknownDataFormat(`${file} is not a SQLite database`, { cause });
  } finally {
    database.close();
  }
  throw new UnknownDataFormat(`${file} is a SQLite database, but not a ledger`);
}

/**
 * Of a new ledger; one made earlier keeps its own. With pages of 4 KiB a commit under load is made of four
 * times as many writes.
 */
const PAGE_BYTES = 16_384;

// Set at every open: SQLite stores the journal mode in the file, but never `synchronous`.
const WRITE_PRAGMAS =
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ' +
  'PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;';

/**
 * A ledger whose very first transaction was cut off, before it was in write-ahead mode, has a journal
 * beside it that only a connection that may write can roll back.
 */
function rollBackUnfinished(file: string): void {
  if (!existsSync(`${file}-journal`)) return;
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    numberPragma(database, 'schema_version');
  } catch (error) {
    // It is told apart, and refused, by what reads its version.
    if (sqliteErrorCode(error) !== SQLITE_NOTADB) throw error;
  } finally {
    database.close();
  }
}

/**
 * Makes the ledger when there is none, and returns the pragmas with which a connection is to be
 * opened for writing; {@link checkDurability} then says whether they took effect. The caller holds the writer's lock.
 * @param maxFileBytes bound of the database file; a write that would grow it further fails
 * @throws {UnknownDataFormat} before anything was changed
 */
export function prepareForWriting(file: string, maxFileBytes: number | null): string {
  rollBackUnfinished(file);
  const version = readDataFormatVersion(file);
  if (version !== null) checkVersion(file, version);
  if (version !== null && maxFileBytes === null) return WRITE_PRAGMAS;
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Heeded only while nothing is in the file.
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; ${WRITE_PRAGMAS}`);
    if (version === null) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
    if (maxFileBytes === null) return WRITE_PRAGMAS;
    const pages = Math.floor(maxFileBytes / numberPragma(database, 'page_size'));
    return `${WRITE_PRAGMAS} PRAGMA max_page_count = ${pages};`;
  } finally {
    database.close();
  }
}

const SYNCHRONOUS_LEVELS = ['off', 'normal', 'full', 'extra'];

/**
 * @param synchronous the level as SQLite numbers it
 * @throws {StoreUnavailable} a commit would not be on disk when it returns
 */
export function checkDurability(
  file: string,
  journalMode: string,
  synchronous: number,
): Durability {
  const level = SYNCHRONOUS_LEVELS[synchronous] ?? 'unknown';
  if (journalMode !== 'wal' || level !== 'full') {
    throw new StoreUnavailable(
      `${file} runs with journal_mode ${journalMode}, synchronous ${level}: ` +
        'acknowledged appends would not survive a power loss',
    );
  }
  return { journalMode, synchronous: level };
}

/**
 * A connection that can only read.
 * @throws {StoreUnavailable} there is no ledger yet
 * @throws {UnknownDataFormat} the file is not a ledger this program knows
 */
export function openForReading(file: string): DatabaseSync {
  const version = readDataFormatVersion(file);
  if (version === null) throw new StoreUnavailable(`there is no ledger at ${file}`);
  checkVersion(file, version);
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    database.exec('PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;');
    return database;
  } catch (cause) {
    if (sqliteErrorCode(cause) !== SQLITE_CANTOPEN) throw cause;
    throw new StoreUnavailable(`${file} cannot be opened for reading`, { cause });
  }
}

export function numberPragma(database: DatabaseSync, pragma: string): number {
  const value = Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
  if (typeof value !== 'number') throw new LogCorrupt(`PRAGMA ${pragma} gave no number`);
  return value;
}

function checkVersion(file: string, version: number): void {
  if (version === DATA_FORMAT_VERSION) return;
  throw new UnknownDataFormat(
    `${file} has data format ${version}; this program knows only ${DATA_FORMAT_VERSION}`,
  );
}
