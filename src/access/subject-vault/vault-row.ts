import { createSecretKey, hash } from 'node:crypto';
import { seal, unseal } from './authenticated-cipher.js';
import { type Nik } from './nik.js';
import { freshBytes } from './random-bytes.js';
import { type Subject, VaultError } from './subject-vault.js';
import { type VaultKeys } from './vault-keys.js';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const FIELD = Buffer.from('nik', 'latin1');

/** One person in the vault. Every sealed column is bound to its name, its version and its row. */
export interface VaultRow {
  /** Keyed hash of the NIK; the primary key. */
  readonly lookup: Uint8Array;
  /** The person's own key, encrypted under the vault's wrapping key. */
  readonly wrappedKey: Uint8Array;
  /** The salt, encrypted under the person's own key. */
  readonly salt: Uint8Array;
  /** The NIK, encrypted under the person's own key. */
  readonly nik: Uint8Array;
}

const BINDINGS = {
  key: Buffer.from('blangko/vault/v1/key\n', 'latin1'),
  salt: Buffer.from('blangko/vault/v1/salt\n', 'latin1'),
  nik: Buffer.from('blangko/vault/v1/nik\n', 'latin1'),
} as const;

type SealedColumn = keyof typeof BINDINGS;

function binding(column: SealedColumn, lookup: Uint8Array): Buffer {
  return Buffer.concat([BINDINGS[column], lookup]);
}

function subjectOf(salt: Uint8Array, nik: Nik): Subject {
  const digits = Buffer.from(nik.reveal(), 'latin1');
  return hash('sha256', Buffer.concat([salt, FIELD, digits]), 'hex') as Subject;
}

/** A new row and its subject, with a fresh salt and a fresh key. */
export function sealRow(
  keys: VaultKeys,
  lookup: Uint8Array,
  nik: Nik,
): { readonly row: VaultRow; readonly subject: Subject } {
  const salt = freshBytes(SALT_BYTES);
  const keyBytes = freshBytes(KEY_BYTES);
  const key = createSecretKey(keyBytes);
  const row = {
    lookup,
    wrappedKey: keys.wrap(keyBytes, binding('key', lookup)),
    salt: seal(key, salt, binding('salt', lookup)),
    nik: seal(key, Buffer.from(nik.reveal(), 'latin1'), binding('nik', lookup)),
  };
  return { row, subject: subjectOf(salt, nik) };
}

/**
 * The subject of the person whose row this is. The NIK in the row is not needed for it.
 * @throws {VaultError} `vault_row_tampered`
 */
export function openRow(
  keys: VaultKeys,
  nik: Nik,
  row: Pick<VaultRow, 'lookup' | 'wrappedKey' | 'salt'>,
): Subject {
  const key = keys.unwrap(row.wrappedKey, binding('key', row.lookup));
  const salt = key === null ? null : unseal(key, row.salt, binding('salt', row.lookup));
  if (salt?.length !== SALT_BYTES) throw new VaultError('vault_row_tampered');
  return subjectOf(salt, nik);
}
