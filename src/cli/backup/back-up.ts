import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { createPrivateFile, syncFile } from '../../access/subject-vault/vault-file.js';
import { openEmbeddedStore } from '../../event-store/embedded/embedded-store.js';
import { verifyLog } from '../../event-store/embedded/verify-log.js';
import type { Settings } from '../../settings.js';
import { ledgerFileOf } from '../event-log.js';
import { UserError } from '../user-error.js';
import {
  describeFile,
  LEDGER_FILE,
  MANIFEST_FILE,
  VAULT_FILE,
  WEBHOOKS_FILE,
  type FileInBackup,
  type Manifest,
} from './manifest.js';

/** All pages in one step: with several, each commit beside it would start the copy over. */
const ALL_PAGES = 2_147_483_647;
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Copies ledger, vault file and webhooks, beside whoever writes them, into a new folder with a manifest.
 * The ledger comes before the vault: an issuance enters the vault before the ledger, so the later copy of
 * the vault knows every subject in the copy of the ledger. The webhooks come before both: they are never
 * further than the ledger beside them. A vault on PostgreSQL is for pg_dump. The folder appears under its
 * name only when it is whole. Keys are never in it.
 * @throws {UserError} the target exists, or the ledger is on a server
 */
export async function backUp(settings: Settings, target: string): Promise<Manifest> {
  const folder = resolve(target);
  const { vault, webhooks } = settings;
  if (existsSync(folder)) throw new UserError(`${target} exists; a backup overwrites nothing`);
  const partial = `${folder}.partial`;
  const names: FileInBackup['name'][] = [];
  const store = openEmbeddedStore({ file: ledgerFileOf(settings, 'a backup'), mode: 'reader' });
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o700 });
    if (existsSync(webhooks.file)) {
      await copyDatabase(webhooks.file, join(partial, WEBHOOKS_FILE));
      names.push(WEBHOOKS_FILE);
    }
    await store.backupTo(join(partial, LEDGER_FILE));
  } finally {
    await store.close();
  }
  names.unshift(LEDGER_FILE);
  if (vault.kind === 'sqlite' && existsSync(vault.file)) {
    await copyDatabase(vault.file, join(partial, VAULT_FILE));
    names.push(VAULT_FILE);
  }
  const verified = await verifyLog(join(partial, LEDGER_FILE));
  const manifest: Manifest = {
    format: 'blangko-backup',
    version: 1,
    createdAt: new Date().toISOString(),
    head: verified.position === null ? null : String(verified.position),
    events: verified.events,
    chainHash: verified.hash,
    files: await Promise.all(names.map((name) => describeFile(partial, name))),
    vault: vault.kind,
  };
  const file = join(partial, MANIFEST_FILE);
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' });
  syncFile(file);
  await rename(partial, folder);
  await syncFolder(dirname(folder));
  return manifest;
}

/** What is sealed in it stays so: it is copied, not read. */
async function copyDatabase(file: string, target: string): Promise<void> {
  createPrivateFile(target);
  const source = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    await backup(source, target, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  // Leaves write-ahead mode, which the copied header still asks for: one file, nothing beside it.
  const copy = new DatabaseSync(target);
  copy.exec('PRAGMA journal_mode = DELETE');
  copy.close();
  syncFile(target);
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
