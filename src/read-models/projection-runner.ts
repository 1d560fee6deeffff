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

  /**
   * Takes a batch into all of them in one transaction. If one is at fault nothing of it stands, and
   * each takes the batch in by itself, so that only the faulty one halts.
   * @param through position up to which the batch is the log, less what does not count here
   */
  static takeAll(
    runners: readonly ProjectionRunner[],
    database: ReadModelDatabase,
    events: readonly Recorded[],
    through: bigint,
  ): void {
    const taken: (() => void)[] = [];
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const runner of runners) {
        if (!runner.#isBefore(through)) continue;
        runner.#write(runner.#freshOf(events), through);
        taken.push(() => {
          runner.#position = through;
        });
      }
      database.exec('COMMIT');
    } catch {
      rollBack(database);
      for (const runner of runners) runner.take(events, through);
      return;
    }
    for (const advance of taken) advance();
  }

  /** Takes in what is new to it of a batch. A fault halts it just before the event at fault. */
  take(events: readonly Recorded[], through = events.at(-1)?.position): void {
    if (through === undefined || !this.#isBefore(through)) return;
    const fresh = this.#freshOf(events);
    if (this.#attempt(fresh, through) === null) return;
    // One of them is at fault: those before it still count.
    for (const event of fresh) {
      const fault = this.#attempt([event], event.position);
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

  /** Never once it has halted. */
  #isBefore(position: bigint): boolean {
    return this.#haltedBy === null && (this.#position ?? -1n) < position;
  }

  #freshOf(events: readonly Recorded[]): readonly Recorded[] {
    const position = this.#position ?? -1n;
    const first = events.findIndex((event) => event.position > position);
    return first === -1 ? [] : events.slice(first);
  }

  /** In a transaction that is open. */
  #write(events: readonly Recorded[], through: bigint): void {
    if (events.length > 0) this.projection.apply(events, this.database);
    recordPosition(this.database, this.projection.name, through);
  }

  #attempt(events: readonly Recorded[], through: bigint): Error | null {
    const { database } = this;
    try {
      database.exec('BEGIN IMMEDIATE');
      this.#write(events, through);
      database.exec('COMMIT');
    } catch (error) {
      rollBack(database);
      return error instanceof Error ? error : new Error(String(error));
    }
    this.#position = through;
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
