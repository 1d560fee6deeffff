import { setImmediate as turn } from 'node:timers/promises';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { KeptEvents, KeptProvinces } from './kept-provinces.js';
import type { LogSegment } from './log-segment.js';
import type { Projection } from './projection.js';
import { ProjectionRunner, type HaltListener } from './projection-runner.js';
import { ReadModelDatabase } from './read-model-database.js';
import { ReadModels, type Standing, type WaitOutcome } from './read-models.js';
import { registeredProjections, registerProjections } from './registry.js';
import { SegmentBuilder } from './segment-builder.js';

export interface ProjectionEngineOptions {
  readonly store: EventStore;
  /** Path of the read models' SQLite file; created if there is none. */
  readonly file: string;
  readonly projections: readonly Projection[];
  /** Of which provinces the rows are to be. Default: all. */
  readonly kept?: KeptProvinces | undefined;
  readonly onHalt?: HaltListener | undefined;
  /** Events taken in between two turns of the event loop. Default 250. */
  readonly batchEvents?: number | undefined;
}

const DEFAULT_BATCH_EVENTS = 250;
/** How long events gather before the next are taken in, in milliseconds: a transaction costs many events. */
const GATHER_MS = 25;

interface Waiter {
  readonly position: bigint;
  readonly runners: readonly ProjectionRunner[];
  readonly settle: (outcome: WaitOutcome) => void;
}

/**
 * One catch-up subscription feeds every projection in order. Rows and positions are committed in one
 * transaction, so a crash at any point resumes exactly. A projection that throws halts alone and
 * loudly; the others go on. After a quiet time the first event is taken in at once; those that
 * follow gather for a moment, unless somebody waits for them.
 */
export class ProjectionEngine extends ReadModels {
  readonly database: ReadModelDatabase;
  readonly #options: ProjectionEngineOptions;
  readonly #events: KeptEvents;
  readonly #runners: readonly ProjectionRunner[];
  readonly #ending = new AbortController();
  readonly #waiters = new Set<Waiter>();
  /** Of the last event taken in; the slowest projection's, before the first. */
  #ledgerTime: number;
  /** Ends the gathering under way, if any. */
  #hurry: () => void = () => undefined;
  #following: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  private constructor(options: ProjectionEngineOptions, database: ReadModelDatabase) {
    super(options.store, options.kept ?? KeptProvinces.all);
    this.#options = options;
    this.database = database;
    this.#events = new KeptEvents(this.kept, (shipmentId) => isShipment(database, shipmentId));
    this.#ledgerTime = Math.min(
      ...[...registeredProjections(database).values()].map((it) => it.ledgerTime ?? -Infinity),
    );
    this.#runners = options.projections.map(
      (projection) =>
        new ProjectionRunner(projection, database, (name, halt) => options.onHalt?.(name, halt)),
    );
  }

  /** Opens the file, makes what tables are missing or of another version, and begins to follow. */
  static start(options: ProjectionEngineOptions): ProjectionEngine {
    const database = ReadModelDatabase.open(options.file);
    try {
      registerProjections(database, options.projections, options.kept);
      const engine = new ProjectionEngine(options, database);
      engine.#following = engine.#follow().catch((error: unknown) => {
        engine.#haltAll(error, null);
      });
      return engine;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  standings(names?: readonly string[]): readonly Standing[] {
    return this.#named(names).map(({ projection, position, haltedBy }) => ({
      name: projection.name,
      position,
      haltedBy,
    }));
  }

  waitFor(
    position: bigint,
    timeoutMs: number,
    signal?: AbortSignal,
    names?: readonly string[],
  ): Promise<WaitOutcome> {
    const runners = this.#named(names);
    const now = outcomeOf(runners, position);
    if (now !== null) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const settle = (outcome: WaitOutcome): void => {
        finish();
        resolve(outcome);
      };
      const abort = (): void => {
        finish();
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const waiter: Waiter = { position, runners, settle };
      const timer = setTimeout(() => {
        settle('timed_out');
      }, timeoutMs);
      this.#waiters.add(waiter);
      this.#hurry();
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    this.#hurry();
    await this.#following;
    for (const { settle } of [...this.#waiters]) settle('timed_out');
    this.database.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    // The slowest projection decides where to begin; the others pass over what they hold.
    const after = this.position() ?? undefined;
    const subscription = this.store.subscribeAll({ signal, after });
    for await (const message of subscription) {
      if (message.kind !== 'events') continue;
      await this.#take(message.events);
      // A full batch means there is more already.
      if (message.events.length < this.#batchEvents) await this.#gather();
    }
  }

  get #batchEvents(): number {
    return this.#options.batchEvents ?? DEFAULT_BATCH_EVENTS;
  }

  #gather(): Promise<void> {
    if (this.#waiters.size > 0 || this.#ending.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#hurry();
      }, GATHER_MS);
      this.#hurry = () => {
        clearTimeout(timer);
        this.#hurry = () => undefined;
        resolve();
      };
    });
  }

  async #take(events: readonly RecordedEvent[]): Promise<void> {
    const size = this.#batchEvents;
    for (let from = 0; from < events.length; from += size) {
      if (this.#ending.signal.aborted) return;
      const slice = events.slice(from, from + size);
      const { segment, count, fault } = this.#decode(slice);
      if (count > 0) {
        ProjectionRunner.takeAll(this.#runners, this.database, segment);
        this.#ledgerTime = segment.endTime;
      }
      const unreadable = slice[count];
      if (unreadable !== undefined) this.#haltAll(fault, unreadable);
      this.#wake();
      await turn();
    }
  }

  /**
   * Those that count here, up to the first of which this program cannot tell, with what kept it from
   * that; `count` of them all are before it.
   */
  #decode(events: readonly RecordedEvent[]): {
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

  #haltAll(error: unknown, event: RecordedEvent | null): void {
    for (const runner of this.#runners) {
      runner.halt({
        position: event === null ? null : String(event.position),
        stream: event?.stream ?? null,
        revision: event === null ? null : String(event.revision),
        reason: error instanceof Error ? error.message : String(error),
      });
    }
    this.#wake();
  }

  #wake(): void {
    for (const { position, runners, settle } of [...this.#waiters]) {
      const outcome = outcomeOf(runners, position);
      if (outcome !== null) settle(outcome);
    }
  }

  #named(names: readonly string[] | undefined): readonly ProjectionRunner[] {
    return names === undefined
      ? this.#runners
      : this.#runners.filter(({ projection }) => names.includes(projection.name));
  }
}

/** Of any event, whatever this program knows of its type. */
function recordedAtOf({ metadata: { recordedAt } }: RecordedEvent): string {
  return typeof recordedAt === 'string' ? recordedAt : '';
}

function isShipment(database: ReadModelDatabase, shipmentId: string): boolean {
  return database.get('SELECT 1 FROM shipment WHERE shipment_id = ?', shipmentId) !== undefined;
}

/** Null while there is still something to wait for. */
function outcomeOf(runners: readonly ProjectionRunner[], wanted: bigint): WaitOutcome | null {
  const behind = runners.filter(({ position }) => position === null || position < wanted);
  if (behind.length === 0) return 'reached';
  return behind.some(({ haltedBy }) => haltedBy !== null) ? 'halted' : null;
}
