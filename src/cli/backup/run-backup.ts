import type { Settings } from '../../settings.js';
import { figure, print } from '../output.js';
import { backUp } from './back-up.js';
import type { Manifest } from './manifest.js';
import { restore } from './restore.js';

function printManifest({ files, head, events, chainHash }: Manifest): void {
  for (const { name, bytes, sha256 } of files)
    print(`  ${name}  ${figure(bytes)} bytes  ${sha256}`);
  print(`  ${figure(events)} events up to position ${head ?? 'none'}, chain ${chainHash}`);
}

export async function runBackup(settings: Settings, folder: string): Promise<void> {
  const manifest = await backUp(settings, folder);
  print(`backed up to ${folder}:`);
  printManifest(manifest);
  print('The key of the vault is not in it: keep VAULT_KEY or vault.key elsewhere.');
}

export async function runRestore(settings: Settings, folder: string): Promise<void> {
  const manifest = await restore(settings, folder);
  print(`restored to ${settings.dataDir}:`);
  printManifest(manifest);
  print('Put the key of the vault (VAULT_KEY, or the file vault.key) in its place before serving.');
}
