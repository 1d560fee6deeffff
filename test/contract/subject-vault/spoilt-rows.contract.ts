import { describe, expect, it } from '@jest/globals';
import { nik, person } from '../../support/people.js';
import {
  AT,
  CANARY,
  fault,
  KEYS,
  type SealedColumn,
  type StoredPerson,
  type VaultRun,
} from './vault-target.js';

/** Rows that are not what was written. */
export function spoiltRowsContract({ target }: VaultRun): void {
  async function rowOf(who: ReturnType<typeof nik>): Promise<StoredPerson> {
    const lookup = KEYS.lookupOf(who);
    const row = (await target().rows()).find((it) => lookup.equals(it.lookup));
    if (row === undefined) throw new Error('there is no such row');
    return row;
  }

  async function flipABitOf(column: SealedColumn): Promise<void> {
    const row = await rowOf(nik(CANARY));
    const flipped = Buffer.from(row[column]);
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    await target().setColumn(row.lookup, column, flipped);
  }

  describe('a row', () => {
    it('whose look-up has a bit flipped is a row lost: nothing is answered from it', async () => {
      const vault = await target().open();
      await vault.subjectsOf([nik(CANARY)], AT);
      await flipABitOf('lookup');
      expect(await vault.find(nik(CANARY))).toBeNull();
    });

    it.each(['wrapped_key', 'salt'] as const)(
      'with a bit of %s flipped is noticed, and spoils its own call alone',
      async (column) => {
        const vault = await target().open();
        await vault.subjectsOf([nik(CANARY)], AT);
        await flipABitOf(column);
        const [looking, refused, beside] = await Promise.allSettled([
          vault.find(nik(CANARY)),
          vault.subjectsOf([person(1), nik(CANARY)], AT),
          vault.subjectsOf([person(2)], AT),
        ]);
        expect(looking).toMatchObject({ reason: fault('vault_row_tampered') });
        expect(refused).toMatchObject({ reason: fault('vault_row_tampered') });
        expect(beside).toMatchObject({ value: [await vault.find(person(2))] });
        expect(await vault.find(person(1))).toBeNull();
        expect(await vault.state()).toBe('writable');
      },
    );

    const exchanges: readonly (readonly [string, readonly SealedColumn[]])[] = [
      ['everything', ['wrapped_key', 'salt', 'nik']],
      ['salt', ['salt']],
      ['salt and NIK', ['salt', 'nik']],
      ['key', ['wrapped_key']],
    ];
    it.each(exchanges)('that has %s of another person is noticed', async (_name, columns) => {
      const vault = await target().open();
      await vault.subjectsOf([person(1), person(2)], AT);
      const [mine, other] = [await rowOf(person(1)), await rowOf(person(2))];
      for (const column of columns) await target().setColumn(mine.lookup, column, other[column]);
      await expect(vault.find(person(1))).rejects.toThrow(fault('vault_row_tampered'));
      expect(await vault.find(person(2))).toMatch(/^[0-9a-f]{64}$/);
    });
  });
}
