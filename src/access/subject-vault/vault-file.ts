import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { VaultError } from './subject-vault.js';
import { type VaultKeys, syncDirectory } from './vault-keys.js';
import { type VaultMode } from './vault-location.js';

/** `BLKV`: tells a vault from other SQLite files. */
const APPLICATION_ID = 0x424c4b56;
const FORMAT = 1;
const SYNCHRONOUS_FULL = 2;
/** Rows stand at random places: the pages they fall on should stay in memory. */
const CACHE_KIB = 65_536;
/** A page written again and again goes to the file once a checkpoint: 32 MiB of write-ahead log. */
const CHECKPOINT_PAGES = 8_192;
/** How long a connection waits for another process, in milliseconds. It blocks, so it is short. */
export const BUSY_TIMEOUT_MS = 1_000;

const SCHEMA = `
  CREATE TABLE vault (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key_check BLOB NOT NULL
  ) STRICT;
  CREATE TABLE subject (
    lookup BLOB PRIMARY KEY CHECK (length(lookup) = 32),
    wrapped_key BLOB NOT NULL,
    salt BLOB NOT NULL,
    nik BLOB NOT NULL,
    created_on TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};
`;

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** Makes an empty file that only its owner may read. */
export function createPrivateFile(file: string): void {
  closeSync(openSync(file, 'wx', 0o600));
  syncDirectory(dirname(file));
}

/** Makes what was written to a file durable. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Opens the vault's database, makes it if a writer finds none, and checks durability, format and
 * key before anything is read from it.
 *
 * @throws {VaultError} `vault_missing`, `vault_not_durable`, `vault_format_unsupported`,
 *   `vault_key_wrong`
 */
export function openVaultFile(file: string, keys: VaultKeys, mode: VaultMode): DatabaseSync {
  if (!existsSync(file)) {
    if (mode === 'reader') throw new VaultError('vault_missing');
    createPrivateFile(file);
  }
  const database = new DatabaseSync(file, {
    readOnly: mode === 'reader',
    timeout: BUSY_TIMEOUT_MS,
  });
  try {
    if (mode === 'writer') prepareToWrite(database, keys);
    checkFormat(database);
    checkKey(database, keys);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareToWrite(database: DatabaseSync, keys: VaultKeys): void {
  // A file that is something else must not be changed, not even its journal mode.
  if (!isEmpty(database)) checkFormat(database);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  database.exec(
    `PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`,
  );
  const isWriteAhead = pragma(database, 'journal_mode') === 'wal';
  const isFull = pragma(database, 'synchronous') === SYNCHRONOUS_FULL;
  if (!isWriteAhead || !isFull) throw new VaultError('vault_not_durable');
  database.exec('BEGIN IMMEDIATE');
  try {
    // Asked again under the lock: another writer may have made it meanwhile.
    if (isEmpty(database)) {
      database.exec(SCHEMA);
      database.prepare('INSERT INTO vault (one, key_check) VALUES (1, ?)').run(keys.checkValue);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function isEmpty(database: DatabaseSync): boolean {
  try {
    return database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  } catch (cause) {
    throw new VaultError('vault_format_unsupported', { cause });
  }
}

function checkFormat(database: DatabaseSync): void {
  const isVault =
    !isEmpty(database) &&
    pragma(database, 'application_id') === APPLICATION_ID &&
    pragma(database, 'user_version') === FORMAT;
  if (!isVault) throw new VaultError('vault_format_unsupported');
}

function checkKey(database: DatabaseSync, keys: VaultKeys): void {
  const stored = database.prepare('SELECT key_check FROM vault').get()?.key_check;
  if (!keys.areKeysOf(stored)) throw new VaultError('vault_key_wrong');
}
