import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { nik, people, person } from '../../support/people.js';
import { AT, CANARY, type VaultRun } from './vault-target.js';

/** What nobody may find who has the vault, or what it says, but not its key. */
export function secrecyContract({ target }: VaultRun): void {
  describe('secrets', () => {
    it('of whatever form are not on disk: neither digits nor subjects', async () => {
      const vault = await target().open();
      const canaries = [CANARY, ...people(8).map((it) => it.reveal())];
      const subjects = await vault.subjectsOf(canaries.map(nik), AT);
      const look = async (): Promise<void> => {
        const bytes = Buffer.concat(await target().bytes());
        // What must be found shows that the search can find.
        for (const { salt } of await target().rows())
          expect(bytes.includes(Buffer.from(salt))).toBe(true);
        for (const digits of canaries) {
          for (const form of formsOf(digits)) expect(bytes.includes(form)).toBe(false);
        }
        for (const subject of subjects) {
          expect(bytes.includes(subject)).toBe(false);
          expect(bytes.includes(Buffer.from(subject, 'hex'))).toBe(false);
        }
      };
      await look();
      await vault.close();
      await look();
    }, 60_000);

    it('are not in faults', async () => {
      const vault = await target().open();
      await vault.subjectsOf([nik(CANARY)], AT);
      for (const { lookup } of await target().rows())
        await target().setColumn(lookup, 'salt', Buffer.alloc(1));
      const faults = await Promise.allSettled([
        vault.subjectsOf([nik(CANARY), person(1)], AT),
        vault.find(nik(CANARY)),
      ]);
      expect(faults.map((it) => it.status)).toEqual(['rejected', 'rejected']);
      const shown = inspect([faults, vault], { depth: null, showHidden: true });
      expect(shown).toContain('VaultError');
      for (const digits of [CANARY, person(1).reveal()]) expect(shown).not.toContain(digits);
    });
  });
}

/** The digits as text in several encodings, as packed decimal and as an integer. */
function formsOf(digits: string): Buffer[] {
  const integer = Buffer.alloc(16);
  integer.writeBigUInt64BE(BigInt(digits), 0);
  integer.writeBigUInt64LE(BigInt(digits), 8);
  return [
    Buffer.from(digits),
    Buffer.from(digits, 'utf16le'),
    Buffer.from(digits, 'hex'),
    Buffer.from(Buffer.from(digits).toString('hex')),
    integer.subarray(1, 8),
    integer.subarray(8, 15),
  ];
}
