import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type pg from 'pg';
import { AT, fault, KEYS } from '../../../test/contract/subject-vault/vault-target.js';
import { CuttingProxy } from '../../../test/support/cutting-proxy.js';
import { people, person } from '../../../test/support/people.js';
import { type Ending } from '../../../test/support/postgres-server.js';
import { describeWithPostgres, freshDatabase } from '../../../test/support/with-postgres.js';
import { insertRows } from './postgres-rows.js';
import { PostgresSubjectVault } from './postgres-subject-vault.js';
import { type Subject, VaultError } from './subject-vault.js';
import { sealRow } from './vault-row.js';

const NODES = 3;
const CALLERS = 8;
/** A call ends within connection, statements and commit, each of a few seconds. */
const LONGEST_CALL_MS = 15_000;

describeWithPostgres('the vault on a PostgreSQL that fails', (server) => {
  let database = '';
  let opened: PostgresSubjectVault[] = [];
  let proxy: CuttingProxy | null = null;

  beforeEach(async () => {
    database = await freshDatabase(server());
  });
  afterEach(async () => {
    for (const vault of opened) await vault.close();
    opened = [];
    await proxy?.stop();
    proxy = null;
  });

  async function open(url = server().url(database)): Promise<PostgresSubjectVault> {
    const vault = await PostgresSubjectVault.open({ url, keys: KEYS, mode: 'writer' });
    opened.push(vault);
    return vault;
  }

  /** A vault whose every connection goes through a proxy. */
  async function openThroughProxy(): Promise<{ vault: PostgresSubjectVault; proxy: CuttingProxy }> {
    const { folder } = server();
    proxy = await CuttingProxy.start(join(folder, '.s.PGSQL.5433'), join(folder, '.s.PGSQL.5432'));
    return { vault: await open(server().url(database).replace('5432', '5433')), proxy };
  }

  async function withPool<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
    const pool = server().pool(1, database);
    try {
      return await work(pool);
    } finally {
      await pool.end();
    }
  }

  function rows(): Promise<number> {
    return withPool(async (pool) => {
      const { rows: found } = await pool.query('SELECT 1 FROM subject_vault.subject');
      return found.length;
    });
  }

  it.each<Ending>(['fast', 'crash'])(
    'loses nothing it has told when the server ends (%s) and starts again under load',
    async (ending) => {
      const vaults = await Promise.all(Array.from({ length: NODES }, () => open()));
      const told = new Map<number, Subject>();
      const seen = { next: 0, refused: 0, isOver: false };
      const call = async (vault: PostgresSubjectVault): Promise<void> => {
        // Some new, some known, some met by another node at the same moment.
        seen.next += 1;
        const asked = [seen.next, Math.max(1, seen.next - 1), 1 + Math.floor(seen.next / 2)];
        const since = performance.now();
        try {
          const subjects = await vault.subjectsOf(asked.map(person), AT);
          for (const [index, who] of asked.entries()) {
            const subject = subjects[index];
            if (subject === undefined) throw new Error('a subject is missing');
            expect(told.get(who) ?? subject).toBe(subject);
            told.set(who, subject);
          }
        } catch (error) {
          if (!(error instanceof VaultError)) throw error;
          expect([error.code, error.isRetryable]).toEqual([error.code, true]);
          seen.refused += 1;
          await delay(5);
        }
        expect(performance.now() - since).toBeLessThan(LONGEST_CALL_MS);
      };
      const load = vaults.flatMap((vault) =>
        Array.from({ length: CALLERS }, async () => {
          while (!seen.isOver) await call(vault);
        }),
      );
      for (let time = 0; time < 2; time++) {
        await delay(500);
        await server().stop(ending);
        await delay(300);
        expect(await Promise.all(vaults.map((vault) => vault.state()))).toEqual(
          vaults.map(() => 'unreachable'),
        );
        await server().start();
      }
      const before = told.size;
      await delay(500);
      seen.isOver = true;
      await Promise.all(load);
      expect(seen.refused).toBeGreaterThan(0);
      expect(told.size).toBeGreaterThan(before);
      for (const vault of vaults) {
        expect(await vault.state()).toBe('writable');
        const found = await Promise.all([...told.keys()].map((who) => vault.find(person(who))));
        expect(found).toEqual([...told.values()]);
      }
      expect(await rows()).toBeGreaterThanOrEqual(told.size);
    },
    60_000,
  );

  it('can be asked again when the answer to its commit was lost', async () => {
    const { vault, proxy: between } = await openThroughProxy();
    between.cut = 'after_commit';
    const lost = vault.subjectsOf(people(3), AT);
    await expect(lost).rejects.toThrow(fault('vault_unavailable'));
    expect(await rows()).toBe(3);
    between.cut = 'none';
    const subjects = await vault.subjectsOf(people(3), AT);
    expect(await rows()).toBe(3);
    expect(await (await open()).subjectsOf(people(3), AT)).toEqual(subjects);
  });

  it('can be asked again when its commit never reached the server', async () => {
    const { vault, proxy: between } = await openThroughProxy();
    between.cut = 'before_commit';
    const lost = vault.subjectsOf(people(3), AT);
    await expect(lost).rejects.toThrow(fault('vault_unavailable'));
    between.cut = 'none';
    expect(await rows()).toBe(0);
    expect(await vault.subjectsOf(people(3), AT)).toHaveLength(3);
    expect(await rows()).toBe(3);
  });

  it('waits a few seconds for a server that says nothing, and then works again', async () => {
    const { vault, proxy: between } = await openThroughProxy();
    await vault.subjectsOf([person(1)], AT);
    between.cut = 'silent';
    const since = performance.now();
    const calls = await Promise.allSettled([
      vault.subjectsOf([person(1)], AT),
      vault.find(person(1)),
      vault.subjectsOf([person(2)], AT),
    ]);
    for (const call of calls)
      expect(call).toMatchObject({ reason: { code: 'vault_unavailable', isRetryable: true } });
    const opening = open(server().url(database).replace('5432', '5433'));
    await expect(opening).rejects.toThrow(fault('vault_unavailable'));
    expect(performance.now() - since).toBeLessThan(LONGEST_CALL_MS);
    expect(await vault.state()).toBe('unreachable');
    between.cut = 'none';
    expect(await vault.subjectsOf([person(2)], AT)).toHaveLength(1);
  }, 60_000);

  it('is closed within seconds while the server says nothing', async () => {
    const { vault, proxy: between } = await openThroughProxy();
    await vault.subjectsOf([person(1)], AT);
    between.cut = 'silent';
    const since = performance.now();
    const waiting = vault.subjectsOf([person(2)], AT);
    await Promise.all([expect(waiting).rejects.toThrow(fault('vault_unavailable')), vault.close()]);
    expect(performance.now() - since).toBeLessThan(LONGEST_CALL_MS);
  }, 60_000);

  it('lives on when its idle connections are ended', async () => {
    const vault = await open();
    const subjects = await vault.subjectsOf(people(3), AT);
    await withPool((pool) =>
      pool.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'blangko'`,
      ),
    );
    await delay(100);
    expect(await vault.subjectsOf(people(3), AT)).toEqual(subjects);
  });

  it('is busy while another transaction enters the same person for too long', async () => {
    const vault = await open();
    const who = person(1);
    const { row, subject } = sealRow(KEYS, KEYS.lookupOf(who), who);
    await withPool(async (pool) => {
      const client = await pool.connect();
      await client.query('BEGIN');
      await insertRows(client, [{ ...row, createdOn: '2017-03-31' }]);
      const since = performance.now();
      await expect(vault.subjectsOf([who], AT)).rejects.toThrow(fault('vault_busy'));
      expect(performance.now() - since).toBeLessThan(LONGEST_CALL_MS);
      await client.query('COMMIT');
      client.release();
    });
    expect(await vault.subjectsOf([who], AT)).toEqual([subject]);
  }, 30_000);

  it('tells nothing that a synchronous standby may not have', async () => {
    const vault = await open();
    await vault.subjectsOf([person(1)], AT);
    await server().stop();
    await server().start(['synchronous_standby_names=away']);
    const told = vault.subjectsOf([person(2)], AT);
    await expect(told).rejects.toThrow(fault('vault_unavailable'));
    // It waits for the standby on the server, and until then nobody may find or enter them.
    expect(await vault.find(person(2))).toBeNull();
    await expect(vault.subjectsOf([person(2)], AT)).rejects.toThrow(fault('vault_busy'));
    await server().stop('crash');
    await server().start();
    expect(await vault.subjectsOf([person(2)], AT)).toHaveLength(1);
  }, 60_000);

  it('is not opened on a server that does not write to its disk', async () => {
    await (await open()).close();
    await server().stop();
    await server().start(['fsync=off']);
    try {
      await expect(open()).rejects.toThrow(fault('vault_not_durable'));
    } finally {
      await server().stop();
      await server().start();
    }
    await server().stop();
    await server().start(['synchronous_commit=off']);
    try {
      // That one it sets right for itself.
      expect(await (await open()).subjectsOf(people(3), AT)).toHaveLength(3);
    } finally {
      await server().stop();
      await server().start();
    }
  }, 60_000);
});
