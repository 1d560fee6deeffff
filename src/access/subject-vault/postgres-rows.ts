import { ask, type Connection } from './postgres-database.js';
import { VaultError } from './subject-vault.js';
import { type VaultRow } from './vault-row.js';

const SELECT = `
  SELECT lookup, wrapped_key, salt FROM subject_vault.subject WHERE lookup = ANY($1::bytea[])`;

/** In order of the key: two calls that enter the same people never wait for each other in a ring. */
const INSERT = `
  INSERT INTO subject_vault.subject (lookup, wrapped_key, salt, nik, created_on)
  SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::date[])
    AS fresh (lookup, wrapped_key, salt, nik, created_on)
  ORDER BY lookup
  ON CONFLICT (lookup) DO NOTHING
  RETURNING lookup`;

/** What is needed to open a row. */
export type StoredRow = Pick<VaultRow, 'lookup' | 'wrappedKey' | 'salt'>;

export interface NewRow extends VaultRow {
  /** The day, as 2017-03-31. */
  readonly createdOn: string;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new VaultError('vault_row_tampered');
}

/** The rows that are there, in no order. */
export async function selectRows(
  connection: Connection,
  lookups: readonly Uint8Array[],
): Promise<readonly StoredRow[]> {
  const rows = await ask(connection, SELECT, [lookups]);
  return rows.map(({ lookup, wrapped_key, salt }) => ({
    lookup: bytesOf(lookup),
    wrappedKey: bytesOf(wrapped_key),
    salt: bytesOf(salt),
  }));
}

/** Enters all rows but those whose person is there; gives the look-ups of the entered. */
export async function insertRows(
  connection: Connection,
  rows: readonly NewRow[],
): Promise<readonly Uint8Array[]> {
  const entered = await ask(connection, INSERT, [
    rows.map(({ lookup }) => lookup),
    rows.map(({ wrappedKey }) => wrappedKey),
    rows.map(({ salt }) => salt),
    rows.map(({ nik }) => nik),
    rows.map(({ createdOn }) => createdOn),
  ]);
  return entered.map(({ lookup }) => bytesOf(lookup));
}
