import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { VaultError } from '../access/subject-vault/subject-vault.js';
import { fail } from './failure.js';

let told: string;
let exitCode: typeof process.exitCode;

beforeEach(() => {
  told = '';
  exitCode = process.exitCode;
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = exitCode;
});

function sqliteError(message: string, errcode: number): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
}

describe('a fault told on the command line', () => {
  const FULL = sqliteError('database or disk is full', 13);
  const advice = '; is there room where DATA_DIR lies (df), and is the disk well (dmesg)?';

  it.each([
    ['a full disk', FULL, 'database or disk is full'],
    ['a failed write', sqliteError('disk I/O error', 10 | (19 << 8)), 'disk I/O error'],
    [
      'a full disk that made something else fail',
      new Error('no vault', { cause: FULL }),
      'no vault',
    ],
    [
      'a full disk under a file',
      Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
      'ENOSPC: no space left on device, write',
    ],
  ])('says of %s where to look', (_name, error, message) => {
    fail(error);
    expect(told).toBe(`blangko: ${message}${advice}\n`);
    expect(process.exitCode).toBe(1);
  });

  it('says why the server of the vault does not do what it is asked', () => {
    const cause = new Error('database "vault" does not exist');
    fail(new VaultError('vault_unavailable', { cause }));
    expect(told).toMatch(/cannot be reached.*\(database "vault" does not exist\)\n$/);
    told = '';
    fail(new VaultError('vault_row_tampered', { cause }));
    expect(told).toBe('blangko: A row of the vault is not what was written.\n');
  });

  it('says of a fault nobody foresaw that it is one', () => {
    fail(sqliteError('no such table: batch', 1));
    expect(told).toBe(
      'blangko: a fault of the program or the machine: Error: no such table: batch\n',
    );
  });
});
