import { closeSync, fsyncSync, openSync } from 'node:fs';
import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from 'node:sqlite';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** How long a statement waits for another process of the same file. */
const BUSY_TIMEOUT_MS = 5_000;
/** Rows are written at random places of a few tables, which should stay in memory meanwhile. */
const CACHE_KIB = 65_536;

/** What SQLite says of a file that is damaged, or was never its own: SQLITE_CORRUPT, SQLITE_NOTADB. */
const DAMAGE_CODES: ReadonlySet<unknown> = new Set([11, 26]);

/** The file cannot be read as a database. All that was in it can be made anew from the log. */
export class ReadModelsDamaged extends Error {
  override readonly name = 'ReadModelsDamaged';
  constructor(file: string, options: ErrorOptions) {
    super(`the read models at ${file} are damaged, or no database`, options);
  }
}

/** Runs the first statements on a database, and closes it again if they fail. */
function begun(database: DatabaseSync, file: string, sql: string): DatabaseSync {
  try {
    database.exec(sql);
    return database;
  } catch (cause) {
    database.close();
    const { errcode } = cause as { readonly errcode?: unknown };
    throw DAMAGE_CODES.has(errcode) ? new ReadModelsDamaged(file, { cause }) : cause;
  }
}

/**
 * The SQLite file of the read models, with its statements prepared once. The file can be deleted at
 * any time, so a commit need not reach the disk at once: WAL with `synchronous=NORMAL` loses the
 * last commits in a power failure, never the agreement of rows and position.
 */
export class ReadModelDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Creates the file if there is none. `:memory:` is a database of this process alone.
   * @throws {ReadModelsDamaged}
   */
  static open(file: string): ReadModelDatabase {
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    // Pages written again and again are moved into the file once for many commits.
    const pragmas = [
      'journal_mode = WAL',
      'synchronous = NORMAL',
      `cache_size = -${CACHE_KIB}`,
      'wal_autocheckpoint = 10000',
    ];
    const sql = pragmas.map((pragma) => `PRAGMA ${pragma};`).join(' ');
    return new ReadModelDatabase(begun(database, file, sql));
  }

  /**
   * A file that nobody reads yet, and that is thrown away if anything fails: nothing is made durable before
   * {@link ReadModelDatabase.finish}. @throws {ReadModelsDamaged}
   */
  static create(file: string): ReadModelDatabase {
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    const pragmas = ['journal_mode = MEMORY', 'synchronous = OFF', `cache_size = -${CACHE_KIB}`];
    const sql = pragmas.map((pragma) => `PRAGMA ${pragma};`).join(' ');
    return new ReadModelDatabase(begun(database, file, sql));
  }

  /** Closes a file that was made by {@link ReadModelDatabase.create}, with all of it on the disk. */
  finish(file: string): void {
    this.close();
    const descriptor = openSync(file, 'r+');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Beside the process that writes. @throws {ReadModelsDamaged} @throws when there is no file */
  static openReadOnly(file: string): ReadModelDatabase {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    return new ReadModelDatabase(begun(database, file, 'PRAGMA schema_version'));
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  run(sql: string, ...parameters: readonly SQLInputValue[]): void {
    this.#prepare(sql).run(...parameters);
  }

  get(sql: string, ...parameters: readonly SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...parameters);
  }

  all(sql: string, ...parameters: readonly SQLInputValue[]): readonly Row[] {
    return this.#prepare(sql).all(...parameters);
  }

  /** Row by row, for answers too large for memory. */
  iterate(sql: string, ...parameters: readonly SQLInputValue[]): IterableIterator<Row> {
    return this.#prepare(sql).iterate(...parameters);
  }

  /** As {@link iterate}, every integer as a bigint: positions may be larger than a number can hold. */
  *iterateExact(sql: string): IterableIterator<Row> {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    yield* statement.iterate();
  }

  /** All questions asked within see one state, whatever another process commits meanwhile. */
  snapshot<T>(ask: () => T): T {
    this.exec('BEGIN');
    try {
      return ask();
    } finally {
      this.exec('COMMIT');
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
