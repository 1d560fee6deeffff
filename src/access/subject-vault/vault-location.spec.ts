import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../settings.js';
import { isPostgresUrl, type VaultLocation } from './vault-location.js';

function vaultOf(text: string): VaultLocation {
  return readSettings({ DATA_DIR: '/data', VAULT: text }).vault;
}

describe('where the vault is', () => {
  it.each([
    ['', '/data/vault.db'],
    ['sqlite:vault.db', '/data/vault.db'],
    ['sqlite:persons/vault.db', '/data/persons/vault.db'],
    ['sqlite:/elsewhere/vault.db', '/elsewhere/vault.db'],
  ])('is a file: %j', (text, file) => {
    expect(vaultOf(text)).toEqual({ kind: 'sqlite', file: resolve(file) });
  });

  it.each([
    'postgres://localhost/vault',
    'postgresql://user:secret@db.example:5432/vault',
    'postgres://user:s%2Fe%3Fc%23r%40t@[::1]:5432/vault',
    'postgres://db/vault?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    'postgres:///vault?host=/var/run/postgresql',
    'postgres://user@/vault?host=/var/run/postgresql&port=5433',
    'postgres://user:secret@%2Fvar%2Frun%2Fpostgresql/vault',
  ])('is a server: %s', (url) => {
    expect(isPostgresUrl(url)).toBe(true);
    expect(vaultOf(url)).toEqual({ kind: 'postgres', url });
  });

  it.each([
    'postgres:',
    'postgres://',
    'postgres://secret',
    'postgres://user:secret@host',
    'postgres://user:secret@host/',
    'postgres://user:12/secret@host/vault',
    'postgres://user:12#secret@host/vault',
    'postgres://user:12?secret@host/vault',
    'postgres://user:secret@host/vault#x',
    'postgres://user:secret@host:port/vault',
    'postgres://user:secret@host/vault/more',
    'postgres://user:secret@host/vault?options=-c%20fsync=off',
    'postgres://user:secret@host/vault?statement_timeout=0',
    'postgres://user:secret@host/vault?host=/a&host=/b',
    'postgresql:secret',
  ])('is refused without being told: %s', (url) => {
    expect(() => vaultOf(url)).toThrow(/^VAULT must be postgres:\/\/user:password@host/);
    expect(() => vaultOf(url)).not.toThrow(/secret|fsync/);
  });

  it.each(['vault.db', 'sqlite:', 'sqlite::memory:', 'mysql://user:secret@host/vault', 'secret'])(
    'is neither: %s',
    (text) => {
      expect(() => vaultOf(text)).toThrow(/^VAULT must be "sqlite:" and a file, .*or postgres/);
      expect(() => vaultOf(text)).not.toThrow(/secret/);
    },
  );
});
