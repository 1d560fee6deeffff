import { ask, type Connection, inTransaction, tell } from './postgres-database.js';
import { VaultError } from './subject-vault.js';
import { type VaultKeys } from './vault-keys.js';

const FORMAT = 1;
/** `BLKV`, and a number of what is locked: the making of the vault. */
const MAKING_LOCK = [0x424c4b56, 1] as const;

/** In a schema of its own: nodes whose search paths differ must not make two vaults. */
const SCHEMA = `
  CREATE TABLE subject_vault.vault (
    one integer PRIMARY KEY CHECK (one = 1),
    format integer NOT NULL,
    key_check bytea NOT NULL
  );
  CREATE TABLE subject_vault.subject (
    lookup bytea PRIMARY KEY CHECK (octet_length(lookup) = 32),
    wrapped_key bytea NOT NULL,
    salt bytea NOT NULL,
    nik bytea NOT NULL,
    created_on date NOT NULL
  )`;
const COLUMNS = [
  'subject.created_on date',
  'subject.lookup bytea',
  'subject.nik bytea',
  'subject.salt bytea',
  'subject.wrapped_key bytea',
  'vault.format integer',
  'vault.key_check bytea',
  'vault.one integer',
].join();

/** All columns of all tables and views in the schema; empty when there are none. */
const SELECT_COLUMNS = `
  SELECT coalesce(string_agg(name, ',' ORDER BY name COLLATE "C"), '') AS columns
  FROM (
    SELECT relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) AS name
    FROM pg_catalog.pg_namespace
    JOIN pg_catalog.pg_class ON relnamespace = pg_namespace.oid AND relkind NOT IN ('i', 'I')
    JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
    WHERE nspname = 'subject_vault'
  ) AS found`;

async function columnsOf(connection: Connection): Promise<unknown> {
  const [row] = await ask(connection, SELECT_COLUMNS);
  return row?.columns;
}

/**
 * Makes the vault's tables in a database that has none. Of several nodes at once, one makes them.
 * @throws {VaultError} `vault_read_only`, `vault_refused` when the user may make no schema or table
 */
export async function makeVault(connection: Connection, keys: VaultKeys): Promise<void> {
  if ((await columnsOf(connection)) !== '') return;
  await inTransaction(connection, async () => {
    await ask(connection, 'SELECT pg_advisory_xact_lock($1, $2)', MAKING_LOCK);
    // Asked again under the lock: another node may have made it meanwhile.
    if ((await columnsOf(connection)) !== '') return;
    // An owner may have made the schema for a user who may make none.
    const schemas = await ask(
      connection,
      `SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'subject_vault'`,
    );
    if (schemas.length === 0) await tell(connection, 'CREATE SCHEMA subject_vault');
    await tell(connection, SCHEMA);
    await ask(
      connection,
      'INSERT INTO subject_vault.vault (one, format, key_check) VALUES (1, $1, $2)',
      [FORMAT, keys.checkValue],
    );
  });
}

/**
 * Looks at durability, format and key of the vault that this connection has come to.
 * @throws {VaultError} `vault_missing`, `vault_format_unsupported`, `vault_not_durable`,
 *   `vault_key_wrong`
 */
export async function checkVault(connection: Connection, keys: VaultKeys): Promise<void> {
  const columns = await columnsOf(connection);
  if (columns === '') throw new VaultError('vault_missing');
  if (columns !== COLUMNS) throw new VaultError('vault_format_unsupported');
  const [row] = await ask(
    connection,
    `SELECT format, key_check, current_setting('fsync') AS fsync FROM subject_vault.vault`,
  );
  if (row?.format !== FORMAT) throw new VaultError('vault_format_unsupported');
  if (row.fsync !== 'on') throw new VaultError('vault_not_durable');
  if (!keys.areKeysOf(row.key_check)) throw new VaultError('vault_key_wrong');
}
