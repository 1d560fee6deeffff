import { firstFault, RebuildFailed } from './rebuild-failed.js';
import type { LogSegment } from './log-segment.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { Projection } from './projection.js';
import type { ReadModelDatabase } from './read-model-database.js';
import { recordPosition } from './registry.js';
import { SegmentBuilder } from './segment-builder.js';

/** So many events are applied at once: more would save little, and each takes some 150 bytes meanwhile. */
const SEGMENT_EVENTS = 500_000;

export interface RebuildShare {
  readonly projection: string;
  readonly seconds: number;
}

/**
 * The way of the log into fresh tables: events are gathered in columns and applied half a million at a time, each
 * stretch in one transaction. Whatever fails is thrown away as a whole.
 */
export class BulkRebuild {
  readonly #builder = new SegmentBuilder();
  readonly #seconds: Map<string, number>;
  #position: bigint | null = null;

  constructor(
    private readonly database: ReadModelDatabase,
    private readonly projections: readonly Projection[],
    private readonly segmentEvents = SEGMENT_EVENTS,
  ) {
    this.#seconds = new Map(projections.map(({ name }) => [name, 0]));
  }

  /** Of the last event taken; null before the first. */
  get position(): bigint | null {
    return this.#position;
  }

  /** For how long each projection has worked. */
  get shares(): readonly RebuildShare[] {
    return [...this.#seconds].map(([projection, seconds]) => ({ projection, seconds }));
  }

  /** The next event of the log. @throws {RebuildFailed} */
  take(event: Recorded): void {
    this.#builder.add(event);
    this.#reach(event.position);
  }

  /** The next event of the log, which does not count. */
  skip(position: bigint, recordedAt: string): void {
    this.#builder.skip(position, recordedAt);
    this.#reach(position);
  }

  /** The next stretch of the log. @throws {RebuildFailed} */
  add(segment: LogSegment): void {
    this.#builder.append(segment);
    this.#reach(segment.through);
  }

  /** Now the rows are those of the position. @throws {RebuildFailed} */
  flush(): void {
    if (this.#position === null) return;
    const segment = this.#builder.take();
    this.database.exec('BEGIN IMMEDIATE');
    for (const projection of this.projections) {
      const begun = performance.now();
      if (segment.size > 0) this.#apply(projection, segment);
      const { name } = projection;
      recordPosition(this.database, name, {
        position: this.#position,
        ledgerTime: segment.endTime,
      });
      const seconds = (performance.now() - begun) / 1_000;
      this.#seconds.set(name, (this.#seconds.get(name) ?? 0) + seconds);
    }
    this.database.exec('COMMIT');
  }

  #reach(position: bigint): void {
    this.#position = position;
    if (this.#builder.size >= this.segmentEvents) this.flush();
  }

  #apply(projection: Projection, segment: LogSegment): void {
    const { name } = projection;
    try {
      projection.apply(segment, this.database);
    } catch (error) {
      this.database.exec('ROLLBACK; BEGIN IMMEDIATE');
      const halt = firstFault(projection, segment, this.database);
      this.database.exec('ROLLBACK');
      const reason = error instanceof Error ? error.message : String(error);
      throw new RebuildFailed(
        name,
        halt ?? { position: null, stream: null, revision: null, reason },
      );
    }
  }
}
