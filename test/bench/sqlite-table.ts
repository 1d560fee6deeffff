import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { encodeAppend } from '../../src/event-store/codec/append-request.js';
import type { EventToAppend } from '../../src/event-store/event-store.js';
import { StreamRevisions, type AppendTarget } from './append-target.js';
import { ACCOUNTS, sampleEvent, SAMPLE_STREAMS } from './sample-events.js';

export const SQLITE_TABLE = 'SQLite, a transaction an event';

/** The obvious table: a row an event, each in a transaction of its own, as durable as the store. */
export class SqliteTable implements AppendTarget {
  readonly name = SQLITE_TABLE;
  readonly revisions = new StreamRevisions();
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.#database.exec(`CREATE TABLE events (
      position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL,
      type TEXT NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL, UNIQUE (stream, revision)
    ) STRICT`);
    this.#insert = this.#database.prepare(
      'INSERT INTO events (stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  append(stream: string, revision: number, event: EventToAppend): Promise<void> {
    for (const { id, type, data, metadata } of encodeAppend(stream, [event]).events)
      this.#insert.run(stream, revision, id, type, data, metadata);
    return Promise.resolve();
  }

  /** Events stored beforehand, in one transaction. */
  async fill(events: number): Promise<void> {
    this.#database.exec('BEGIN');
    for (let index = 0; index < events; index++) {
      const stream = index % ACCOUNTS;
      const revision = this.revisions.take(stream);
      await this.append(SAMPLE_STREAMS[stream] ?? '', revision, sampleEvent());
    }
    this.#database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): Promise<void> {
    this.#database.close();
    return Promise.resolve();
  }
}
