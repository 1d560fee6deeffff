import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { BulkFold, Projection } from './projection.js';
import type { Halt } from './registry.js';

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

/** Why a projection stops, at an event or, with null, while it writes its rows. */
export function failure(
  projection: Projection,
  event: Recorded | null,
  error: unknown,
): RebuildFailed {
  return new RebuildFailed(projection.name, {
    position: event === null ? null : String(event.position),
    stream: event?.stream ?? null,
    revision: event === null ? null : String(event.revision),
    reason: error instanceof Error ? error.message : String(error),
  });
}

export interface EventFold {
  readonly projection: Projection;
  readonly take: (event: Recorded) => void;
}

/** Hands each event to those whom its type concerns. */
export class EventFolds {
  readonly #concerned = new Map<Recorded['type'], readonly EventFold[]>();

  constructor(private readonly folds: readonly EventFold[]) {}

  /** @throws {RebuildFailed} */
  take(event: Recorded): void {
    for (const { projection, take } of this.#of(event.type)) {
      try {
        take(event);
      } catch (error) {
        throw failure(projection, event, error);
      }
    }
  }

  #of(type: Recorded['type']): readonly EventFold[] {
    const known = this.#concerned.get(type);
    if (known !== undefined) return known;
    const folds = this.folds.filter(({ projection }) => concerns(projection, type));
    this.#concerned.set(type, folds);
    return folds;
  }
}

/** Whether events of a type can change the projection's rows. */
export function concerns({ concerns: ask }: Projection, type: Recorded['type']): boolean {
  return ask?.(type) ?? true;
}

export interface BulkEntry {
  readonly projection: Projection;
  readonly bulk: BulkFold;
}

/** The projections that can gather in bulk, each begun. */
export function bulkEntries(projections: readonly Projection[]): readonly BulkEntry[] {
  return projections.flatMap((projection) => {
    const bulk = projection.bulk?.();
    return bulk === undefined ? [] : [{ projection, bulk }];
  });
}

export function asEventFold({ projection, bulk }: BulkEntry): EventFold {
  return {
    projection,
    take: (event) => {
      bulk.take(event);
    },
  };
}
