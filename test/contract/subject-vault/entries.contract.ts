import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { unseal } from '../../../src/access/subject-vault/authenticated-cipher.js';
import { nik, people, person } from '../../support/people.js';
import { AT, CANARY, fault, KEYS, type VaultRun } from './vault-target.js';

/** Who is entered, as what, and in how many commits. */
export function entriesContract({ target, another }: VaultRun): void {
  describe('subjects', () => {
    it('are one a person, also after the vault is reopened', async () => {
      const before = await target().open();
      const first = await before.subjectsOf([nik(CANARY)], AT);
      expect(first[0]).toMatch(/^[0-9a-f]{64}$/);
      await before.close();
      const vault = await target().open();
      expect(await vault.subjectsOf([nik(CANARY)], AT)).toEqual(first);
      expect(await vault.find(nik(CANARY))).toBe(first[0]);
    });

    it('are two of two people, in the order asked', async () => {
      const vault = await target().open();
      const [a, b] = await vault.subjectsOf([person(1), person(2)], AT);
      expect(a).not.toBe(b);
      expect(await vault.subjectsOf([person(2), person(1)], AT)).toEqual([b, a]);
    });

    it('are made by no look-up', async () => {
      const vault = await target().open();
      expect(await vault.find(nik(CANARY))).toBeNull();
      expect(await vault.find(nik(CANARY))).toBeNull();
      expect(await target().rows()).toEqual([]);
    });

    it('are made of salt, field name and digits', async () => {
      const [subject] = await (await target().open()).subjectsOf([nik(CANARY)], AT);
      const [row] = await target().rows();
      if (row === undefined) throw new Error('there is no row');
      const bound = (column: string): Buffer =>
        Buffer.concat([Buffer.from(`blangko/vault/v1/${column}\n`), row.lookup]);
      const key = KEYS.unwrap(row.wrapped_key, bound('key'));
      if (key === null) throw new Error('the key of the row does not unwrap');
      const salt = unseal(key, row.salt, bound('salt'));
      if (salt === null) throw new Error('the salt of the row does not open');
      expect(salt).toHaveLength(16);
      expect(unseal(key, row.nik, bound('nik'))?.toString()).toBe(CANARY);
      const preimage = Buffer.concat([salt, Buffer.from(`nik${CANARY}`)]);
      expect(hash('sha256', preimage, 'hex')).toBe(subject);
    });

    it('are others in another vault', async () => {
      const [here] = await (await target().open()).subjectsOf([nik(CANARY)], AT);
      const elsewhere = await (await another()).open();
      const [there] = await elsewhere.subjectsOf([nik(CANARY)], AT);
      expect(here).not.toBe(there);
    });

    it('are entered with the day alone', async () => {
      await (await target().open()).subjectsOf([nik(CANARY)], AT);
      expect(await target().rows()).toMatchObject([{ created_on: '2017-03-31' }]);
    });
  });

  describe('calls', () => {
    it('take 1,000 in one commit, with repetitions among them', async () => {
      const vault = await target().open();
      const before = await target().commits();
      const asked = [...people(700), ...people(300)];
      const subjects = await vault.subjectsOf(asked, AT);
      expect((await target().commits()) - before).toBe(1);
      expect(subjects).toHaveLength(1_000);
      expect(new Set(subjects).size).toBe(700);
      expect(subjects.slice(700)).toEqual(subjects.slice(0, 300));
      expect(await Promise.all(asked.map((it) => vault.find(it)))).toEqual(subjects);
    });

    it('are refused beyond their bounds', async () => {
      const vault = await target().open();
      expect(() => vault.subjectsOf(people(1_001), AT)).toThrow('1 to 1,000');
      expect(() => vault.subjectsOf([], AT)).toThrow('1 to 1,000');
    });

    it('of one moment share one commit, each with its own answer', async () => {
      const vault = await target().open();
      const before = await target().commits();
      const calls = Array.from({ length: 64 }, (_none, index) => [person((index % 32) + 1)]);
      const answers = await Promise.all(calls.map((niks) => vault.subjectsOf(niks, AT)));
      expect((await target().commits()) - before).toBe(1);
      expect(new Set(answers.flat()).size).toBe(32);
      expect(answers.slice(32)).toEqual(answers.slice(0, 32));
    });

    it('commit nothing when everybody is known', async () => {
      const vault = await target().open();
      await vault.subjectsOf(people(10), AT);
      const before = await target().commits();
      await vault.subjectsOf(people(10), AT);
      expect(await target().commits()).toBe(before);
    });

    it('are split when they are too much for one commit, and busy beyond the queue', async () => {
      const vault = await target().open();
      const calls = Array.from({ length: 50 }, (_none, index) =>
        vault.subjectsOf(people(1_000).slice(0, 1_000 - (index % 2)), AT),
      );
      calls.push(vault.subjectsOf(people(25), AT));
      await expect(vault.subjectsOf(people(1), AT)).rejects.toThrow(fault('vault_busy'));
      const answers = await Promise.all(calls);
      expect(new Set(answers.flat()).size).toBe(1_000);
      // 50,000 rows are opened, on however busy a machine.
    }, 60_000);

    it('that wait are answered when the vault is closed, and none afterwards', async () => {
      const vault = await target().open();
      const waiting = vault.subjectsOf([nik(CANARY)], AT);
      await Promise.all([vault.close(), vault.close()]);
      await vault.close();
      const answer = await waiting;
      await expect(vault.subjectsOf([nik(CANARY)], AT)).rejects.toThrow(fault('vault_closed'));
      await expect(vault.find(nik(CANARY))).rejects.toThrow(fault('vault_closed'));
      expect(await (await target().open()).find(nik(CANARY))).toBe(answer[0]);
    });
  });
}
