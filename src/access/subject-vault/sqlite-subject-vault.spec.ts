import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AT,
  CANARY,
  fault,
  KEYS,
  OTHER_KEYS,
} from '../../../test/contract/subject-vault/vault-target.js';
import { nik, people, person } from '../../../test/support/people.js';
import { SqliteSubjectVault } from './sqlite-subject-vault.js';

// What every vault does is in test/contract/subject-vault; here is what a file has of its own.

let folder = '';
let file = '';
let opened: SqliteSubjectVault[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'subject-vault-'));
  file = join(folder, 'vault.db');
});
afterEach(async () => {
  for (const vault of opened) await vault.close();
  opened = [];
  rmSync(folder, { recursive: true });
});

function open(mode: 'writer' | 'reader' = 'writer', keys = KEYS, at = file): SqliteSubjectVault {
  const vault = SqliteSubjectVault.open({ file: at, keys, mode });
  opened.push(vault);
  return vault;
}

/** Works on the file beside the vault, as a thief or a failing disk would. */
function meddle(work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file);
  try {
    work(database);
  } finally {
    database.close();
  }
}

describe('the vault file', () => {
  it('is busy, and fit to try again, while another process holds the lock', async () => {
    const vault = open();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const refused = vault.subjectsOf([nik(CANARY)], AT);
    await expect(refused).rejects.toThrow(fault('vault_busy'));
    await expect(refused).rejects.toMatchObject({ isRetryable: true });
    other.close();
    expect(await vault.subjectsOf([nik(CANARY)], AT)).toHaveLength(1);
  });

  it('is for its owner alone', async () => {
    await open().subjectsOf([nik(CANARY)], AT);
    for (const name of readdirSync(folder)) {
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('is not made by a reader', () => {
    expect(() => open('reader')).toThrow(fault('vault_missing'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['writer', 'reader'] as const)(
    'that is something else is left as it is by a %s',
    (mode) => {
      meddle((database) => {
        database.exec('CREATE TABLE other (a)');
      });
      const before = readFileSync(file);
      expect(() => open(mode)).toThrow(fault('vault_format_unsupported'));
      expect(readFileSync(file)).toEqual(before);
      writeFileSync(file, 'no database at all, '.repeat(100));
      expect(() => open(mode)).toThrow(fault('vault_format_unsupported'));
    },
  );
});

describe('a failed write', () => {
  it('enters nothing, and ends all entries until the vault is reopened', async () => {
    const vault = open();
    const [known] = await vault.subjectsOf([person(1)], AT);
    meddle((database) => {
      database.exec(
        `CREATE TRIGGER broken BEFORE INSERT ON subject
         WHEN (SELECT count(*) FROM subject) = 5 BEGIN SELECT RAISE(FAIL, 'broken'); END`,
      );
    });
    const failing = [vault.subjectsOf([person(2)], AT), vault.subjectsOf(people(10), AT)];
    for (const call of failing) await expect(call).rejects.toThrow(fault('vault_write_failed'));
    meddle((database) => {
      database.exec('DROP TRIGGER broken');
    });
    expect(await vault.state()).toBe('write_failed');
    await expect(vault.subjectsOf([person(2)], AT)).rejects.toThrow(fault('vault_read_only'));
    const found = await Promise.all(people(10).map((it) => vault.find(it)));
    expect(found.filter((it) => it !== null)).toEqual([known]);
    await vault.close();
    expect((await open().subjectsOf(people(10), AT))[0]).toBe(known);
  });
});

describe('a backup of the vault', () => {
  it('taken during entries is whole, needs the same key and holds no key', async () => {
    const vault = open();
    const before = await vault.subjectsOf(people(500), AT);
    const copy = join(folder, 'backup.db');
    const backup = { isTaken: false };
    const taken = vault.backupTo(copy).finally(() => {
      backup.isTaken = true;
    });
    let entered = 500;
    do {
      entered += 1;
      await vault.subjectsOf([person(entered)], AT);
    } while (!backup.isTaken && entered < 15_000);
    await taken;
    const restored = open('writer', KEYS, copy);
    const found = await Promise.all(people(entered).map((it) => restored.find(it)));
    expect(found.slice(0, 500)).toEqual(before);
    for (const [index, subject] of found.entries()) {
      if (subject !== null) expect(subject).toBe(await vault.find(person(index + 1)));
    }
    expect(() => open('reader', OTHER_KEYS, copy)).toThrow(fault('vault_key_wrong'));
    expect(readFileSync(copy).includes(Buffer.alloc(32, 0x5a))).toBe(false);
  });

  it('may be taken by a reader', async () => {
    await open().subjectsOf([nik(CANARY)], AT);
    const copy = join(folder, 'backup.db');
    await open('reader').backupTo(copy);
    expect(await open('reader', KEYS, copy).find(nik(CANARY))).not.toBeNull();
  });

  it('never overwrites', async () => {
    const copy = join(folder, 'backup.db');
    writeFileSync(copy, 'precious');
    await expect(open().backupTo(copy)).rejects.toThrow(fault('vault_backup_exists'));
    expect(readFileSync(copy, 'utf8')).toBe('precious');
  });

  it('is taken of no vault that is closed', async () => {
    const vault = open();
    await vault.close();
    await expect(vault.backupTo(join(folder, 'b'))).rejects.toThrow(fault('vault_closed'));
  });
});
