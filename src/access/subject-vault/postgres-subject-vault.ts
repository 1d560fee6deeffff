import { setTimeout as delay } from 'node:timers/promises';
import { assert } from '../../custody/assert.js';
import { GroupedCalls, type VaultCall } from './grouped-calls.js';
import { type Nik } from './nik.js';
import { ask, type Connection, PostgresDatabase, withConnection } from './postgres-database.js';
import { insertRows, selectRows } from './postgres-rows.js';
import { checkVault, makeVault } from './postgres-schema.js';
import {
  SUBJECTS_MAXIMUM,
  type Subject,
  type SubjectVault,
  VaultError,
  type VaultState,
} from './subject-vault.js';
import { type VaultKeys } from './vault-keys.js';
import { type VaultMode } from './vault-location.js';
import { openRow, sealRow } from './vault-row.js';

/** The NIKs one transaction takes in at most: rows are locked against other nodes meanwhile. */
const NIKS_PER_GROUP = 2_000;
/** Of each kind; together fewer than the connections. */
const GROUPS_AT_ONCE = 3;
const STATE_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 2_000;

interface Entry extends VaultCall {
  /** The day, as 2017-03-31. */
  readonly createdOn: string;
}

interface Person {
  readonly nik: Nik;
  readonly lookup: Buffer;
}

interface Newcomer extends Person {
  readonly createdOn: string;
}

/** By {@link keyOf} the look-up: a person's subject, or what is wrong with their row. */
type Found = ReadonlyMap<string, Subject | VaultError>;

export interface PostgresSubjectVaultOptions {
  /** As `isPostgresUrl` has it. */
  readonly url: string;
  readonly keys: VaultKeys;
  readonly mode: VaultMode;
}

function keyOf(lookup: Uint8Array): string {
  return Buffer.from(lookup.buffer, lookup.byteOffset, lookup.length).toString('latin1');
}

/**
 * The vault in a PostgreSQL database, for several nodes on one ledger. Whoever of them meets a person
 * first enters them, and the others find that row: a look-up is unique. An outage fails what is under
 * way with a retryable fault and is over when the server is back; nothing need be reopened.
 */
export class PostgresSubjectVault implements SubjectVault {
  readonly #database: PostgresDatabase;
  readonly #keys: VaultKeys;
  readonly #mode: VaultMode;
  readonly #entries: GroupedCalls<Entry, readonly Subject[]>;
  readonly #lookups: GroupedCalls<VaultCall, readonly (Subject | null)[]>;
  #state: Promise<VaultState> | null = null;
  #closing: Promise<void> | null = null;

  private constructor({ url, keys, mode }: PostgresSubjectVaultOptions) {
    this.#keys = keys;
    this.#mode = mode;
    // Each connection is looked at: after a failover it may lead to another vault, or to none.
    this.#database = new PostgresDatabase(url, (connection) => checkVault(connection, keys));
    const bounds = { niksMaximum: NIKS_PER_GROUP, groupsAtOnce: GROUPS_AT_ONCE };
    this.#entries = new GroupedCalls({ ...bounds, work: (entries) => this.#enter(entries) });
    this.#lookups = new GroupedCalls({ ...bounds, work: (calls) => this.#lookUp(calls) });
  }

  /**
   * Opens the vault, or makes it when a writer finds none; several nodes may do so at once.
   * @throws {VaultError} rejects with `vault_unavailable`, `vault_missing`, `vault_not_durable`,
   *   `vault_format_unsupported`, `vault_key_wrong`, `vault_read_only` or `vault_refused`
   */
  static async open(options: PostgresSubjectVaultOptions): Promise<PostgresSubjectVault> {
    const { url, keys, mode } = options;
    await withConnection(url, async (connection) => {
      if (mode === 'writer') await makeVault(connection, keys);
      await checkVault(connection, keys);
    });
    return new PostgresSubjectVault(options);
  }

