import { after, singly, type LogSegment } from './log-segment.js';
import type { Projection } from './projection.js';
import type { ReadModelDatabase } from './read-model-database.js';
import { placeOf } from './rebuild-failed.js';
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
   * Takes a stretch of the log into all of them in one transaction. If one is at fault nothing of it
   * stands, and each takes it in by itself, so that only the faulty one halts.
   */
  static takeAll(
    runners: readonly ProjectionRunner[],
    database: ReadModelDatabase,
    segment: LogSegment,
  ): void {
    const { through } = segment;
    const taken: (() => void)[] = [];
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const runner of runners) {
        if (!runner.#isBefore(through)) continue;
        runner.#write(runner.#freshOf(segment));
        taken.push(() => {
          runner.#position = through;
        });
      }
      database.exec('COMMIT');
    } catch {
      rollBack(database);
      for (const runner of runners) runner.take(segment);
      return;
    }
    for (const advance of taken) advance();
  }

  /** Takes in what is new to it of a stretch of the log. A fault halts it just before the event at fault. */
  take(segment: LogSegment): void {
    if (!this.#isBefore(segment.through)) return;
    const fresh = this.#freshOf(segment);
    if (this.#attempt(fresh) === null) return;
    // One of them is at fault: those before it still count.
    for (const one of singly(fresh)) {
      const reason = this.#attempt(one)?.message;
      if (reason !== undefined) {
        this.halt({ ...placeOf(one), reason });
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

  #freshOf(segment: LogSegment): LogSegment {
    return after(segment, this.#position ?? -1n);
  }

  /** In a transaction that is open. */
  #write(segment: LogSegment): void {
    const { size, through, endTime } = segment;
    if (size > 0) this.projection.apply(segment, this.database);
    const { name } = this.projection;
    recordPosition(this.database, name, { position: through, ledgerTime: endTime });
  }

  #attempt(segment: LogSegment): Error | null {
    const { database } = this;
    try {
      database.exec('BEGIN IMMEDIATE');
      this.#write(segment);
      database.exec('COMMIT');
    } catch (error) {
      rollBack(database);
      return error instanceof Error ? error : new Error(String(error));
    }
    this.#position = segment.through;
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
