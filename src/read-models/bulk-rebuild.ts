import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { BulkFold, Projection } from './projection.js';
import type { ReadModelDatabase } from './read-model-database.js';
import { recordPosition, type Halt } from './registry.js';

/** A projection would not take an event in: nothing was swapped, the old file still serves. */
export class RebuildFailed extends Error {
  override readonly name = 'RebuildFailed';
  constructor(
    readonly projection: string,
    readonly halt: Halt,
  ) {
    super(`${projection} halted at position ${halt.position ?? 'unknown'}: ${halt.reason}`);
  }
}

interface Fold {
  readonly projection: Projection;
  readonly bulk: BulkFold;
}

/**
 * The way of the log into fresh tables: all projections event by event, what they gather flushed in
 * key order. Between flushes one transaction is open; no position is recorded within it, for
 * whatever fails is thrown away as a whole.
 */
export class BulkRebuild {
  readonly #folds: readonly Fold[];
  /** Of the projections a type concerns. */
  readonly #foldsOf = new Map<Recorded['type'], readonly Fold[]>();
  #position: bigint | null = null;
  #isOpen = false;

  constructor(
    private readonly database: ReadModelDatabase,
    projections: readonly Projection[],
  ) {
    this.#folds = projections.map((projection) => ({
      projection,
      bulk: projection.bulk?.() ?? appliedSingly(projection, database),
    }));
  }

  /** Of the last event taken; null before the first. */
  get position(): bigint | null {
    return this.#position;
  }

  /** The next event of the log. @throws {RebuildFailed} */
  take(event: Recorded): void {
    if (!this.#isOpen) {
      this.database.exec('BEGIN IMMEDIATE');
      this.#isOpen = true;
    }
    for (const { projection, bulk } of this.#concerned(event.type)) {
      try {
        bulk.take(event);
      } catch (error) {
        throw failure(projection, event, error);
      }
    }
    this.#position = event.position;
  }

  /** Now the rows are those of the position. @throws {RebuildFailed} */
  flush(): void {
    if (!this.#isOpen) return;
    for (const { projection, bulk } of this.#folds) {
      try {
        bulk.flush(this.database);
        if (this.#position !== null) recordPosition(this.database, projection.name, this.#position);
      } catch (error) {
        throw failure(projection, null, error);
      }
    }
    this.database.exec('COMMIT');
    this.#isOpen = false;
  }

  #concerned(type: Recorded['type']): readonly Fold[] {
    const known = this.#foldsOf.get(type);
    if (known !== undefined) return known;
    const folds = this.#folds.filter(({ projection }) => projection.concerns?.(type) ?? true);
    this.#foldsOf.set(type, folds);
    return folds;
  }
}

/** Its rows are as current as its last event, so there is nothing to flush. */
function appliedSingly(projection: Projection, database: ReadModelDatabase): BulkFold {
  return {
    take: (event) => {
      projection.apply([event], database);
    },
    flush: () => undefined,
  };
}

function failure(projection: Projection, event: Recorded | null, error: unknown): RebuildFailed {
  return new RebuildFailed(projection.name, {
    position: event === null ? null : String(event.position),
    stream: event?.stream ?? null,
    revision: event === null ? null : String(event.revision),
    reason: error instanceof Error ? error.message : String(error),
  });
}
