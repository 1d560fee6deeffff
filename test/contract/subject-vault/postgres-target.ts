import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresSubjectVault } from '../../../src/access/subject-vault/postgres-subject-vault.js';
import type { PostgresServer } from '../../support/postgres-server.js';
import { freshDatabase } from '../../support/with-postgres.js';
import { KEYS, type StoredPerson, type VaultTarget } from './vault-target.js';

/** A vault in a database of its own. */
export async function postgresTarget(server: PostgresServer): Promise<VaultTarget> {
  const database = await freshDatabase(server);
  const pool = server.pool(1, database);
  const opened: PostgresSubjectVault[] = [];
  const valueOf = async (query: string): Promise<string> => {
    const { rows } = await pool.query<{ value: string }>(query);
    return rows[0]?.value ?? '';
  };
  const currentLog = (): Promise<string> =>
    valueOf('SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS value');
  const firstLog = await currentLog();
  return {
    open: async ({ mode = 'writer', keys = KEYS } = {}) => {
      const vault = await PostgresSubjectVault.open({ url: server.url(database), keys, mode });
      opened.push(vault);
      return vault;
    },
    rows: async () => {
      const { rows } = await pool.query<StoredPerson>(
        `SELECT lookup, wrapped_key, salt, nik, created_on::text FROM subject_vault.subject`,
      );
      return rows;
    },
    setColumn: async (lookup, column, value) => {
      await pool.query(`UPDATE subject_vault.subject SET ${column} = $1 WHERE lookup = $2`, [
        value,
        lookup,
      ]);
    },
    setFormat: async (version) => {
      await pool.query('UPDATE subject_vault.vault SET format = $1', [version]);
    },
    makeSomethingElse: async () => {
      await pool.query('CREATE SCHEMA subject_vault');
      await pool.query('CREATE TABLE subject_vault.other (a integer)');
    },
    // Each row knows the transaction that entered it.
    commits: async () =>
      Number(
        await valueOf('SELECT count(DISTINCT xmin::text) AS value FROM subject_vault.subject'),
      ),
    bytes: async () => {
      await pool.query('CHECKPOINT');
      const { rows } = await pool.query<{ path: string }>(
        `SELECT pg_relation_filepath(oid) AS path FROM pg_class
         WHERE relnamespace = 'subject_vault'::regnamespace`,
      );
      const data = join(server.folder, 'data');
      const lastLog = await currentLog();
      const logs = (await readdir(join(data, 'pg_wal'))).filter(
        (name) => name >= firstLog && name <= lastLog,
      );
      const files = [...rows.map(({ path }) => path), ...logs.map((name) => join('pg_wal', name))];
      return Promise.all(files.map((path) => readFile(join(data, path))));
    },
    dispose: async () => {
      for (const vault of opened) await vault.close();
      await pool.end();
    },
  };
}
