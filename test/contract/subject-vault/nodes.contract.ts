import { describe, expect, it } from '@jest/globals';
import { nik, people, person } from '../../support/people.js';
import { AT, CANARY, fault, OTHER_KEYS, type VaultRun } from './vault-target.js';

const MODES = ['writer', 'reader'] as const;

/** Several nodes on one vault, and what is not that vault. */
export function nodesContract({ target }: VaultRun): void {
  describe('nodes', () => {
    it('agree with one another, and are seen by a reader', async () => {
      const [one, two] = [await target().open(), await target().open()];
      const answers = await Promise.all([
        one.subjectsOf(people(20), AT),
        two.subjectsOf(people(30), AT),
      ]);
      expect(answers[0]).toEqual(answers[1].slice(0, 20));
      expect(await target().rows()).toHaveLength(30);
      const reader = await target().open({ mode: 'reader' });
      expect(await Promise.all(people(30).map((it) => reader.find(it)))).toEqual(answers[1]);
      await expect(reader.subjectsOf([person(1)], AT)).rejects.toThrow(fault('vault_read_only'));
    });

    it('say whether they take entries', async () => {
      expect(await (await target().open()).state()).toBe('writable');
      expect(await (await target().open({ mode: 'reader' })).state()).toBe('read_only');
    });
  });

  describe('what is opened', () => {
    it.each(MODES)('is refused with another key to a %s', async (mode) => {
      const vault = await target().open();
      await vault.subjectsOf([nik(CANARY)], AT);
      await vault.close();
      const opening = target().open({ mode, keys: OTHER_KEYS });
      await expect(opening).rejects.toThrow(fault('vault_key_wrong'));
    });

    it('is not made by a reader', async () => {
      const opening = target().open({ mode: 'reader' });
      await expect(opening).rejects.toThrow(fault('vault_missing'));
    });

    it.each(MODES)('is refused in another version to a %s', async (mode) => {
      await (await target().open()).close();
      await target().setFormat(2);
      await expect(target().open({ mode })).rejects.toThrow(fault('vault_format_unsupported'));
    });

    it.each(MODES)('is refused when it is something else to a %s', async (mode) => {
      await target().makeSomethingElse();
      await expect(target().open({ mode })).rejects.toThrow(fault('vault_format_unsupported'));
    });
  });
}
