import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VaultKeys, loadVaultKeys } from './vault-keys.js';

const HEX = '0123456789abcdef'.repeat(4);
let dataDir = '';

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vault-keys-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function load(
  env: Readonly<Record<string, string>> = {},
  mode: 'writer' | 'reader' = 'writer',
): VaultKeys {
  const vault = { kind: 'sqlite', file: join(dataDir, 'vault.db') } as const;
  return loadVaultKeys({ env, dataDir, vault, mode });
}

describe('the vault key', () => {
  it('is made at the first start, for its owner alone, and found again', () => {
    const first = load();
    const file = join(dataDir, 'vault.key');
    expect(readFileSync(file, 'latin1')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['vault.key']);
    expect(load().checkValue).toEqual(first.checkValue);
  });

  it('differs from one installation to the next', () => {
    const first = load();
    rmSync(join(dataDir, 'vault.key'));
    expect(load().checkValue).not.toEqual(first.checkValue);
  });

  it('comes from the environment before the file, in either case of letters', () => {
    const given = load({ VAULT_KEY: HEX });
    expect(given.checkValue).toEqual(load({ VAULT_KEY: HEX.toUpperCase() }).checkValue);
    expect(existsSync(join(dataDir, 'vault.key'))).toBe(false);
  });

  it('comes from a named file, whose relative path starts in the data folder', () => {
    writeFileSync(join(dataDir, 'other.key'), HEX);
    const fromFile = load({ VAULT_KEY_FILE: 'other.key', VAULT_KEY: '' });
    expect(fromFile.checkValue).toEqual(load({ VAULT_KEY: HEX }).checkValue);
  });

  it('is not made anew for a vault that exists', () => {
    writeFileSync(join(dataDir, 'vault.db'), '');
    expect(() => load()).toThrow(expect.objectContaining({ code: 'vault_key_missing' }));
    expect(() => load({}, 'reader')).toThrow(
      expect.objectContaining({ code: 'vault_key_missing' }),
    );
    expect(readdirSync(dataDir)).toEqual(['vault.db']);
  });

  it('is not made by a reader', () => {
    expect(() => load({}, 'reader')).toThrow(expect.objectContaining({ code: 'vault_missing' }));
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('of a vault on PostgreSQL is given, and made by no node', () => {
    const vault = { kind: 'postgres', url: 'postgres://localhost/vault' } as const;
    for (const mode of ['writer', 'reader'] as const) {
      const missing = expect.objectContaining({
        code: 'vault_key_missing',
        message: expect.stringContaining('openssl rand -hex 32'),
      });
      expect(() => loadVaultKeys({ env: {}, dataDir, vault, mode })).toThrow(missing);
    }
    expect(readdirSync(dataDir)).toEqual([]);
    writeFileSync(join(dataDir, 'vault.key'), HEX);
    const fromFile = loadVaultKeys({ env: {}, dataDir, vault, mode: 'writer' });
    const env = { VAULT_KEY: HEX };
    const fromText = loadVaultKeys({ env, dataDir, vault, mode: 'writer' });
    expect(fromFile.checkValue).toEqual(fromText.checkValue);
  });

  it.each(['x', HEX.slice(1), `${HEX}0`, `${HEX.slice(1)}g`])(
    'is refused when malformed: %j',
    (text) => {
      const malformed = expect.objectContaining({ code: 'vault_key_malformed' });
      expect(() => load({ VAULT_KEY: text })).toThrow(malformed);
      // The whole message: nothing of the text is in it.
      expect(() => load({ VAULT_KEY: text })).toThrow(
        /^The vault key must be 64 hexadecimal digits\.$/,
      );
      writeFileSync(join(dataDir, 'vault.key'), text);
      expect(() => load()).toThrow(malformed);
    },
  );

  it('is not shown', () => {
    const shown = inspect(VaultKeys.fromHex(HEX), { showHidden: true, depth: null });
    expect(shown + JSON.stringify(VaultKeys.fromHex(HEX))).not.toContain(HEX.slice(0, 16));
  });
});
