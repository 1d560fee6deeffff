import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unseal } from './authenticated-cipher.js';
import { type Nik, parseNik } from './nik.js';
import { SqliteSubjectVault } from './sqlite-subject-vault.js';
import { type VaultErrorCode } from './subject-vault.js';
import { VaultKeys } from './vault-keys.js';

const KEYS = VaultKeys.fromHex('5a'.repeat(32));
const OTHER_KEYS = VaultKeys.fromHex('a5'.repeat(32));
const AT = new Date('2017-03-31T16:45:00Z');
const CANARY = '3171014510950007';

let folder = '';
let file = '';
let opened: SqliteSubjectVault[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'subject-vault-'));
  file = join(folder, 'vault.db');
});
afterEach(() => {
  for (const vault of opened) vault.close();
  opened = [];
  rmSync(folder, { recursive: true });
});

function open(mode: 'writer' | 'reader' = 'writer', keys = KEYS, at = file): SqliteSubjectVault {
  const vault = SqliteSubjectVault.open({ file: at, keys, mode });
  opened.push(vault);
  return vault;
}

function nik(text: string): Nik {
  const parsed = parseNik(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** The `index`th of many people, from 1. */
function person(index: number): Nik {
  return nik(
    `317101${index > 9_000 ? '02' : '01'}0190${String(index % 9_000 || 9_000).padStart(4, '0')}`,
  );
}

function people(count: number): Nik[] {
  return Array.from({ length: count }, (_none, index) => person(index + 1));
}

const fault = (code: VaultErrorCode): unknown =>
  expect.objectContaining({ name: 'VaultError', code });

/** Works on the file beside the vault, as a thief or a failing disk would. */
function meddle(work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file);
  try {
    work(database);
  } finally {
    database.close();
  }
}

/** Commits in the write-ahead log: a frame that ends one holds the database's size in pages. */
function commitsInLog(): number {
  const log = readFileSync(`${file}-wal`);
  const frameBytes = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}

describe('the subject vault', () => {
  it('gives one person one subject, also after it is reopened', async () => {
    const first = await open().subjectsOf([nik(CANARY)], AT);
    expect(first[0]).toMatch(/^[0-9a-f]{64}$/);
    opened[0]?.close();
    const vault = open();
    expect(await vault.subjectsOf([nik(CANARY)], AT)).toEqual(first);
    expect(vault.find(nik(CANARY))).toBe(first[0]);
  });

  it('gives two people two subjects, in the order asked', async () => {
    const vault = open();
    const [a, b] = await vault.subjectsOf([person(1), person(2)], AT);
    expect(a).not.toBe(b);
    expect(await vault.subjectsOf([person(2), person(1)], AT)).toEqual([b, a]);
  });

  it('enters nobody by looking', () => {
    const vault = open();
    expect(vault.find(nik(CANARY))).toBeNull();
    expect(vault.find(nik(CANARY))).toBeNull();
  });

  it('makes the subject of salt, field name and digits', async () => {
    const [subject] = await open().subjectsOf([nik(CANARY)], AT);
    meddle((database) => {
      const row = database.prepare('SELECT lookup, wrapped_key, salt, nik FROM subject').get();
      const lookup = row?.lookup as Uint8Array;
      const bound = (column: string): Buffer =>
        Buffer.concat([Buffer.from(`blangko/vault/v1/${column}\n`), lookup]);
      const key = KEYS.unwrap(row?.wrapped_key as Uint8Array, bound('key'));
      if (key === null) throw new Error('the key of the row does not unwrap');
      const salt = unseal(key, row?.salt as Uint8Array, bound('salt'));
      if (salt === null) throw new Error('the salt of the row does not open');
      expect(salt).toHaveLength(16);
      expect(unseal(key, row?.nik as Uint8Array, bound('nik'))?.toString()).toBe(CANARY);
      const preimage = Buffer.concat([salt, Buffer.from(`nik${CANARY}`)]);
      expect(hash('sha256', preimage, 'hex')).toBe(subject);
    });
  });

  it('salts each vault differently', async () => {
    const [here] = await open().subjectsOf([nik(CANARY)], AT);
    const [there] = await open('writer', KEYS, join(folder, 'b.db')).subjectsOf([nik(CANARY)], AT);
    expect(here).not.toBe(there);
  });

  it('takes 1,000 in one call and one commit, with repetitions among them', async () => {
    const vault = open();
    const before = commitsInLog();
    const asked = [...people(700), ...people(300)];
    const subjects = await vault.subjectsOf(asked, AT);
    expect(commitsInLog() - before).toBe(1);
    expect(subjects).toHaveLength(1_000);
    expect(new Set(subjects).size).toBe(700);
    expect(subjects.slice(700)).toEqual(subjects.slice(0, 300));
    expect(asked.map((it) => vault.find(it))).toEqual(subjects);
  });

  it('refuses a call beyond its bounds', () => {
    const vault = open();
    expect(() => vault.subjectsOf(people(1_001), AT)).toThrow('1 to 1,000');
    expect(() => vault.subjectsOf([], AT)).toThrow('1 to 1,000');
  });

  it('shares one commit among calls of one moment, each with its own answer', async () => {
    const vault = open();
    const before = commitsInLog();
    const calls = Array.from({ length: 64 }, (_none, index) => [person((index % 32) + 1)]);
    const answers = await Promise.all(calls.map((niks) => vault.subjectsOf(niks, AT)));
    expect(commitsInLog() - before).toBe(1);
    expect(new Set(answers.flat()).size).toBe(32);
    expect(answers.slice(32)).toEqual(answers.slice(0, 32));
  });

  it('commits nothing when everybody is known', async () => {
    const vault = open();
    await vault.subjectsOf(people(10), AT);
    const before = commitsInLog();
    await vault.subjectsOf(people(10), AT);
    expect(commitsInLog()).toBe(before);
  });

  it('splits what is too much for one commit, and is busy beyond its queue', async () => {
    const vault = open();
    const calls = Array.from({ length: 50 }, (_none, index) =>
      vault.subjectsOf(people(1_000).slice(0, 1_000 - (index % 2)), AT),
    );
    calls.push(vault.subjectsOf(people(25), AT));
    await expect(vault.subjectsOf(people(1), AT)).rejects.toThrow(fault('vault_busy'));
    const answers = await Promise.all(calls);
    expect(new Set(answers.flat()).size).toBe(1_000);
    // 50,000 rows are opened, on however busy a machine.
  }, 30_000);

  it('answers what waits when it is closed, and nothing afterwards', async () => {
    const vault = open();
    const waiting = vault.subjectsOf([nik(CANARY)], AT);
    vault.close();
    vault.close();
    const answer = await waiting;
    await expect(vault.subjectsOf([nik(CANARY)], AT)).rejects.toThrow(fault('vault_closed'));
    await expect(vault.backupTo(join(folder, 'b'))).rejects.toThrow(fault('vault_closed'));
    expect(() => vault.find(nik(CANARY))).toThrow(fault('vault_closed'));
    expect(open().find(nik(CANARY))).toBe(answer[0]);
  });

  it('agrees with a second writer and is seen by a reader', async () => {
    const [one, two] = [open(), open()];
    const answers = await Promise.all([
      one.subjectsOf(people(20), AT),
      two.subjectsOf(people(30), AT),
    ]);
    expect(answers[0]).toEqual(answers[1].slice(0, 20));
    const reader = open('reader');
    expect(people(30).map((it) => reader.find(it))).toEqual(answers[1]);
    await expect(reader.subjectsOf([person(1)], AT)).rejects.toThrow(fault('vault_read_only'));
  });

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
});

describe('the vault file', () => {
  it('keeps only the day of an entry, and no file but for its owner', async () => {
    await open().subjectsOf([nik(CANARY)], AT);
    meddle((database) => {
      const row = database.prepare('SELECT created_on FROM subject').get();
      expect(row?.created_on).toBe('2017-03-31');
    });
    for (const name of readdirSync(folder)) {
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('never holds the digits, in whatever form', async () => {
    const vault = open();
    const canaries = [
      CANARY,
      ...Array.from({ length: 200 }, (_none, it) => person(it + 1).reveal()),
    ];
    const subjects = await vault.subjectsOf(canaries.map(nik), AT);
    await vault.backupTo(join(folder, 'backup.db'));
    const names = readdirSync(folder);
    expect(names).toEqual(expect.arrayContaining(['vault.db', 'vault.db-wal', 'backup.db']));
    // What must be found shows that the search can find.
    const beside = Buffer.concat([readFileSync(`${file}-wal`), Buffer.from(CANARY)]);
    expect(beside.includes(CANARY)).toBe(true);
    const look = (): void => {
      for (const bytes of readdirSync(folder).map((name) => readFileSync(join(folder, name)))) {
        for (const digits of canaries) {
          for (const form of formsOf(digits)) expect(bytes.includes(form)).toBe(false);
        }
        for (const subject of subjects) expect(bytes.includes(subject)).toBe(false);
      }
    };
    look();
    vault.close();
    expect(readdirSync(folder)).not.toContain('vault.db-wal');
    look();
  });

  it.each(['writer', 'reader'] as const)('refuses a wrong key to a %s', async (mode) => {
    const vault = open();
    await vault.subjectsOf([nik(CANARY)], AT);
    vault.close();
    expect(() => open(mode, OTHER_KEYS)).toThrow(fault('vault_key_wrong'));
  });

  it('is not made by a reader', () => {
    expect(() => open('reader')).toThrow(fault('vault_missing'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['writer', 'reader'] as const)('of another version is refused to a %s', (mode) => {
    open().close();
    meddle((database) => {
      database.exec('PRAGMA user_version = 2');
    });
    expect(() => open(mode)).toThrow(fault('vault_format_unsupported'));
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

  it.each(['lookup', 'wrapped_key', 'salt'])(
    'with a bit of %s flipped is noticed',
    async (column) => {
      const vault = open();
      const [before] = await vault.subjectsOf([nik(CANARY)], AT);
      meddle((database) => {
        const value = database.prepare(`SELECT ${column} AS value FROM subject`).get()?.value;
        const flipped = Uint8Array.from(value as Uint8Array);
        flipped[20] = (flipped[20] ?? 0) ^ 1;
        database.prepare(`UPDATE subject SET ${column} = ?`).run(flipped);
      });
      if (column === 'lookup') {
        // A row that is no longer found is a row lost: nothing is answered from it.
        expect(vault.find(nik(CANARY))).toBeNull();
        return;
      }
      expect(before).toBeDefined();
      expect(() => vault.find(nik(CANARY))).toThrow(fault('vault_row_tampered'));
      const refused = vault.subjectsOf([person(1), nik(CANARY)], AT);
      const beside = vault.subjectsOf([person(2)], AT);
      await expect(refused).rejects.toThrow(fault('vault_row_tampered'));
      expect(await beside).toEqual([vault.find(person(2))]);
      expect(vault.find(person(1))).toBeNull();
      expect(vault.isReadOnly).toBe(false);
    },
  );

  it.each(['wrapped_key, salt, nik', 'salt', 'salt, nik', 'wrapped_key'])(
    'in which two people have exchanged %s is noticed',
    async (columns) => {
      const vault = open();
      await vault.subjectsOf([person(1), person(2)], AT);
      meddle((database) => {
        const of = (it: Nik): string => `x'${KEYS.lookupOf(it).toString('hex')}'`;
        database.exec(
          `UPDATE subject SET (${columns}) = (SELECT ${columns} FROM subject WHERE lookup = ${of(person(2))})
           WHERE lookup = ${of(person(1))}`,
        );
      });
      expect(() => vault.find(person(1))).toThrow(fault('vault_row_tampered'));
      expect(vault.find(person(2))).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it('shows nobody in its faults', async () => {
    const vault = open();
    await vault.subjectsOf([nik(CANARY)], AT);
    meddle((database) => {
      database.exec(`UPDATE subject SET salt = x'00'`);
      database.exec(
        `CREATE TRIGGER broken BEFORE INSERT ON subject BEGIN SELECT RAISE(FAIL, 'broken'); END`,
      );
    });
    const faults = await Promise.allSettled([
      vault.subjectsOf([nik(CANARY)], AT),
      vault.subjectsOf([person(1)], AT),
    ]);
    expect(faults.map((it) => it.status)).toEqual(['rejected', 'rejected']);
    const shown = inspect([faults, vault], { depth: null, showHidden: true });
    expect(shown).toContain('VaultError');
    for (const digits of [CANARY, person(1).reveal()]) expect(shown).not.toContain(digits);
  });
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
    expect(vault.isReadOnly).toBe(true);
    await expect(vault.subjectsOf([person(2)], AT)).rejects.toThrow(fault('vault_read_only'));
    expect(vault.find(person(1))).toBe(known);
    expect(people(10).filter((it) => vault.find(it) !== null)).toHaveLength(1);
    vault.close();
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
    expect(people(500).map((it) => restored.find(it))).toEqual(before);
    for (const it of people(entered)) {
      const subject = restored.find(it);
      if (subject !== null) expect(subject).toBe(vault.find(it));
    }
    expect(() => open('reader', OTHER_KEYS, copy)).toThrow(fault('vault_key_wrong'));
    expect(readFileSync(copy).includes(Buffer.alloc(32, 0x5a))).toBe(false);
  });

  it('may be taken by a reader', async () => {
    await open().subjectsOf([nik(CANARY)], AT);
    const copy = join(folder, 'backup.db');
    await open('reader').backupTo(copy);
    expect(open('reader', KEYS, copy).find(nik(CANARY))).not.toBeNull();
  });

  it('never overwrites', async () => {
    const copy = join(folder, 'backup.db');
    writeFileSync(copy, 'precious');
    await expect(open().backupTo(copy)).rejects.toThrow(fault('vault_backup_exists'));
    expect(readFileSync(copy, 'utf8')).toBe('precious');
  });
});

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
