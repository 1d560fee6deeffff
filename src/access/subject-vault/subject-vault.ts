import { type Nik } from './nik.js';

/**
 * One person as the log knows them: 64 lower-case hex digits of
 * SHA-256(salt, 16 random bytes || the three bytes `nik` || the NIK, 16 ASCII digits).
 * Without the salt, which only the vault has, it leads nowhere, however many NIKs are tried.
 */
export type Subject = string & { readonly __subject: true };

/** The most NIKs one call may bring. */
export const SUBJECTS_MAXIMUM = 1_000;

/** Injection token of the one vault of this ledger. */
export const SUBJECT_VAULT = Symbol('SubjectVault');

/** The NIKs that may wait for a commit in one process; beyond it the vault is busy. */
export const NIKS_WAITING_MAXIMUM = 50_000;

/**
 * Whether it takes entries now. `read_only`: opened to read, or its server only reads;
 * `write_failed`: a write failed, and it must be reopened; `unreachable`: nobody knows.
 */
export type VaultState = 'writable' | 'read_only' | 'write_failed' | 'unreachable';

/**
 * The only place where a NIK is kept. There is one vault a ledger, shared by all its nodes: two
 * would make two subjects of one person.
 */
export interface SubjectVault {
  /** Asked anew each time, for readiness and metrics; answers within 2 seconds, never rejects. */
  state(): Promise<VaultState>;

  /**
   * The subjects of 1 to {@link SUBJECTS_MAXIMUM} NIKs, in their order; a person met for the first
   * time is entered, on the day of `at`. All of a call are entered or none, and it resolves only
   * when they are durable. A NIK may stand twice. Retrying is always safe.
   * @throws {VaultError} rejects with `vault_read_only`, `vault_busy`, `vault_unavailable`,
   *   `vault_write_failed`, `vault_refused`, `vault_row_tampered` or `vault_closed`
   */
  subjectsOf(niks: readonly Nik[], at: Date): Promise<readonly Subject[]>;

  /**
   * The subject of a person already entered, or null. Enters nobody.
   * @throws {VaultError} rejects with `vault_row_tampered`, `vault_busy`, `vault_unavailable`,
   *   `vault_refused` or `vault_closed`
   */
  find(nik: Nik): Promise<Subject | null>;

  /** Lets what is under way finish, then closes. Closing twice is harmless. */
  close(): Promise<void>;
}

/** What can go wrong with a vault. Messages name files and rules, never a person or a key. */
const VAULT_ERRORS = {
  vault_key_missing:
    'The key of the vault is missing: set VAULT_KEY, or put its key file in place. ' +
    'A new vault on PostgreSQL needs a new key, the same on every node: openssl rand -hex 32',
  vault_key_malformed: 'The vault key must be 64 hexadecimal digits.',
  vault_key_wrong: 'The vault was made with another key.',
  vault_missing: 'There is no vault to read yet.',
  vault_format_unsupported: 'What is there is no subject vault, or one of another version.',
  vault_not_durable:
    'The vault cannot be made durable: the file system does not let SQLite, ' +
    'or PostgreSQL runs with fsync=off.',
  vault_row_tampered: 'A row of the vault is not what was written.',
  vault_read_only:
    'The vault takes no entries: it was opened to read, its server only reads, or a write failed.',
  vault_busy: 'The vault is busy; try again.',
  vault_unavailable: 'The vault cannot be reached, or did not answer in time; try again.',
  vault_refused: 'PostgreSQL refused what the vault asked of it.',
  vault_write_failed: 'Writing to the vault failed: it takes no entries until it is reopened.',
  vault_backup_exists: 'The backup file exists already.',
  vault_closed: 'The vault is closed.',
} as const;

export type VaultErrorCode = keyof typeof VAULT_ERRORS;

/** A fault of the vault, never a refusal of a command. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, options?: ErrorOptions) {
    super(VAULT_ERRORS[code], options);
    this.code = code;
  }

  /** Whether the same call may succeed a moment later. */
  get isRetryable(): boolean {
    return this.code === 'vault_busy' || this.code === 'vault_unavailable';
  }
}
