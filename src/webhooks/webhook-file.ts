import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createPrivateFile } from '../access/subject-vault/vault-file.js';
import { WebhooksFault } from './webhook.js';

/** `BLKW`: tells the file from other SQLite files. */
const APPLICATION_ID = 0x424c4b57;
const FORMAT = 1;
const BUSY_TIMEOUT_MS = 5_000;

const SCHEMA = `
  CREATE TABLE key_check (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    within TEXT,
    types TEXT,
    description TEXT NOT NULL,
    is_paused INTEGER NOT NULL,
    paused_because TEXT,
    secret BLOB NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    position INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    last_delivered_at TEXT,
    last_failure TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (
    webhook TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_at INTEGER,
    next_at INTEGER NOT NULL,
    given_up_at TEXT,
    failure TEXT,
    PRIMARY KEY (webhook, position)
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT};
`;

/**
 * Opens the file of the webhooks, and makes it where there is none: it is no read model, and cannot be made from the
 * log. After a power failure the last deliveries may be forgotten and made again, but what was queued never parts
 * from how far the log was queued.
 * @throws {WebhooksFault} the file is something else, or of a later program
 */
export function openWebhookFile(file: string, mode: 'writer' | 'reader'): DatabaseSync {
  if (mode === 'writer' && !existsSync(file)) createPrivateFile(file);
  const database = new DatabaseSync(file, {
    readOnly: mode === 'reader',
    timeout: BUSY_TIMEOUT_MS,
  });
  try {
    if (mode === 'writer') prepare(database, file);
    else checkFormat(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync, file: string): void {
  const isNew = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!isNew) checkFormat(database, file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  if (isNew) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
}

function checkFormat(database: DatabaseSync, file: string): void {
  const read = (name: string): unknown =>
    Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  if (read('application_id') !== APPLICATION_ID || read('user_version') !== FORMAT)
    throw new WebhooksFault(`${file} is no file of webhooks that this program knows`);
}

/** Of a file that nobody uses; what was paused stays so. @throws {WebhooksFault} */
export function pauseAll(file: string, because: string): void {
  const database = openWebhookFile(file, 'writer');
  try {
    database
      .prepare('UPDATE webhook SET is_paused = 1, paused_because = ? WHERE is_paused = 0')
      .run(because);
    // One file, nothing beside it.
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
}
