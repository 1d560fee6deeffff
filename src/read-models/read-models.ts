import type { Halt } from './registry.js';
import type { ReadModelDatabase } from './read-model-database.js';

export interface ProjectionStatus {
  readonly name: string;
  /** Decimal; null before the first event. */
  readonly position: string | null;
  /** Whether it holds everything that is in the log. */
  readonly isCaughtUp: boolean;
  readonly haltedBy: Halt | null;
  /** Events of the log it has yet to take in, where positions count events; an upper bound elsewhere. */
  readonly lagEvents: number;
}

export type WaitOutcome = 'reached' | 'timed_out' | 'halted';

/** What questions need of the read models: in the server the engine itself, in the CLI a reader. */
export abstract class ReadModels {
  abstract readonly database: ReadModelDatabase;

  /** How far each projection has come, by name. */
  abstract status(): Promise<readonly ProjectionStatus[]>;

  /** The position of the slowest of the named projections (default: all); null before the first event. */
  abstract position(names?: readonly string[]): bigint | null;

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

  abstract close(): Promise<void>;
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
  if (atLeast !== undefined) {
    const outcome = await models.waitFor(BigInt(atLeast), MAX_WAIT_MS, undefined, names);
    const actual = models.position(names);
    if (outcome !== 'reached') {
      throw new ReadModelBehind(
        atLeast,
        actual === null ? null : String(actual),
        outcome === 'halted',
      );
    }
  }
  const { database } = models;
  return database.snapshot(() => question(database, String(models.position(names) ?? 0n)));
}

/** The least of some positions; null when one of them is at its start. */
export function slowest(positions: readonly (bigint | null)[]): bigint | null {
  let least: bigint | null = null;
  for (const position of positions) {
    if (position === null) return null;
    if (least === null || position < least) least = position;
  }
  return least;
}

export function statusOf(
  name: string,
  position: bigint | null,
  haltedBy: Halt | null,
  head: bigint | null,
): ProjectionStatus {
  const lag = (head ?? 0n) - (position ?? 0n);
  return {
    name,
    position: position === null ? null : String(position),
    isCaughtUp: lag <= 0n && haltedBy === null,
    haltedBy,
    lagEvents: lag > 0n ? Number(lag) : 0,
  };
}
