import { setImmediate as turn } from 'node:timers/promises';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { KeptEvents, type KeptProvinces } from './kept-provinces.js';
import type { LogSegment } from './log-segment.js';
import type { Projection } from './projection.js';
import { ProjectionRunner, type HaltListener } from './projection-runner.js';
import type { ReadModelDatabase } from './read-model-database.js';
import { slowest } from './slowest.js';
import { registeredProjections } from './registry.js';
import { recordedAtOf, SegmentBuilder } from './segment-builder.js';

/** What an event is that this program cannot read, and why. */
export interface Unreadable {
  readonly event: RecordedEvent;
  readonly fault: unknown;
}

/**
 * Read models of one file that are brought up to date: the projections with how far they have come, and
 * what they must remember of the log.
 */
export class FollowingModels {
  readonly runners: readonly ProjectionRunner[];
  readonly #events: KeptEvents;
  /** Of the last event taken in. */
  #ledgerTime: number;
  #isClosed = false;

  /** The projections must be registered in the file. */
  constructor(
    readonly database: ReadModelDatabase,
    projections: readonly Projection[],
    kept: KeptProvinces,
    onHalt: HaltListener,
  ) {
    this.#events = new KeptEvents(kept, (shipmentId) => isShipment(database, shipmentId));
    const known = [...registeredProjections(database).values()];
    // The slowest decides where to begin.
    this.#ledgerTime = Math.min(...known.map((it) => it.ledgerTime ?? -Infinity));
    this.runners = projections.map((it) => new ProjectionRunner(it, database, onHalt));
  }

  /** Of the slowest projection; null before the first event. */
  get position(): bigint | null {
    return slowest(this.runners.map(({ position }) => position));
  }

  get isHalted(): boolean {
    return this.runners.some(({ haltedBy }) => haltedBy !== null);
  }

  /** Takes the next events of the log in, up to the first that this program cannot read; gives that one. */
  take(events: readonly RecordedEvent[]): Unreadable | null {
    const { segment, count, fault } = this.#segmentOf(events);
    if (count > 0) {
      ProjectionRunner.takeAll(this.runners, this.database, segment);
      this.#ledgerTime = segment.endTime;
    }
    const event = events[count];
    return event === undefined ? null : { event, fault };
  }

  /** May be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.database.close();
  }

  haltAll({
    event,
    fault,
  }: {
    readonly event: RecordedEvent | null;
    readonly fault: unknown;
  }): void {
    for (const runner of this.runners) {
      runner.halt({
        position: event === null ? null : String(event.position),
        stream: event?.stream ?? null,
        revision: event === null ? null : String(event.revision),
        reason: fault instanceof Error ? fault.message : String(fault),
      });
    }
  }

  /** Reads the log on until it has come to a position, a few events between two turns of the event loop. */
  async catchUp(store: EventStore, to: () => bigint, batchEvents: number): Promise<void> {
    for (let at = this.position ?? -1n; !this.isHalted; at = this.position ?? at) {
      // It goes on meanwhile: what is passed over now must not be followed by what then counts.
      const end = to();
      if (at >= end) return;
      // Only positions that events have can be read from, so the one known already is read again.
      const from = at < 0n ? undefined : at;
      for await (const batch of store.readAll({ from, max: batchEvents + 1 })) {
        const unreadable = this.take(
          batch.filter(({ position }) => position > at && position <= end),
        );
        if (unreadable !== null) this.haltAll(unreadable);
        await turn();
      }
    }
  }

  /** Those that count here, up to the first of which this program cannot tell; `count` of them all are before it. */
  #segmentOf(events: readonly RecordedEvent[]): {
    readonly segment: LogSegment;
    readonly count: number;
    readonly fault: unknown;
  } {
    const builder = new SegmentBuilder(this.#ledgerTime);
    let count = 0;
    let fault: unknown = null;
    for (const event of events) {
      try {
        const one = this.#events.isElsewhere(event) ? null : decodeEvent(event);
        if (one !== null && this.#events.passes(one)) builder.add(one);
        else builder.skip(event.position, recordedAtOf(event));
      } catch (error) {
        fault = error;
        break;
      }
      count++;
    }
    return { segment: builder.take(), count, fault };
  }
}

function isShipment(database: ReadModelDatabase, shipmentId: string): boolean {
  return database.get('SELECT 1 FROM shipment WHERE shipment_id = ?', shipmentId) !== undefined;
}
