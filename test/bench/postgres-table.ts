import type pg from 'pg';
import type { EventToAppend } from '../../src/event-store/event-store.js';
import { encodeAppend } from '../../src/event-store/codec/append-request.js';
import { StreamRevisions, type AppendTarget } from './append-target.js';
import type { PostgresServer } from './postgres-server.js';
import { ACCOUNTS, sampleEvent, SAMPLE_STREAMS } from './sample-events.js';

export const POSTGRES_CURSOR = 'PostgreSQL cursor';
/** What `pg` opens unless told otherwise, and as many as the server takes well: its bound is 100. */
const CONNECTIONS = [10, 64] as const;
export const POSTGRES_TABLES: readonly string[] = CONNECTIONS.map(nameOf);

const FILL_ROWS = 2_000;
const FETCH_ROWS = 1_000;

/** The plain table most would write: a row an event, JSON in `jsonb`, one INSERT a transaction. */
export class PostgresTable {
  readonly #revisions = new StreamRevisions();

  private constructor(
    private readonly server: PostgresServer,
    private readonly pool: pg.Pool,
    private readonly table: string,
  ) {}

  /** @param table becomes part of the statements */
  static async create(server: PostgresServer, table: string): Promise<PostgresTable> {
    const pool = server.pool(1);
    await pool.query(`CREATE TABLE ${table} (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL,
      revision bigint NOT NULL, id uuid NOT NULL, type text NOT NULL, data jsonb NOT NULL,
      metadata jsonb NOT NULL, UNIQUE (stream, revision))`);
    return new PostgresTable(server, pool, table);
  }

  /** The table as it is appended to through each number of connections. */
  targets(): readonly AppendTarget[] {
    return CONNECTIONS.map((connections) => {
      const pool = this.server.pool(connections);
      return {
        name: nameOf(connections),
        revisions: this.#revisions,
        append: (stream, revision, event) => this.#append(pool, stream, revision, event),
        close: () => pool.end(),
      };
    });
  }

  /** Events stored beforehand, many rows at once; then the server's own housekeeping. */
  async fill(events: number): Promise<void> {
    for (let from = 0; from < events; from += FILL_ROWS) {
      const rows = Array.from({ length: Math.min(FILL_ROWS, events - from) }, (_, index) =>
        this.#row((from + index) % ACCOUNTS),
      );
      const columns = [0, 1, 2, 3, 4, 5].map((column) => rows.map((row) => row[column]));
      await this.pool.query(
        `INSERT INTO ${this.table} (stream, revision, id, type, data, metadata) SELECT * FROM
         unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::jsonb[], $6::jsonb[])`,
        columns,
      );
    }
    await this.pool.query(`VACUUM ANALYZE ${this.table}`);
    await this.pool.query('CHECKPOINT');
  }

  /** Reads the whole table in order through a cursor, every row as objects; returns its rows. */
  async readThroughCursor(): Promise<number> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(`DECLARE log CURSOR FOR SELECT position, stream, revision, id, type, data,
        metadata FROM ${this.table} ORDER BY position`);
      let read = 0;
      for (;;) {
        const { rows } = await client.query(`FETCH ${FETCH_ROWS} FROM log`);
        read += rows.length;
        if (rows.length < FETCH_ROWS) break;
      }
      await client.query('COMMIT');
      return read;
    } finally {
      client.release();
    }
  }

  /** Once its targets are closed. */
  async close(): Promise<void> {
    await this.pool.query(`DROP TABLE ${this.table}`);
    await this.pool.end();
  }

  async #append(
    pool: pg.Pool,
    stream: string,
    revision: number,
    event: EventToAppend,
  ): Promise<void> {
    for (const { id, type, data, metadata } of encodeAppend(stream, [event]).events) {
      await pool.query({
        name: `append to ${this.table}`,
        text: `INSERT INTO ${this.table} (stream, revision, id, type, data, metadata)
          VALUES ($1, $2, $3, $4, $5, $6)`,
        values: [stream, revision, id, type, data, metadata],
      });
    }
  }

  #row(stream: number): readonly unknown[] {
    const { id, type, data, metadata } = sampleEvent();
    const revision = this.#revisions.take(stream);
    return [
      SAMPLE_STREAMS[stream],
      revision,
      id,
      type,
      JSON.stringify(data),
      JSON.stringify(metadata),
    ];
  }
}

function nameOf(connections: number): string {
  return `PostgreSQL table, ${connections} connections`;
}
