import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteSubjectVault } from '../../../src/access/subject-vault/sqlite-subject-vault.js';
import { KEYS, type StoredPerson, type VaultTarget } from './vault-target.js';

/** Commits in a write-ahead log: a frame that ends one holds the database's size in pages. */
function commitsIn(file: string): number {
  if (!existsSync(file)) return 0;
  const log = readFileSync(file);
  const frameBytes = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}

/** A vault in a folder of its own. */
export async function sqliteTarget(): Promise<VaultTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'subject-vault-'));
  const file = join(folder, 'vault.db');
  const opened: SqliteSubjectVault[] = [];
  const meddle = <T>(work: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(file);
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    open: ({ mode = 'writer', keys = KEYS } = {}) =>
      Promise.try(() => {
        const vault = SqliteSubjectVault.open({ file, keys, mode });
        opened.push(vault);
        return vault;
      }),
    rows: () =>
      Promise.resolve(
        meddle((database) =>
          database.prepare('SELECT * FROM subject').all(),
        ) as unknown as StoredPerson[],
      ),
    setColumn: (lookup, column, value) => {
      meddle((database) => {
        database.prepare(`UPDATE subject SET ${column} = ? WHERE lookup = ?`).run(value, lookup);
      });
      return Promise.resolve();
    },
    setFormat: (version) => {
      meddle((database) => {
        database.exec(`PRAGMA user_version = ${version}`);
      });
      return Promise.resolve();
    },
    makeSomethingElse: () => {
      meddle((database) => {
        database.exec('CREATE TABLE other (a)');
      });
      return Promise.resolve();
    },
    commits: () => Promise.resolve(commitsIn(`${file}-wal`)),
    bytes: () =>
      Promise.resolve(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
    dispose: async () => {
      for (const vault of opened) await vault.close();
      rmSync(folder, { recursive: true });
    },
  };
}
