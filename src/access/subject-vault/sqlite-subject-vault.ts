import { unlinkSync } from 'node:fs';
import { DatabaseSync, type StatementSync, backup } from 'node:sqlite';
import { assert } from '../../custody/assert.js';
import { type Nik } from './nik.js';
import {
  NIKS_WAITING_MAXIMUM,
  SUBJECTS_MAXIMUM,
  type Subject,
  type SubjectVault,
  VaultError,
  type VaultState,
} from './subject-vault.js';
import { BUSY_TIMEOUT_MS, createPrivateFile, openVaultFile, syncFile } from './vault-file.js';
import { type VaultKeys } from './vault-keys.js';
import { type VaultMode } from './vault-location.js';
import { openRow, sealRow } from './vault-row.js';

/** The NIKs one commit takes in at most, unless one call alone brings more. */
const NIKS_PER_COMMIT = 8_000;
const SQLITE_BUSY = 5;
const ALL_PAGES = 2_147_483_647;

const SELECT = 'SELECT wrapped_key, salt FROM subject WHERE lookup = ?';
const INSERT =
  'INSERT INTO subject (lookup, wrapped_key, salt, nik, created_on) VALUES (?, ?, ?, ?, ?)';

interface Waiting {
  readonly niks: readonly Nik[];
  readonly createdOn: string;
  readonly resolve: (subjects: readonly Subject[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface SqliteSubjectVaultOptions {
  readonly file: string;
  readonly keys: VaultKeys;
  readonly mode: VaultMode;
}

/**
 * The vault in a SQLite file of its own. Calls that arrive in one turn of the event loop share one
 * commit, and so one fsync. The first write that fails makes it read-only until it is reopened: what
 * a failed fsync has lost cannot be told from inside the process.
 */
export class SqliteSubjectVault implements SubjectVault {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #keys: VaultKeys;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #mode: VaultMode;
  #hasFailed = false;
  #isClosed = false;
  #waiting: Waiting[] = [];
  #niksWaiting = 0;

  private constructor({ file, keys, mode }: SqliteSubjectVaultOptions) {
    const database = openVaultFile(file, keys, mode);
    this.#file = file;
    this.#database = database;
    this.#keys = keys;
    this.#mode = mode;
    this.#select = database.prepare(SELECT);
    this.#insert = database.prepare(INSERT);
  }

  /**
   * Opens the vault, or makes it when a writer finds none. Several processes may write at once.
   * @throws {VaultError} `vault_missing`, `vault_not_durable`, `vault_format_unsupported` or
   *   `vault_key_wrong`
   */
  static open(options: SqliteSubjectVaultOptions): SqliteSubjectVault {
    return new SqliteSubjectVault(options);
  }

  get #isReadOnly(): boolean {
    return this.#hasFailed || this.#mode === 'reader';
  }

  state(): Promise<VaultState> {
    if (this.#hasFailed) return Promise.resolve('write_failed');
    return Promise.resolve(this.#mode === 'reader' ? 'read_only' : 'writable');
  }

  subjectsOf(niks: readonly Nik[], at: Date): Promise<readonly Subject[]> {
    assert(niks.length >= 1 && niks.length <= SUBJECTS_MAXIMUM, 'a call brings 1 to 1,000 NIKs');
    if (this.#isClosed) return Promise.reject(new VaultError('vault_closed'));
    if (this.#isReadOnly) return Promise.reject(new VaultError('vault_read_only'));
    if (this.#niksWaiting + niks.length > NIKS_WAITING_MAXIMUM) {
      return Promise.reject(new VaultError('vault_busy'));
    }
    // The day is enough for retention, and joins a row to fewer events of the log than the moment.
    const createdOn = at.toISOString().slice(0, 10);
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#scheduleCommit();
      this.#waiting.push({ niks: [...niks], createdOn, resolve, reject });
      this.#niksWaiting += niks.length;
    });
  }

  find(nik: Nik): Promise<Subject | null> {
    return Promise.try(() => {
      if (this.#isClosed) throw new VaultError('vault_closed');
      return this.#read(this.#keys.lookupOf(nik), nik);
    });
  }

  /**
   * Writes a consistent copy to a file that must not exist yet, while the vault is in use. The copy
   * is worth nothing without the key, which is not in it.
   * @throws {VaultError} rejects with `vault_backup_exists` or `vault_closed`
   */
  async backupTo(file: string): Promise<void> {
    if (this.#isClosed) throw new VaultError('vault_closed');
    try {
      createPrivateFile(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new VaultError('vault_backup_exists');
    }
    // SQLite refuses a step while the same connection writes, and starts over when another has
    // written between steps: so a connection of its own, and all pages in one step off this thread.
    const source = new DatabaseSync(this.#file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      await backup(source, file, { rate: ALL_PAGES });
      syncFile(file);
    } catch (error) {
      // Half a copy must not pass for a backup.
      unlinkSync(file);
      throw error;
    } finally {
      source.close();
    }
  }

  close(): Promise<void> {
    return Promise.try(() => {
      if (this.#isClosed) return;
      while (this.#waiting.length > 0) this.#commitGroup();
      this.#isClosed = true;
      this.#database.close();
    });
  }

  #scheduleCommit(): void {
    setImmediate(() => {
      if (this.#waiting.length > 0) this.#commitGroup();
      if (this.#waiting.length > 0) this.#scheduleCommit();
    });
  }

  /** The longest run of waiting calls that fits one commit, at least one of them. */
  #takeGroup(): readonly Waiting[] {
    let niks = 0;
    const end = this.#waiting.findIndex((it, index) => {
      niks += it.niks.length;
      return index > 0 && niks > NIKS_PER_COMMIT;
    });
    const group = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    for (const it of group) this.#niksWaiting -= it.niks.length;
    return group;
  }

  #commitGroup(): void {
    const group = this.#takeGroup();
    if (this.#isReadOnly) {
      for (const it of group) it.reject(new VaultError('vault_read_only'));
      return;
    }
    const answers: (() => void)[] = [];
    try {
      this.#begin();
      for (const it of group) answers.push(this.#enter(it));
      this.#write(() => {
        this.#database.exec('COMMIT');
      });
    } catch (error) {
      this.#rollBack();
      for (const it of group) it.reject(error);
      return;
    }
    for (const answer of answers) answer();
  }

  #begin(): void {
    this.#write(() => {
      this.#database.exec('BEGIN IMMEDIATE');
    });
  }

  /**
   * Enters one call in the open transaction and gives what to tell its caller after the commit.
   * A spoilt row fails its own call alone, before anything of that call is entered.
   */
  #enter({ niks, createdOn, resolve, reject }: Waiting): () => void {
    const people = niks.map((nik) => ({ nik, lookup: this.#keys.lookupOf(nik) }));
    const known = new Map<string, Subject>();
    try {
      for (const { nik, lookup } of people) {
        const subject = this.#read(lookup, nik);
        if (subject !== null) known.set(lookup.toString('latin1'), subject);
      }
    } catch (error) {
      if (!(error instanceof VaultError)) throw this.#fail(error);
      return () => {
        reject(error);
      };
    }
    const subjects = people.map(({ nik, lookup }) => {
      const key = lookup.toString('latin1');
      const subject = known.get(key) ?? this.#add(lookup, nik, createdOn);
      known.set(key, subject);
      return subject;
    });
    return () => {
      resolve(subjects);
    };
  }

  #read(lookup: Uint8Array, nik: Nik): Subject | null {
    const row = this.#select.get(lookup);
    if (row === undefined) return null;
    const { wrapped_key: wrappedKey, salt } = row;
    const isWhole = wrappedKey instanceof Uint8Array && salt instanceof Uint8Array;
    if (!isWhole) throw new VaultError('vault_row_tampered');
    return openRow(this.#keys, nik, { lookup, wrappedKey, salt });
  }

  #add(lookup: Uint8Array, nik: Nik, createdOn: string): Subject {
    const { row, subject } = sealRow(this.#keys, lookup, nik);
    this.#write(() => this.#insert.run(row.lookup, row.wrappedKey, row.salt, row.nik, createdOn));
    return subject;
  }

  #write(step: () => unknown): void {
    try {
      step();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Another process holding the lock has cost nothing; any other failure ends all writing. */
  #fail(cause: unknown): VaultError {
    const errcode = (cause as { readonly errcode?: unknown }).errcode;
    const isBusy = typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY;
    if (isBusy && !this.#database.isTransaction) return new VaultError('vault_busy', { cause });
    this.#hasFailed = true;
    return new VaultError('vault_write_failed', { cause });
  }

  #rollBack(): void {
    if (!this.#database.isTransaction) return;
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // The failure that led here is the one to report, and the vault is read-only already.
      this.#hasFailed = true;
    }
  }
}
