import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchSettings } from './bench-settings.js';
import {
  startPostgres,
  type PostgresServer,
  type PostgresSkipped,
} from '../support/postgres-server.js';
import { fillLedger, type StoredLedger } from './stored-ledger.js';

/** What the benches of one run share: its folder, and what is made at most once. */
export class BenchRun {
  readonly folder: string;
  #postgres: Promise<PostgresServer | PostgresSkipped> | null = null;
  #stored: Promise<StoredLedger> | null = null;

  constructor(
    readonly settings: BenchSettings,
    private readonly say: (text: string) => void,
  ) {
    this.folder = mkdtempSync(join(settings.parent, 'blangko-bench-'));
    // PostgreSQL may run as another user, who must come through to a folder of its own.
    chmodSync(this.folder, 0o711);
    process.once('exit', this.#remove);
  }

  progress(text: string): void {
    this.say(text);
  }

  /** The PostgreSQL server of this run, or why there is none. */
  postgres(): Promise<PostgresServer | PostgresSkipped> {
    this.#postgres ??= startPostgres(join(this.folder, 'postgres'));
    return this.#postgres;
  }

  /** The ledger with the events stored beforehand; no one has it open. */
  storedLedger(): Promise<StoredLedger> {
    if (this.#stored === null) {
      this.progress(`storing ${this.settings.stored} events`);
      this.#stored = fillLedger(join(this.folder, 'stored'), this.settings.stored);
    }
    return this.#stored;
  }

  async end(): Promise<void> {
    const server = await this.#postgres;
    if (server?.kind === 'running') await server.stop();
    process.off('exit', this.#remove);
    this.#remove();
  }

  readonly #remove = (): void => {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
