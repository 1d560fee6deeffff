import { setImmediate as turn } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { QuestionThreads } from './apart/question-threads.js';
import type { RowComparison } from './dump.js';
import { FollowingModels } from './following-models.js';
import { KeptProvinces } from './kept-provinces.js';
import type { OnProgress } from './log-progress.js';
import type { Projection } from './projection.js';
import type { HaltListener, ProjectionRunner } from './projection-runner.js';
import { ReadModelDatabase } from './read-model-database.js';
import { ReadModels, type Standing, type WaitOutcome } from './read-models.js';
import { RebuildHere, type RebuildApart } from './rebuild-apart.js';
import { putInPlace, removeReadModels, type Rebuilt } from './rebuild.js';
import { registerProjections } from './registry.js';

export interface ProjectionEngineOptions {
  readonly store: EventStore;
  /** Path of the read models' SQLite file; created if there is none. */
  readonly file: string;
  readonly projections: readonly Projection[];
  /** Of which provinces the rows are to be. Default: all. */
  readonly kept?: KeptProvinces | undefined;
  readonly onHalt?: HaltListener | undefined;
  /** How many threads answer what would hold this one up. Default 0: this one answers everything. */
  readonly questionThreads?: number | undefined;
  /** Where the long parts of a rebuild are done. Default: in this thread. */
  readonly apart?: RebuildApart | undefined;
  /**
   * From so many events of the log on, what has no rows yet is built in bulk before the log is followed.
   * Default 100,000. Only where the long parts of a rebuild are done apart.
   */
  readonly bulkEvents?: number | undefined;
  /** Events taken in between two turns of the event loop. Default 250. */
  readonly batchEvents?: number | undefined;
}

const DEFAULT_BATCH_EVENTS = 250;
const DEFAULT_BULK_EVENTS = 100_000;
/** How long events gather before the next are taken in, in milliseconds: a transaction costs many events. */
const GATHER_MS = 100;

interface Waiter {
  readonly position: bigint;
  readonly names: readonly string[] | undefined;
  readonly settle: (outcome: WaitOutcome) => void;
}

/** Another rebuild is under way. */
export class RebuildUnderWay extends Error {
  override readonly name = 'RebuildUnderWay';
  constructor() {
    super('the read models are being rebuilt already');
  }
}

/**
 * One catch-up subscription feeds every projection in order. Rows and positions are committed in one
 * transaction, so a crash at any point resumes exactly. A projection that throws halts alone and
 * loudly; the others go on. After a quiet time the first event is taken in at once; those that
 * follow gather for a moment, unless somebody waits for them.
 */
export class ProjectionEngine extends ReadModels {
  readonly #options: ProjectionEngineOptions;
  readonly #threads: QuestionThreads | null;
  readonly #ending = new AbortController();
  readonly #waiters = new Set<Waiter>();
  #models: FollowingModels;
  /** What is to take the place of the models, and is written beside them. */
  #successor: FollowingModels | null = null;
  /** Up to which the log was followed, whether or not every projection took it in. */
  #followed: bigint;
  /** What is written stays as it is until this resolves. */
  #standstill: Promise<void> = Promise.resolve();
  #isRebuilding = false;
  /** Ends the gathering under way, if any. */
  #hurry: () => void = () => undefined;
  #following: Promise<void> = Promise.resolve();
  #rebuilding: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;

  private constructor(options: ProjectionEngineOptions, database: ReadModelDatabase) {
    const { questionThreads = 0 } = options;
    const threads = questionThreads > 0 ? new QuestionThreads(options.file, questionThreads) : null;
    super(options.store, options.kept ?? KeptProvinces.all, threads);
    this.#options = options;
    this.#threads = threads;
    this.#models = this.#modelsIn(database);
    this.#followed = this.#models.position ?? 0n;
  }

