import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PostgresSubjectVault } from './postgres-subject-vault.js';
import { SqliteSubjectVault } from './sqlite-subject-vault.js';
import { type SubjectVault } from './subject-vault.js';
import { loadVaultKeys, type VaultKeySource } from './vault-keys.js';

/**
 * Opens the vault with its keys where the settings say it is; a writer makes what is missing.
 * @throws {VaultError} what the keys or the vault cannot be opened for
 */
export async function openSubjectVault(source: VaultKeySource): Promise<SubjectVault> {
  const { vault, mode } = source;
  if (vault.kind === 'postgres')
    return PostgresSubjectVault.open({ url: vault.url, keys: loadVaultKeys(source), mode });
  if (mode === 'writer') mkdirSync(dirname(vault.file), { recursive: true });
  return SqliteSubjectVault.open({ file: vault.file, keys: loadVaultKeys(source), mode });
}
