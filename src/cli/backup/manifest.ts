import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { VaultLocation } from '../../access/subject-vault/vault-location.js';
import { UserError } from '../user-error.js';

export const MANIFEST_FILE = 'manifest.json';
export const LEDGER_FILE = 'ledger.db';
export const VAULT_FILE = 'vault.db';
export const WEBHOOKS_FILE = 'webhooks.db';
const FILES = [LEDGER_FILE, VAULT_FILE, WEBHOOKS_FILE] as const;

/** What a backup holds. Never a key. */
export interface Manifest {
  readonly format: 'blangko-backup';
  readonly version: 1;
  /** ISO 8601, UTC; by the clock of the machine that made it. */
  readonly createdAt: string;
  /** Position of the last event in the copy of the ledger, a decimal string; null for none. */
  readonly head: string | null;
  readonly events: number;
  /** Of the last row of the ledger's chain, hex: it stands for the whole log. */
  readonly chainHash: string;
  readonly files: readonly FileInBackup[];
  /** Where the vault was then; a backup without this was made when it could only be a file. */
  readonly vault?: VaultLocation['kind'];
}

export interface FileInBackup {
  readonly name: (typeof FILES)[number];
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export async function describeFile(
  folder: string,
  name: FileInBackup['name'],
): Promise<FileInBackup> {
  const file = join(folder, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { name, bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

/** @throws {UserError} there is no manifest, or none of this version */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch((cause: unknown) => {
    throw new UserError(`${folder} is no backup: it has no ${MANIFEST_FILE}`, { cause });
  });
  try {
    const manifest: unknown = JSON.parse(text);
    if (isManifest(manifest)) return manifest;
  } catch (cause) {
    throw new UserError(`${folder}: ${MANIFEST_FILE} is not JSON`, { cause });
  }
  throw new UserError(`${folder} is no backup that this program knows (format version 1)`);
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { format, version, head, chainHash, files, vault } = value as Partial<
    Record<string, unknown>
  >;
  const isKnown = format === 'blangko-backup' && version === 1;
  const hasHead = head === null || typeof head === 'string';
  const isVaultKnown = vault === undefined || vault === 'sqlite' || vault === 'postgres';
  const isWhole = isKnown && hasHead && isVaultKnown && typeof chainHash === 'string';
  return isWhole && areFiles(files, vault === 'postgres');
}

function areFiles(files: unknown, isVaultElsewhere: boolean): boolean {
  if (!Array.isArray(files)) return false;
  const names: unknown[] = files.map((file: unknown) =>
    typeof file === 'object' && file !== null && 'name' in file ? file.name : null,
  );
  const areKnown = names.every((name) => FILES.some((known) => known === name));
  if (isVaultElsewhere && names.includes(VAULT_FILE)) return false;
  return areKnown && names.includes(LEDGER_FILE) && new Set(names).size === names.length;
}

/** @throws {UserError} naming the first file that is not as the manifest says */
export async function verifyFiles(folder: string, { files }: Manifest): Promise<void> {
  for (const { name, sha256 } of files) {
    const actual = await describeFile(folder, name).catch((cause: unknown) => {
      throw new UserError(`the backup has no readable ${name}`, { cause });
    });
    if (actual.sha256 !== sha256)
      throw new UserError(
        `${name} in the backup is not what was backed up: its SHA-256 is ${actual.sha256}, ` +
          `the manifest says ${sha256}`,
      );
  }
}