  /** Opens the file, makes what tables are missing or of another version, and begins to follow. */
  static start(options: ProjectionEngineOptions): ProjectionEngine {
    const database = ReadModelDatabase.open(options.file);
    try {
      registerProjections(database, options.projections, options.kept);
      const engine = new ProjectionEngine(options, database);
      engine.#following = engine.#follow().catch((fault: unknown) => {
        engine.#haltAll({ event: null, fault });
      });
      return engine;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Another one after a rebuild: not to be kept between two questions. */
  get database(): ReadModelDatabase {
    return this.#models.database;
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
    const now = outcomeOf(this.#named(names), position);
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
      const waiter: Waiter = { position, names, settle };
      const timer = setTimeout(() => {
        settle('timed_out');
      }, timeoutMs);
      this.#waiters.add(waiter);
      this.#hurry();
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  override close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /**
   * Builds all read models anew beside those that serve, brings them up to the log, compares both at one
   * moment, and puts the new ones in their place: questions are answered, and events taken in, all the while.
   * @throws {RebuildUnderWay} @throws {RebuildFailed} an event cannot be projected; the old ones serve on
   */
  override async rebuild(onProgress?: OnProgress): Promise<Rebuilt> {
    if (this.#isRebuilding) throw new RebuildUnderWay();
    this.#isRebuilding = true;
    const rebuilding = this.#rebuild(onProgress);
    this.#rebuilding = rebuilding.catch(() => undefined);
    try {
      return await rebuilding;
    } finally {
      this.#isRebuilding = false;
    }
  }

  async #rebuild(onProgress: OnProgress | undefined): Promise<Rebuilt> {
    const { file, projections } = this.#options;
    const { signal } = this.#ending;
    const apart =
      this.#options.apart ?? new RebuildHere(this.store, projections, { kept: this.kept });
    const beside = `${file}.rebuild`;
    const built = await apart.build(beside, onProgress, signal);
    const successor = this.#modelsIn(ReadModelDatabase.open(beside));
    try {
      await successor.catchUp(this.store, () => this.#followed, this.#batchEvents);
      signal.throwIfAborted();
      // No turn of the event loop lies between: from here on both take the same events in.
      this.#successor = successor;
      const comparison = await this.#compare(apart, beside, signal);
      await this.#standingStill(async () => {
        signal.throwIfAborted();
        await this.#replace(beside, successor);
      });
      return { ...built, comparison };
    } catch (error) {
      successor.close();
      removeReadModels(beside);
      throw error;
    } finally {
      this.#successor = null;
    }
  }

  /** Nothing is written until both files are held as they are at one moment; then they go on. */
  async #compare(
    apart: RebuildApart,
    beside: string,
    signal: AbortSignal,
  ): Promise<RowComparison | null> {
    const files = { expected: beside, actual: this.#options.file };
    let compared: Promise<RowComparison | null> = Promise.resolve(null);
    await this.#standingStill(
      () =>
        new Promise<void>((resolve, reject) => {
          compared = apart.compare(files, resolve, signal);
          compared.catch(reject);
        }),
    );
    return compared;
  }

  async #replace(beside: string, successor: FollowingModels): Promise<void> {
    const { database } = successor;
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    successor.close();
    await this.#swap(beside, this.#models.database);
  }

  /** No question is under way meanwhile: this thread asks none, and the others have let go of the file. */
  async #swap(beside: string, old: ReadModelDatabase): Promise<void> {
    const { file } = this.#options;
    const swap = (): void => {
      old.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      old.close();
      putInPlace(beside, file);
      this.#models = this.#modelsIn(ReadModelDatabase.open(file));
      this.#wake();
    };
    if (this.#threads === null) swap();
    else await this.#threads.pausedWhile(swap);
  }

  /** Between two batches of events, and none is taken in until `work` is done. */
  async #standingStill(work: () => Promise<void>): Promise<void> {
    const done = Promise.withResolvers<undefined>();
    this.#standstill = done.promise;
    try {
      await work();
    } finally {
      done.resolve(undefined);
    }
  }

  #modelsIn(database: ReadModelDatabase): FollowingModels {
    const { projections, onHalt } = this.#options;
    return new FollowingModels(database, projections, this.kept, (name, halt) =>
      onHalt?.(name, halt),
    );
  }

  async #close(): Promise<void> {
    this.#ending.abort(new Error('the read models are closed'));
    this.#hurry();
    await this.#following;
    await this.#rebuilding;
    for (const { settle } of [...this.#waiters]) settle('timed_out');
    await super.close();
    this.database.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    await this.#buildWhatIsMissing(signal);
    if (signal.aborted) return;
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

  /** A first start on a long log, or one with a read model that is new: event by event it would take hours. */
  async #buildWhatIsMissing(signal: AbortSignal): Promise<void> {
    const { apart, file, bulkEvents = DEFAULT_BULK_EVENTS } = this.#options;
    if (apart === undefined || this.position() !== null) return;
    const head = await this.store.head();
    if (head === null || (this.store.eventsUpTo?.(head) ?? 0) < bulkEvents) return;
    const beside = `${file}.rebuild`;
    try {
      await apart.build(beside, undefined, signal);
    } catch {
      // Where an event cannot be projected, following the log finds it, and halts that projection alone.
      return;
    }
    if (signal.aborted) return;
    await this.#swap(beside, this.#models.database);
    this.#followed = this.#models.position ?? 0n;
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
      await this.#standstill;
      const unreadable = this.#models.take(slice);
      if (unreadable !== null) this.#haltAll(unreadable);
      this.#successor?.take(slice);
      this.#followed = slice.at(-1)?.position ?? this.#followed;
      this.#wake();
      await turn();
    }
  }

  #haltAll(why: { readonly event: RecordedEvent | null; readonly fault: unknown }): void {
    this.#models.haltAll(why);
    this.#wake();
  }

  #wake(): void {
    for (const { position, names, settle } of [...this.#waiters]) {
      const outcome = outcomeOf(this.#named(names), position);
      if (outcome !== null) settle(outcome);
    }
  }

  #named(names: readonly string[] | undefined): readonly ProjectionRunner[] {
    const { runners } = this.#models;
    return names === undefined
      ? runners
      : runners.filter(({ projection }) => names.includes(projection.name));
  }
}

/** Null while there is still something to wait for. */
function outcomeOf(runners: readonly ProjectionRunner[], wanted: bigint): WaitOutcome | null {
  const behind = runners.filter(({ position }) => position === null || position < wanted);
  if (behind.length === 0) return 'reached';
  return behind.some(({ haltedBy }) => haltedBy !== null) ? 'halted' : null;
}
