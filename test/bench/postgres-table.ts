import type pg from 'pg';
import { encodeAppend } from '../../src/event-store/codec/append-request.js';
import { StreamRevisions, type AppendTarget } from './append-target.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { ACCOUNTS, sampleEvent, SAMPLE_STREAMS } from './sample-events.js';

export const POSTGRES_CURSOR = 'PostgreSQL cursor';
/** What `pg` opens unless told otherwise, and as many as the server takes well: its bound is 100. */
const CONNECTIONS = [10, 64] as const;
/**
 * What is compared. `bare` is the generous peer: an INSERT alone, which checks no expected revision
 * and whose positions may become visible out of order, so that a reader who goes by them can miss
 * an event. `ordered` is the fair one: it gives what the store promises.
 */
const WAYS = ['bare', 'ordered'] as const;
type Way = (typeof WAYS)[number];
export const POSTGRES_TABLES: readonly string[] = WAYS.flatMap((way) =>
  CONNECTIONS.map((connections) => nameOf(way, connections)),
);
/** Of the advisory lock that puts appends in order; the run's server has no other use of such locks. */
const ORDER_LOCK = 1;

const FILL_ROWS = 2_000;
const FETCH_ROWS = 1_000;

/** The plain table most would write: a row an event, JSON in `jsonb`, one INSERT a transaction. */
export class PostgresTable {
  readonly #revisions = new StreamRevisions();
  readonly #pools: pg.Pool[] = [];

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
    await pool.query(orderedAppend(table));
    return new PostgresTable(server, pool, table);
  }

  /** The table as it is appended to in each way, through each number of connections. */
  targets(): readonly AppendTarget[] {
    return CONNECTIONS.flatMap((connections) => {
      // One for both ways: they are measured in turns, and the server's bound holds for all pools.
      const pool = this.server.pool(connections);
      this.#pools.push(pool);
      return WAYS.map((way) => this.#target(way, pool, connections));
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

  /** With its targets' connections. */
  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()));
    await this.pool.query(`DROP FUNCTION append_to_${this.table}`);
    await this.pool.query(`DROP TABLE ${this.table}`);
    await this.pool.end();
  }

  #target(way: Way, pool: pg.Pool, connections: number): AppendTarget {
    const statement = {
      name: `${way} append to ${this.table}`,
      text:
        way === 'bare'
          ? `INSERT INTO ${this.table} (stream, revision, id, type, data, metadata)
             VALUES ($1, $2, $3, $4, $5, $6)`
          : `SELECT append_to_${this.table}($1, $2, $3, $4, $5, $6)`,
    };
    return {
      name: nameOf(way, connections),
      revisions: this.#revisions,
      append: async (stream, revision, event) => {
        for (const { id, type, data, metadata } of encodeAppend(stream, [event]).events)
          await pool.query({ ...statement, values: [stream, revision, id, type, data, metadata] });
      },
      close: () => Promise.resolve(),
    };
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

/**
 * An append as message-db and most hand-made event tables do it, refused unless `new_revision` is the
 * next of its stream. The lock is held until the transaction ends, so positions become visible in
 * order. One call, hence one round trip: the quickest form, for between BEGIN and COMMIT sent singly
 * the lock would be held over three more.
 */
function orderedAppend(table: string): string {
  return `CREATE FUNCTION append_to_${table}(to_stream text, new_revision bigint, new_id uuid,
      new_type text, new_data jsonb, new_metadata jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      last_revision bigint;
      new_position bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(${ORDER_LOCK});
      SELECT max(revision) INTO last_revision FROM ${table} WHERE stream = to_stream;
      IF coalesce(last_revision, -1) <> new_revision - 1 THEN
        RAISE EXCEPTION 'stream % is at revision %', to_stream, last_revision;
      END IF;
      INSERT INTO ${table} (stream, revision, id, type, data, metadata)
        VALUES (to_stream, new_revision, new_id, new_type, new_data, new_metadata)
        RETURNING position INTO new_position;
      RETURN new_position;
    END $$`;
}

function nameOf(way: Way, connections: number): string {
  return `PostgreSQL table, ${way}, ${connections} connections`;
}