  state(): Promise<VaultState> {
    // Whoever asks meanwhile is told the same: questions must not fill the connections.
    this.#state ??= this.#askState().finally(() => {
      this.#state = null;
    });
    const timeout = delay(STATE_TIMEOUT_MS, 'unreachable' as const, { ref: false });
    return Promise.race([this.#state, timeout]);
  }

  async #askState(): Promise<VaultState> {
    const query = `SELECT current_setting('transaction_read_only') AS read_only`;
    try {
      const [row] = await this.#database.use((connection) => ask(connection, query));
      return row?.read_only === 'off' && this.#mode === 'writer' ? 'writable' : 'read_only';
    } catch {
      return 'unreachable';
    }
  }

  subjectsOf(niks: readonly Nik[], at: Date): Promise<readonly Subject[]> {
    assert(niks.length >= 1 && niks.length <= SUBJECTS_MAXIMUM, 'a call brings 1 to 1,000 NIKs');
    if (this.#closing !== null) return Promise.reject(new VaultError('vault_closed'));
    if (this.#mode === 'reader') return Promise.reject(new VaultError('vault_read_only'));
    // The day is enough for retention, and joins a row to fewer events of the log than the moment.
    return this.#entries.ask({ niks: [...niks], createdOn: at.toISOString().slice(0, 10) });
  }

  async find(nik: Nik): Promise<Subject | null> {
    if (this.#closing !== null) throw new VaultError('vault_closed');
    const [subject] = await this.#lookups.ask({ niks: [nik] });
    assert(subject !== undefined, 'a look-up answers for each NIK');
    return subject;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** What a silent server keeps under way longer is given up: it ends by its own time. */
  async #close(): Promise<void> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const idle = Promise.all([this.#entries.idle(), this.#lookups.idle()]);
    const closed = idle.then(() => this.#database.close());
    const timeout = delay(CLOSE_TIMEOUT_MS, undefined, { signal, ref: false }).catch(
      () => undefined,
    );
    await Promise.race([closed, timeout]);
    waiting.abort();
  }

  async #lookUp(calls: readonly VaultCall[]) {
    const asked = calls.map(({ niks }) => this.#peopleOf(niks));
    const found = await this.#database.use((connection) => this.#read(connection, asked.flat()));
    return asked.map((people) =>
      answerOf(people, ({ lookup }) => found.get(keyOf(lookup)) ?? null),
    );
  }

  async #enter(entries: readonly Entry[]) {
    const asked = entries.map(({ niks, createdOn }) => ({
      createdOn,
      people: this.#peopleOf(niks),
    }));
    const everybody = asked.flatMap(({ people }) => people);
    const known = await this.#database.use((connection) => this.#read(connection, everybody));
    const newcomers = newcomersOf(asked, known);
    const entered = newcomers.length === 0 ? known : await this.#add(newcomers);
    return asked.map(({ people }) =>
      answerOf(people, ({ lookup }) => {
        const subject = known.get(keyOf(lookup)) ?? entered.get(keyOf(lookup));
        // Also of those who were not entered because another row of their call is spoilt.
        return subject ?? new VaultError('vault_row_tampered');
      }),
    );
  }

  #peopleOf(niks: readonly Nik[]): readonly Person[] {
    return niks.map((nik) => ({ nik, lookup: this.#keys.lookupOf(nik) }));
  }

  async #read(connection: Connection, people: readonly Person[]): Promise<Found> {
    const niks = new Map(people.map(({ nik, lookup }) => [keyOf(lookup), nik]));
    const lookups = people.map(({ lookup }) => lookup);
    const found = new Map<string, Subject | VaultError>();
    for (const row of await selectRows(connection, lookups)) {
      const key = keyOf(row.lookup);
      const nik = niks.get(key);
      assert(nik !== undefined, 'only rows that were asked for are read');
      found.set(key, opened(this.#keys, nik, row));
    }
    return found;
  }

  /** Enters people, or finds those whom another node has entered meanwhile; all of them or none. */
  async #add(newcomers: readonly Newcomer[]): Promise<ReadonlyMap<string, Subject>> {
    const sealed = newcomers.map(({ nik, lookup, createdOn }) => {
      const { row, subject } = sealRow(this.#keys, lookup, nik);
      return { row: { ...row, createdOn }, subject };
    });
    const rows = sealed.map(({ row }) => row);
    return this.#database.transaction(async (connection) => {
      const entered = new Set((await insertRows(connection, rows)).map(keyOf));
      const isEntered = ({ lookup }: { readonly lookup: Uint8Array }) => entered.has(keyOf(lookup));
      const met = newcomers.filter((person) => !isEntered(person));
      const subjects = new Map<string, Subject>();
      for (const { row, subject } of sealed)
        if (isEntered(row)) subjects.set(keyOf(row.lookup), subject);
      if (met.length === 0) return subjects;
      const others = await this.#read(connection, met);
      for (const { lookup } of met) {
        // Gone again at once: the next try enters them.
        const subject = others.get(keyOf(lookup)) ?? new VaultError('vault_busy');
        if (subject instanceof VaultError) throw subject;
        subjects.set(keyOf(lookup), subject);
      }
      return subjects;
    });
  }
}

function opened(
  keys: VaultKeys,
  nik: Nik,
  row: Parameters<typeof openRow>[2],
): Subject | VaultError {
  try {
    return openRow(keys, nik, row);
  } catch (error) {
    if (error instanceof VaultError) return error;
    throw error;
  }
}

/** Whom no row is known of, each once; nobody of a call that brings somebody whose row is spoilt. */
function newcomersOf(
  asked: readonly { readonly people: readonly Person[]; readonly createdOn: string }[],
  known: Found,
): readonly Newcomer[] {
  const newcomers = new Map<string, Newcomer>();
  for (const { people, createdOn } of asked) {
    if (people.some(({ lookup }) => known.get(keyOf(lookup)) instanceof VaultError)) continue;
    for (const person of people) {
      const key = keyOf(person.lookup);
      if (!known.has(key) && !newcomers.has(key)) newcomers.set(key, { ...person, createdOn });
    }
  }
  return [...newcomers.values()];
}

/** What is told of each of them, or of the first fault alone. */
function answerOf<T>(
  people: readonly Person[],
  tell: (person: Person) => T | VaultError,
): readonly T[] | VaultError {
  const told: T[] = [];
  for (const person of people) {
    const it = tell(person);
    if (it instanceof VaultError) return it;
    told.push(it);
  }
  return told;
}
