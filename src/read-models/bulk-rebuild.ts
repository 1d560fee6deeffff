import type { Recorded } from '../event-store/codec/ledger-event.js';
import {
  asEventFold,
  bulkEntries,
  EventFolds,
  failure,
  type BulkEntry,
  type EventFold,
} from './event-folds.js';
import type { Projection } from './projection.js';
import type { ReadModelDatabase } from './read-model-database.js';
import { recordPosition } from './registry.js';

/** What a stretch of the log comes to for the projections that gather in bulk, by their names. */
export type Gathered = ReadonlyMap<string, unknown>;

/**
 * The way of the log into fresh tables: some projections gather in memory and are flushed in key
 * order, the others take event by event. Between flushes one transaction is open; no position is
 * recorded within it, for whatever fails is thrown away as a whole.
 */
export class BulkRebuild {
  readonly #entries: readonly BulkEntry[];
  readonly #all: EventFolds;
  readonly #singly: EventFolds;
  #position: bigint | null = null;
  #isOpen = false;

  constructor(
    private readonly database: ReadModelDatabase,
    private readonly projections: readonly Projection[],
  ) {
    this.#entries = bulkEntries(projections);
    const singly = projections
      .filter(({ bulk }) => bulk === undefined)
      .map((projection) => appliedSingly(projection, database));
    this.#singly = new EventFolds(singly);
    this.#all = new EventFolds([...this.#entries.map(asEventFold), ...singly]);
  }

  /** Of the last event taken; null before the first. */
  get position(): bigint | null {
    return this.#position;
  }

  /** The next event of the log. @throws {RebuildFailed} */
  take(event: Recorded): void {
    this.#open();
    this.#all.take(event);
    this.#position = event.position;
  }

  /**
   * The next event of the log for those that take event by event alone: what it is to the others
   * comes in by {@link add}. @throws {RebuildFailed}
   */
  takeSingly(event: Recorded): void {
    this.#open();
    this.#singly.take(event);
  }

  /** What other folds have gathered of the log up to `position`. */
  add(gathered: readonly Gathered[], position: bigint): void {
    this.#open();
    for (const part of gathered)
      for (const { projection, bulk } of this.#entries) bulk.add(part.get(projection.name));
    this.#position = position;
  }

  /** Now the rows are those of the position. @throws {RebuildFailed} */
  flush(): void {
    if (!this.#isOpen) return;
    for (const { projection, bulk } of this.#entries) {
      try {
        bulk.flush(this.database);
      } catch (error) {
        throw failure(projection, null, error);
      }
    }
    for (const { name } of this.projections)
      if (this.#position !== null) recordPosition(this.database, name, this.#position);
    this.database.exec('COMMIT');
    this.#isOpen = false;
  }

  #open(): void {
    if (this.#isOpen) return;
    this.database.exec('BEGIN IMMEDIATE');
    this.#isOpen = true;
  }
}

/** Its rows are as current as its last event, so there is nothing to flush. */
function appliedSingly(projection: Projection, database: ReadModelDatabase): EventFold {
  return {
    projection,
    take: (event) => {
      projection.apply([event], database);
    },
  };
}
