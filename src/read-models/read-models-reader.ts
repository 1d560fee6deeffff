import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '../event-store/event-store.js';
import { ReadModelDatabase } from './read-model-database.js';
import { ReadModels, type Standing, type WaitOutcome } from './read-models.js';
import { keptProvinces, registeredProjections } from './registry.js';

const POLL_INTERVAL_MS = 25;

/** There is no file of read models yet: a server or `rebuild` makes it. */
export class ReadModelsMissing extends Error {
  override readonly name = 'ReadModelsMissing';
  constructor(readonly file: string) {
    super(`there are no read models at ${file}`);
  }
}

/** The read models of another process, which alone writes them. */
export class ReadModelsReader extends ReadModels {
  private constructor(
    store: EventStore,
    readonly database: ReadModelDatabase,
  ) {
    super(store, keptProvinces(database));
  }

  /** @throws {ReadModelsMissing} nothing has been projected there yet */
  static open(store: EventStore, file: string): ReadModelsReader {
    if (!existsSync(file)) throw new ReadModelsMissing(file);
    const database = ReadModelDatabase.openReadOnly(file);
    try {
      registeredProjections(database);
    } catch {
      database.close();
      throw new ReadModelsMissing(file);
    }
    return new ReadModelsReader(store, database);
  }

  standings(names?: readonly string[]): readonly Standing[] {
    const all = [...registeredProjections(this.database).values()];
    return names === undefined ? all : all.filter(({ name }) => names.includes(name));
  }

  async waitFor(
    position: bigint,
    timeoutMs: number,
    signal?: AbortSignal,
    names?: readonly string[],
  ): Promise<WaitOutcome> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const behind = this.standings(names).filter(
        (it) => it.position === null || it.position < position,
      );
      if (behind.length === 0) return 'reached';
      if (behind.some(({ haltedBy }) => haltedBy !== null)) return 'halted';
      if (performance.now() >= deadline) return 'timed_out';
      await pause(POLL_INTERVAL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }

  override async close(): Promise<void> {
    await super.close();
    this.database.close();
  }
}
