import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type pg from 'pg';
import {
  AT,
  CANARY,
  fault,
  KEYS,
  OTHER_KEYS,
} from '../../../test/contract/subject-vault/vault-target.js';
import { nik, people, person } from '../../../test/support/people.js';
import { describeWithPostgres, freshDatabase } from '../../../test/support/with-postgres.js';
import { insertRows } from './postgres-rows.js';
import { PostgresSubjectVault } from './postgres-subject-vault.js';
import { sealRow } from './vault-row.js';

// What every vault does is in test/contract/subject-vault; here is what several nodes need.

const NODES = 3;
const MOST_ROUNDS = 1_000;
const ROUNDS_MS = 10_000;
const PASSWORD = 'rahasia-8Rk2';

describeWithPostgres('the vault on PostgreSQL', (server) => {
  let database = '';
  let pool: pg.Pool;
  let opened: PostgresSubjectVault[] = [];

  beforeEach(async () => {
    database = await freshDatabase(server());
    pool = server().pool(2, database);
  });
  afterEach(async () => {
    for (const vault of opened) await vault.close();
    opened = [];
    await pool.end();
  });

  async function open(url = server().url(database), keys = KEYS): Promise<PostgresSubjectVault> {
    const vault = await PostgresSubjectVault.open({ url, keys, mode: 'writer' });
    opened.push(vault);
    return vault;
  }

  async function subjectRows(): Promise<number> {
    const { rows } = await pool.query('SELECT 1 FROM subject_vault.subject');
    return rows.length;
  }

  it('is made once by nodes that start at once', async () => {
    for (let time = 0; time < 5; time++) {
      database = await freshDatabase(server());
      const vaults = await Promise.all(Array.from({ length: NODES }, () => open()));
      const answers = await Promise.all(vaults.map((vault) => vault.subjectsOf(people(10), AT)));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
  }, 60_000);

  it('of nodes with different keys is opened by one key alone', async () => {
    const starts = await Promise.allSettled([open(), open(undefined, OTHER_KEYS), open()]);
    const refused = starts.filter(({ status }) => status === 'rejected');
    expect([1, 2]).toContain(refused.length);
    for (const it of refused) expect(it).toMatchObject({ reason: fault('vault_key_wrong') });
  });

  it('gives new people that several nodes meet at once one subject each', async () => {
    const vaults = await Promise.all(Array.from({ length: NODES }, () => open()));
    const each = 5;
    const end = performance.now() + ROUNDS_MS;
    let rounds = 0;
    for (; rounds < MOST_ROUNDS && performance.now() < end; rounds++) {
      const niks = Array.from({ length: each }, (_none, index) =>
        person(rounds * each + index + 1),
      );
      const answers = await Promise.all(
        vaults.map(async (vault, node) => {
          // Each node in another order, and one of them one call a person.
          const turned = [...niks.slice(node), ...niks.slice(0, node)];
          const subjects =
            node === 0
              ? (await Promise.all(turned.map((it) => vault.subjectsOf([it], AT)))).flat()
              : await vault.subjectsOf(turned, AT);
          return [...subjects.slice(each - node), ...subjects.slice(0, each - node)];
        }),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(new Set(answers[0]).size).toBe(each);
    }
    expect(rounds).toBeGreaterThan(100);
    expect(await subjectRows()).toBe(rounds * each);
  }, 60_000);

  it('tries again when it is the one that a deadlock ends', async () => {
    const vault = await open();
    // A slow machine may let the vault's patience with a lock end before the ring is closed.
    for (let round = 1, isDone = false; !isDone; round++) {
      expect(round).toBeLessThan(6);
      const [first, second] = [person(2 * round), person(2 * round + 1)].toSorted((a, b) =>
        Buffer.compare(KEYS.lookupOf(a), KEYS.lookupOf(b)),
      );
      if (first === undefined || second === undefined) throw new Error('two people are two');
      const [mine, other] = [first, second].map((it) => sealRow(KEYS, KEYS.lookupOf(it), it));
      if (mine === undefined || other === undefined) throw new Error('two rows are two');
      const client = await pool.connect();
      try {
        // So that it is the vault that finds the ring, and is ended.
        await client.query(`BEGIN; SET LOCAL deadlock_timeout = '20s'`);
        // Against the order that the vault keeps to.
        await insertRows(client, [{ ...other.row, createdOn: '2017-03-31' }]);
        const asked = vault.subjectsOf([first, second], AT);
        const outcome = asked.catch((error: unknown) => error);
        await waitingForALock(pool);
        await insertRows(client, [{ ...mine.row, createdOn: '2017-03-31' }]);
        await client.query('COMMIT');
        const answer = await outcome;
        isDone = await isDeadlockCounted(pool);
        if (isDone) expect(answer).toEqual([mine.subject, other.subject]);
      } finally {
        // With the connection, whatever is open ends.
        client.release(true);
      }
    }
  }, 60_000);

  it('is read-only where its server only reads', async () => {
    const vault = await open();
    const [known] = await vault.subjectsOf([person(1)], AT);
    await pool.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    const reading = await open();
    expect(await reading.state()).toBe('read_only');
    await expect(reading.subjectsOf([person(2)], AT)).rejects.toThrow(fault('vault_read_only'));
    expect(await reading.subjectsOf([person(1)], AT)).toEqual([known]);
  });

  it('is looked at again by each connection, for it may lead elsewhere', async () => {
    const vault = await open();
    await vault.subjectsOf([person(1)], AT);
    await pool.query('UPDATE subject_vault.vault SET key_check = $1', [OTHER_KEYS.checkValue]);
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'blangko'`,
    );
    let refused = await codeOf(vault.subjectsOf([person(2)], AT));
    // The server's farewell may not have been heard yet.
    if (refused === 'vault_unavailable') refused = await codeOf(vault.subjectsOf([person(2)], AT));
    expect(refused).toBe('vault_key_wrong');
    expect(await vault.state()).toBe('unreachable');
    expect(await subjectRows()).toBe(1);
  });

  it('needs no right but to its own schema', async () => {
    await pool.query('DO $$ BEGIN CREATE ROLE clerk LOGIN; EXCEPTION WHEN OTHERS THEN END $$');
    await expect(open(server().url(database, 'clerk'))).rejects.toThrow(fault('vault_refused'));
    await pool.query('CREATE SCHEMA subject_vault AUTHORIZATION clerk');
    const vault = await open(server().url(database, 'clerk'));
    expect(await vault.subjectsOf(people(3), AT)).toHaveLength(3);
  });

  it('shows no password, whatever is wrong', async () => {
    await pool.query(`DO $$ BEGIN CREATE ROLE guarded LOGIN SUPERUSER PASSWORD '${PASSWORD}';
                      EXCEPTION WHEN OTHERS THEN END $$`);
    const url = server().url(database, `guarded:${PASSWORD}`);
    const vault = await open(url);
    await vault.subjectsOf([nik(CANARY)], AT);
    const elsewhere = `postgres://guarded:${PASSWORD}@localhost:1/${database}`;
    const faults = await Promise.allSettled([
      open(url, OTHER_KEYS),
      open(server().url(database, `guarded:${PASSWORD}x`)),
      open(server().url('no_such_database', `guarded:${PASSWORD}`)),
      open(elsewhere),
      open(elsewhere.replace('localhost', 'no-such-host.invalid')),
      open(`${url}&sslmode=verify-full`),
      open(`${url}&sslmode=verify-full&sslrootcert=/no/such/file`),
    ]);
    expect(faults.map(({ status }) => status)).toEqual(faults.map(() => 'rejected'));
    const shown = inspect([faults, vault], { depth: null, showHidden: true });
    expect(shown).toMatch(/password authentication failed/);
    expect(shown).not.toContain(PASSWORD);
  }, 30_000);
});

/** A server counts one when the connection that met it ends, which takes a moment. */
async function isDeadlockCounted(pool: pg.Pool): Promise<boolean> {
  const sql = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()';
  for (const end = performance.now() + 3_000; performance.now() < end;) {
    const { rows } = await pool.query<{ deadlocks: string }>(sql);
    if (Number(rows[0]?.deadlocks) > 0) return true;
    await delay(20);
  }
  return false;
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const [{ reason }] = (await Promise.allSettled([call])) as [{ reason?: { code: unknown } }];
  return reason?.code;
}

/** Resolves once somebody in this database waits for a lock. */
async function waitingForALock(pool: pg.Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
  }
}
