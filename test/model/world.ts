import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteSubjectVault } from '../../src/access/subject-vault/sqlite-subject-vault.js';
import type { SubjectVault } from '../../src/access/subject-vault/subject-vault.js';
import { VaultKeys } from '../../src/access/subject-vault/vault-keys.js';
import type { FacilityDirectory, FacilityStanding } from '../../src/custody/account/decision.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { Node } from './nodes.js';

const KEY = '7'.repeat(64);

/** One real store and one real vault on disk, and offices that open and close as a test says. */
export class World {
  readonly facilities = new Map<
    string,
    Omit<FacilityStanding, 'facilityId' | 'parent' | 'successor'> & {
      readonly facilityId: string;
      readonly parent: string | null;
      readonly successor: string | null;
    }
  >();
  private readonly folder = mkdtempSync(join(tmpdir(), 'blangko-model-'));
  private opened = this.open();

  get store(): EventStore {
    return this.opened.store;
  }

  get vault(): SubjectVault {
    return this.opened.vault;
  }

  private open() {
    return {
      store: openEmbeddedStore({ file: join(this.folder, 'ledger.db'), mode: 'writer' }),
      vault: SqliteSubjectVault.open({
        file: join(this.folder, 'vault.db'),
        mode: 'writer',
        keys: VaultKeys.fromHex(KEY),
      }),
    };
  }

  /** Further processes on the one store, with nothing in their caches. */
  nodes(count: number): readonly Node[] {
    const directory: FacilityDirectory = {
      get: (id) => this.facilities.get(id) as FacilityStanding | undefined,
    };
    return Array.from({ length: count }, () => new Node(this.store, this.vault, directory));
  }

  /** Closes store and vault and opens them again, as after a restart; make new nodes. */
  async restart(): Promise<void> {
    await this.closeFiles();
    this.opened = this.open();
  }

  async close(): Promise<void> {
    await this.closeFiles();
    rmSync(this.folder, { recursive: true });
  }

  private async closeFiles(): Promise<void> {
    await this.store.close();
    await this.vault.close();
  }
}
