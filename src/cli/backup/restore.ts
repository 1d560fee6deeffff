import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncFile } from '../../access/subject-vault/vault-file.js';
import { verifyLog } from '../../event-store/embedded/verify-log.js';
import { WriterLock } from '../../event-store/writer-lock.js';
import type { Settings } from '../../settings.js';
import { pauseAll } from '../../webhooks/webhook-file.js';
import { ledgerFileOf } from '../event-log.js';
import { UserError } from '../user-error.js';
import { syncFolder } from './back-up.js';
import {
  readManifest,
  LEDGER_FILE,
  WEBHOOKS_FILE,
  verifyFiles,
  type FileInBackup,
  type Manifest,
} from './manifest.js';

/**
 * Puts a backup where there is no ledger yet, after its files and the ledger's whole chain have
 * been verified. Read models are removed: they are made anew from the log. Webhooks are paused: who gets
 * events of a ledger that stands elsewhere, perhaps beside the first, is for a person to say.
 * @throws {UserError} the folder is no backup, was changed, or a ledger or vault exists already
 * @throws {WriterLocked} somebody is about to write a ledger there
 */
export async function restore(settings: Settings, source: string): Promise<Manifest> {
  const folder = resolve(source);
  const manifest = await readManifest(folder);
  await verifyFiles(folder, manifest);
  const { readModelsFile, webhooks } = settings;
  const eventStoreFile = ledgerFileOf(settings, 'a restore');
  const vaultFile = vaultFileFor(settings, manifest);
  const targets = manifest.files.map(({ name }) => ({
    name,
    from: join(folder, name),
    to: placeOf(name, { eventStoreFile, vaultFile, webhooksFile: webhooks.file }),
  }));
  for (const { to } of targets) await mkdir(dirname(to), { recursive: true });
  const lock = WriterLock.take(eventStoreFile);
  try {
    for (const file of [eventStoreFile, vaultFile, ...targets.map(({ to }) => to)]) {
      if (file !== null && existsSync(file))
        throw new UserError(`${file} exists; a restore overwrites nothing: choose another folder`);
    }
    for (const suffix of ['', '-wal', '-shm'])
      await rm(`${readModelsFile}${suffix}`, { force: true });
    await putInPlace(targets, manifest);
  } finally {
    lock.release();
  }
  return manifest;
}

interface Places {
  readonly eventStoreFile: string;
  readonly vaultFile: string | null;
  readonly webhooksFile: string;
}

function placeOf(name: FileInBackup['name'], places: Places): string {
  const { eventStoreFile, vaultFile, webhooksFile } = places;
  if (name === WEBHOOKS_FILE) return webhooksFile;
  return name === LEDGER_FILE || vaultFile === null ? eventStoreFile : vaultFile;
}

/**
 * Where the vault's file goes; null when the vault is on PostgreSQL. A ledger put beside another
 * kind of vault than it had would have a new, empty one: a second subject for each person.
 */
function vaultFileFor({ vault }: Settings, manifest: Manifest): string | null {
  const { vault: kind = 'sqlite' } = manifest;
  if (kind !== vault.kind) {
    const [was, form] =
      kind === 'postgres'
        ? ['on PostgreSQL', 'its postgres:// URL']
        : ['a file', 'sqlite: and a file'];
    throw new UserError(`the vault of this ledger was ${was}: set VAULT to ${form}`);
  }
  return vault.kind === 'sqlite' ? vault.file : null;
}

interface Target {
  readonly name: FileInBackup['name'];
  readonly from: string;
  readonly to: string;
}

/** The ledger comes last: until it stands, there is nothing that could be taken for a ledger. */
async function putInPlace(targets: readonly Target[], manifest: Manifest): Promise<void> {
  const partials = targets.map((target) => ({ ...target, partial: `${target.to}.partial` }));
  try {
    for (const { from, partial } of partials) {
      await copyFile(from, partial);
      syncFile(partial);
    }
    for (const { name, partial } of partials) {
      if (name === LEDGER_FILE) await verifyChain(partial, manifest);
      if (name === WEBHOOKS_FILE) pauseAll(partial, 'restored from a backup');
    }
    const ledgerLast = partials.toSorted(
      (a, b) => Number(a.name === LEDGER_FILE) - Number(b.name === LEDGER_FILE),
    );
    for (const { to, partial } of ledgerLast) {
      await rename(partial, to);
      await syncFolder(dirname(to));
    }
  } catch (error) {
    for (const { partial } of partials) await rm(partial, { force: true });
    throw error;
  }
}

async function verifyChain(file: string, { head, chainHash }: Manifest): Promise<void> {
  const { hash, position } = await verifyLog(file);
  const isSame = hash === chainHash && (position === null ? null : String(position)) === head;
  if (!isSame) throw new UserError('the ledger in the backup is not the one the manifest names');
}
