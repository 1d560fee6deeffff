import { StoreUnavailable, type EventStore } from '../event-store/event-store.js';
import {
  answerApart,
  type Answered,
  type ApartAnswer,
  type ApartName,
  type ApartParameters,
} from './apart/apart-questions.js';
import type { QuestionThreads } from './apart/question-threads.js';
import { HeadMarks } from './head-marks.js';
import type { KeptProvinces } from './kept-provinces.js';
import type { OnProgress } from './log-progress.js';
import type { ReadModelDatabase } from './read-model-database.js';
import type { Rebuilt } from './rebuild.js';
import type { Halt } from './registry.js';
import { slowest } from './slowest.js';

export interface ProjectionStatus {
  readonly name: string;
  /** Decimal; null before the first event. */
  readonly position: string | null;
  /** Whether it holds everything that is in the log. */
  readonly isCaughtUp: boolean;
  readonly haltedBy: Halt | null;
  /** Events of the log it has yet to take in; null where the store cannot tell without reading them. */
  readonly lagEvents: number | null;
  /**
   * For how long something in the log has waited for it, in milliseconds, as far as this process has
   * looked; null while it does not hold what the log held when this process first looked.
   */
  readonly lagMs: number | null;
}

/** How far a projection has come. */
export interface Standing {
  readonly name: string;
  /** Of the last event taken in; null before the first. */
  readonly position: bigint | null;
  readonly haltedBy: Halt | null;
}

/** How long the store may take to say where the log ends, in milliseconds. */
const HEAD_TIMEOUT_MS = 2_000;

export type WaitOutcome = 'reached' | 'timed_out' | 'halted';

/** What questions need of the read models: in the server the engine itself, in the CLI a reader. */
export abstract class ReadModels {
  abstract get database(): ReadModelDatabase;
  private readonly marks = new HeadMarks();

  constructor(
    protected readonly store: EventStore,
    /** What can be asked for: of anything else the rows are not whole. */
    readonly kept: KeptProvinces,
    /** Null: this thread answers everything itself. */
    private readonly threads: QuestionThreads | null = null,
  ) {}

  /** Of the named projections (default: all). */
  abstract standings(names?: readonly string[]): readonly Standing[];

  /** The position of the slowest of the named projections (default: all); null before the first event. */
  position(names?: readonly string[]): bigint | null {
    return slowest(this.standings(names).map(({ position }) => position));
  }

  /**
   * How far each projection is behind the log.
   * @throws {StoreUnavailable} the store does not say where the log ends
   */
  async status(): Promise<readonly ProjectionStatus[]> {
    const head = await soon(this.store.head());
    const nowMs = performance.now();
    const standings = this.standings();
    this.marks.see(head ?? 0n, nowMs);
    this.marks.reached(slowest(standings.map(({ position }) => position)) ?? 0n);
    return standings.map(({ name, position, haltedBy }) => ({
      name,
      position: position === null ? null : String(position),
      isCaughtUp: (position ?? 0n) >= (head ?? 0n) && haltedBy === null,
      haltedBy,
      lagEvents: this.eventsBetween(position ?? 0n, head ?? 0n),
      lagMs: rounded(this.marks.lagMs(position ?? 0n, nowMs)),
    }));
  }

  private eventsBetween(position: bigint, head: bigint): number | null {
    const { store } = this;
    if (position >= head) return 0;
    return store.eventsUpTo === undefined
      ? null
      : store.eventsUpTo(head) - store.eventsUpTo(position);
  }

  /**
   * Waits until the named projections (default: all) hold everything up to `position`. A projection
   * that halts before it ends the wait. @throws the signal's reason when it aborts
   */
  abstract waitFor(
    position: bigint,
    timeoutMs: number,
    signal?: AbortSignal,
    names?: readonly string[],
  ): Promise<WaitOutcome>;

  /**
   * Answers in a thread apart, where there are any. @param names the projections the question rests on
   * @throws {TooManyQuestions}
   */
  async answerApart<N extends ApartName>(
    name: N,
    parameters: ApartParameters<N>,
    names: readonly string[],
  ): Promise<Answered<ApartAnswer<N>>> {
    if (this.threads !== null) return this.threads.ask(name, parameters, names);
    return answerApart(this.database, name, parameters, () => this.position(names));
  }

  /** Builds all of them anew while they serve; only who writes them can. See `ProjectionEngine.rebuild`. */
  rebuild?(onProgress?: OnProgress): Promise<Rebuilt>;

  async close(): Promise<void> {
    await this.threads?.close();
  }
}

/** How long a question waits for the position it asks for, in milliseconds. */
const MAX_WAIT_MS = 5_000;

/** The read models do not hold what the question asks for. Worth trying again unless one is halted. */
export class ReadModelBehind extends Error {
  override readonly name = 'ReadModelBehind';
  constructor(
    /** Decimal positions. */
    readonly wanted: string,
    readonly actual: string | null,
    readonly isHalted: boolean,
  ) {
    const state = isHalted ? 'halted' : 'only';
    super(`the read models are ${state} at ${actual ?? 'their start'}, ${wanted} is asked for`);
  }
}

/**
 * Asks once the projections the question rests on hold `atLeast` (a decimal position). Position
 * and rows are of one state.
 * @throws {ReadModelBehind} they do not hold it in time
 */
export async function ask<T>(
  models: ReadModels,
  names: readonly string[],
  atLeast: string | undefined,
  question: (database: ReadModelDatabase, position: string) => T,
): Promise<T> {
  await reach(models, names, atLeast);
  const { database } = models;
  return database.snapshot(() => question(database, String(models.position(names) ?? 0n)));
}

/**
 * As {@link ask}, for questions that would hold this thread up.
 * @throws {ReadModelBehind} @throws {TooManyQuestions}
 */
export async function askApart<N extends ApartName>(
  models: ReadModels,
  names: readonly string[],
  atLeast: string | undefined,
  name: N,
  parameters: ApartParameters<N>,
): Promise<Answered<ApartAnswer<N>>> {
  await reach(models, names, atLeast);
  return models.answerApart(name, parameters, names);
}

/** @throws {ReadModelBehind} */
async function reach(
  models: ReadModels,
  names: readonly string[],
  atLeast: string | undefined,
): Promise<void> {
  if (atLeast === undefined) return;
  const outcome = await models.waitFor(BigInt(atLeast), MAX_WAIT_MS, undefined, names);
  if (outcome === 'reached') return;
  const actual = models.position(names);
  const isHalted = outcome === 'halted';
  throw new ReadModelBehind(atLeast, actual === null ? null : String(actual), isHalted);
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

/** What comes later is not heard. */
async function soon<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StoreUnavailable('the event store does not answer'));
    }, HEAD_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
