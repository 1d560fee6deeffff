import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { describeWithPostgres, freshDatabase } from '../support/with-postgres.js';
import { blangko, complaint, Folders, type Finished } from './command-line.js';

// Processes take their time on a busy machine; nothing here depends on it.
jest.setTimeout(120_000);

const PASSWORD = 'rahasia-3Wn9';

describeWithPostgres('the commands on a ledger whose vault is on PostgreSQL', (postgres) => {
  const folders = new Folders();
  let base = '';
  let settings: NodeJS.ProcessEnv = {};

  beforeAll(async () => {
    base = await folders.make();
    const database = await freshDatabase(postgres());
    const VAULT = postgres().url(database, `blangko:${PASSWORD}`);
    settings = { VAULT, VAULT_KEY: '5a'.repeat(32) };
    const told = await run(base, ['scenario', 'jakarta-2017', '--scale', '0.02']);
    expect(told.stderr + told.stdout).toContain('commands recorded');
  });

  afterAll(() => folders.removeAll());

  function run(
    folder: string,
    words: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ): Promise<Finished> {
    return blangko(folder, words, process.execPath, { ...settings, ...more });
  }

  it('need the key to be given, and make none', async () => {
    const folder = await folders.make();
    const result = await run(folder, ['scenario', 'jakarta-2017'], { VAULT_KEY: '' });
    expect(result.code).toBe(1);
    expect(complaint(result)).toMatch(/^blangko: The key of the vault is missing: .*openssl/);
    expect(await readdir(folder)).not.toContain('vault.key');
  });

  it('tell why the server cannot be reached, without its password', async () => {
    const away = `postgres://blangko:${PASSWORD}@localhost:1/vault`;
    const result = await run(await folders.make(), ['serve'], { VAULT: away });
    expect(result.code).toBe(1);
    expect(complaint(result)).toMatch(/cannot be reached.*\(.*ECONNREFUSED.*\)$/);
    const unclear = await run(base, ['serve'], {
      VAULT: `postgres://blangko:${PASSWORD}@localhost`,
    });
    expect(complaint(unclear)).toMatch(/^blangko: VAULT must be postgres:/);
    expect(result.stderr + unclear.stderr).not.toContain(PASSWORD);
  });

  it('back the ledger up alone, and say how the vault is', async () => {
    const target = join(await folders.make(), 'backup');
    const backup = await run(base, ['backup', target]);
    expect(backup).toMatchObject({ code: 0 });
    expect(backup.stdout).toMatch(/The vault is on PostgreSQL and not in it\..*\n *pg_dump /);
    expect((await readdir(target)).sort()).toEqual(['ledger.db', 'manifest.json']);

    const fresh = await folders.make();
    const elsewhere = await run(fresh, ['restore', target], { VAULT: 'sqlite:vault.db' });
    expect(elsewhere.code).toBe(1);
    expect(complaint(elsewhere)).toMatch(/was on PostgreSQL: set VAULT to its postgres:\/\/ URL$/);
    expect(await readdir(fresh)).toEqual([]);
    const restored = await run(fresh, ['restore', target]);
    expect(restored).toMatchObject({ code: 0 });
    expect(restored.stdout).toMatch(/The vault is on PostgreSQL and not in it\..*\n *pg_restore /);
    expect((await run(fresh, ['rebuild'])).code).toBe(0);
    expect((await run(fresh, ['audit'])).stdout).toMatch(/nothing differs\n$/);
    expect(backup.stdout + restored.stdout).not.toContain(PASSWORD);
  });

  it('restore no vault file where the vault is set to be on PostgreSQL', async () => {
    const source = await folders.make();
    const file = { VAULT: 'sqlite:vault.db' };
    await run(source, ['scenario', 'jakarta-2017', '--scale', '0.02'], file);
    const target = join(await folders.make(), 'backup');
    expect((await run(source, ['backup', target], file)).code).toBe(0);
    const result = await run(await folders.make(), ['restore', target]);
    expect(complaint(result)).toMatch(/was a file: set VAULT to sqlite: and a file$/);
  });

  it('refuse a manifest that contradicts itself', async () => {
    const target = join(await folders.make(), 'backup');
    await run(base, ['backup', target]);
    const manifest = join(target, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('"vault": "postgres"', '"vault": "elsewhere"'));
    const result = await run(await folders.make(), ['restore', target]);
    expect(complaint(result)).toMatch(/is no backup that this program knows/);
  });
});
