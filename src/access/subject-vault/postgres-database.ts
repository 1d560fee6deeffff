import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { faultOf, isSerializationFailure } from './postgres-faults.js';

/** At once, for one node: entries, look-ups, and one for the question whether it is well. */
const CONNECTIONS = 8;
const CONNECT_TIMEOUT_MS = 3_000;
const LOCK_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 3_000;
/**
 * By this side's clock, for a server that says nothing more; after the server's own, which do not
 * hold for a commit: while it waits for a synchronous standby, this alone gives up.
 */
const ANSWER_TIMEOUT_MS = 4_000;
/** A node that hangs in the middle keeps its rows locked for no longer. */
const IDLE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
const TRIES_MAXIMUM = 5;
const RETRY_PAUSE_MS = 20;

/**
 * Set in each transaction, not once a connection: a pooler between may change the connection. READ
 * COMMITTED lets a later statement see what another node has entered meanwhile.
 */
const BEGIN = `
  BEGIN ISOLATION LEVEL READ COMMITTED;
  SET LOCAL synchronous_commit = on;
  SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS};
  SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS};
  SET LOCAL idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}`;
export type Connection = pg.ClientBase;
export type Row = Readonly<Record<string, unknown>>;

/** @throws {VaultError} as {@link faultOf} has it */
export async function ask(
  connection: Connection,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  try {
    return (await connection.query<Row>(text, [...values])).rows;
  } catch (error) {
    throw faultOf(error);
  }
}

/** Statements without parameters or rows, in one round trip. @throws {VaultError} */
export async function tell(connection: Connection, statements: string): Promise<void> {
  try {
    await connection.query(statements);
  } catch (error) {
    throw faultOf(error);
  }
}

/**
 * When it resolves, all is durable; when it rejects, nothing is done, or, where the connection broke
 * during the commit, nobody can tell. The connection is fit for nothing more after a fault.
 */
export async function inTransaction<T>(
  connection: Connection,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  await tell(connection, BEGIN);
  const result = await work(connection);
  await tell(connection, 'COMMIT');
  return result;
}

/** One connection for `work` alone. @throws {VaultError} */
export async function withConnection<T>(
  url: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await connected(url);
  try {
    return await work(client);
  } finally {
    // Not waited for: a server that does not answer would not answer this either.
    void client.end();
  }
}

async function connected(url: string): Promise<pg.Client> {
  try {
    const client = new pg.Client(configOf(url));
    client.on('error', ignore);
    await client.connect();
    return client;
  } catch (error) {
    throw faultOf(error);
  }
}

function configOf(url: string): pg.PoolConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    fallback_application_name: 'blangko',
  };
}

/** Whoever uses a connection that breaks is told by the query; this is the same once more. */
function ignore(): void {
  // Without a listener such an event ends the process.
}

/** The connections of one node, each checked before its first use. A broken one is replaced. */
export class PostgresDatabase {
  readonly #pool: pg.Pool;

  /** @param check rejects for a database that must not be used */
  constructor(url: string, check: (connection: Connection) => Promise<void>) {
    this.#pool = new pg.Pool({
      ...configOf(url),
      max: CONNECTIONS,
      // What is left of a connection to a silent server must not keep the process alive.
      allowExitOnIdle: true,
      verify: (client, done) => {
        check(client).then(
          () => {
            done();
          },
          (fault: unknown) => {
            done(fault as Error);
          },
        );
      },
    });
    this.#pool.on('error', ignore);
    this.#pool.on('connect', (client) => client.on('error', ignore));
  }

  /** @throws {VaultError} and what `work` throws */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let isSound = false;
    try {
      const result = await work(client);
      isSound = true;
      return result;
    } finally {
      // With the connection, an open transaction ends, and whatever answer may still come.
      client.release(!isSound);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw faultOf(error);
    }
  }

  /**
   * `work` in a transaction of its own, again when it lost against another: it may run several times.
   * @throws {VaultError} see {@link inTransaction}
   */
  async transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.use((connection) => inTransaction(connection, work));
      } catch (error) {
        if (tries === TRIES_MAXIMUM || !isSerializationFailure(error)) throw error;
        await delay(RETRY_PAUSE_MS * tries * (0.5 + Math.random()));
      }
    }
  }

  /** Waits for what is under way, but no longer than 2 seconds for the server's farewell. */
  async close(): Promise<void> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const timeout = delay(CLOSE_TIMEOUT_MS, undefined, { signal, ref: false }).catch(
      () => undefined,
    );
    await Promise.race([this.#pool.end(), timeout]);
    waiting.abort();
  }
}
