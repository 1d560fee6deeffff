import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { Projection } from './projection.js';
import type { ReadModelDatabase } from './read-model-database.js';
import { recordHalt, recordPosition, registeredProjections, type Halt } from './registry.js';

/** Told once, when a projection halts. */
export type HaltListener = (name: string, halt: Halt) => void;

/** One projection and how far it has come. Its rows and its position change together. */
export class ProjectionRunner {
  #position: bigint | null;
  #haltedBy: Halt | null = null;

  constructor(
    readonly projection: Projection,
    private readonly database: ReadModelDatabase,
    private readonly onHalt: HaltListener,
  ) {
    this.#position = registeredProjections(database).get(projection.name)?.position ?? null;
  }

  /** Of the last event whose effect is in the rows; null before the first. */
  get position(): bigint | null {
    return this.#position;
  }

  get haltedBy(): Halt | null {
    return this.#haltedBy;
  }

  /** Takes in what is new to it of a batch. A fault halts it just before the event at fault. */
  take(events: readonly Recorded[]): void {
    if (this.#haltedBy !== null) return;
    const position = this.#position ?? -1n;
    const fresh = events.filter((event) => event.position > position);
    if (fresh.length === 0 || this.#attempt(fresh) === null) return;
    // One of them is at fault: those before it still count.
    for (const event of fresh) {
      const fault = this.#attempt([event]);
      if (fault !== null) {
        this.halt({
          position: String(event.position),
          stream: event.stream,
          revision: String(event.revision),
          reason: fault.message,
        });
        return;
      }
    }
  }

  halt(halt: Halt): void {
    if (this.#haltedBy !== null) return;
    this.#haltedBy = halt;
    this.onHalt(this.projection.name, halt);
    try {
      recordHalt(this.database, this.projection.name, halt);
    } catch {
      // A full disk may be why it halted; the halt stands in this process all the same.
    }
  }

  #attempt(events: readonly Recorded[]): Error | null {
    const { database, projection } = this;
    const last = events.at(-1);
    if (last === undefined) return null;
    try {
      database.exec('BEGIN IMMEDIATE');
      projection.apply(events, database);
      recordPosition(database, projection.name, last.position);
      database.exec('COMMIT');
    } catch (error) {
      rollBack(database);
      return error instanceof Error ? error : new Error(String(error));
    }
    this.#position = last.position;
    return null;
  }
}

function rollBack(database: ReadModelDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Some failures end the transaction by themselves, and BEGIN may not have begun one.
  }
}
