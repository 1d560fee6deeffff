import type { Settings } from '../../settings.js';
import { figure, print } from '../output.js';
import { backUp } from './back-up.js';
import type { Manifest } from './manifest.js';
import { restore } from './restore.js';

const DUMP_THE_VAULT = [
  'The vault is on PostgreSQL and not in it. Dump it now, after this copy of the ledger:',
  '  pg_dump --format=custom --schema=subject_vault --file=vault.dump DATABASE',
  'An issuance enters the vault before the ledger, so an earlier dump may lack a person.',
];
const RESTORE_THE_VAULT = [
  'The vault is on PostgreSQL and not in it. If it is lost, restore a dump made after this backup:',
  '  pg_restore --exit-on-error --dbname=DATABASE vault.dump',
  'Start no server before: it would make a new, empty vault there.',
];

function printManifest({ files, head, events, chainHash }: Manifest): void {
  for (const { name, bytes, sha256 } of files)
    print(`  ${name}  ${figure(bytes)} bytes  ${sha256}`);
  print(`  ${figure(events)} events up to position ${head ?? 'none'}, chain ${chainHash}`);
}

export async function runBackup(settings: Settings, folder: string): Promise<void> {
  const manifest = await backUp(settings, folder);
  print(`backed up to ${folder}:`);
  printManifest(manifest);
  if (settings.vault.kind === 'postgres') for (const line of DUMP_THE_VAULT) print(line);
  print('The key of the vault is not in it: keep VAULT_KEY or vault.key elsewhere.');
}

export async function runRestore(settings: Settings, folder: string): Promise<void> {
  const manifest = await restore(settings, folder);
  print(`restored to ${settings.dataDir}:`);
  printManifest(manifest);
  if (settings.vault.kind === 'postgres') for (const line of RESTORE_THE_VAULT) print(line);
  print('Put the key of the vault (VAULT_KEY, or the file vault.key) in its place before serving.');
}
