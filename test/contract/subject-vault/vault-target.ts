import { expect } from '@jest/globals';
import type {
  SubjectVault,
  VaultErrorCode,
} from '../../../src/access/subject-vault/subject-vault.js';
import { VaultKeys } from '../../../src/access/subject-vault/vault-keys.js';
import type { VaultMode } from '../../../src/access/subject-vault/vault-location.js';

export const KEYS = VaultKeys.fromHex('5a'.repeat(32));
export const OTHER_KEYS = VaultKeys.fromHex('a5'.repeat(32));
export const AT = new Date('2017-03-31T16:45:00Z');
export const CANARY = '3171014510950007';

export const SEALED_COLUMNS = ['lookup', 'wrapped_key', 'salt', 'nik'] as const;
export type SealedColumn = (typeof SEALED_COLUMNS)[number];

export type StoredPerson = Readonly<Record<SealedColumn, Uint8Array>> & {
  /** The day, as 2017-03-31. */
  readonly created_on: string;
};

export interface OpenOptions {
  readonly mode?: VaultMode;
  readonly keys?: VaultKeys;
}

/** One vault, empty at first, and what can be done to it past its own interface. */
export interface VaultTarget {
  /** One more node on the vault; a writer by default. It is closed with the target. */
  readonly open: (options?: OpenOptions) => Promise<SubjectVault>;
  readonly rows: () => Promise<readonly StoredPerson[]>;
  readonly setColumn: (
    lookup: Uint8Array,
    column: SealedColumn,
    value: Uint8Array,
  ) => Promise<void>;
  readonly setFormat: (version: number) => Promise<void>;
  /** Puts something else where there is no vault yet. */
  readonly makeSomethingElse: () => Promise<void>;
  /** Commits that entered somebody, so far. */
  readonly commits: () => Promise<number>;
  /** All that the engine has written to disk of the vault. */
  readonly bytes: () => Promise<readonly Buffer[]>;
  readonly dispose: () => Promise<void>;
}

/** What the rules get: a target of each rule's own, and further ones. */
export interface VaultRun {
  readonly target: () => VaultTarget;
  /** Another vault, with nothing of the first. */
  readonly another: () => Promise<VaultTarget>;
}

export function fault(code: VaultErrorCode): unknown {
  return expect.objectContaining({ name: 'VaultError', code });
}
