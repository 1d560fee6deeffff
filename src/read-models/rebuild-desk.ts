import type { RowDifference } from './dump.js';
import type { ReadModels } from './read-models.js';
import type { RebuildShare } from './bulk-rebuild.js';

/** The rebuild under way, or the last one of this process. */
export interface RebuildStatus {
  readonly state: 'running' | 'done' | 'failed';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Read of the log so far, of so many; null before the first. */
  readonly events: number | null;
  readonly ofEvents: number | null;
  /** Once it is done: what the old rows differed from the new ones in. */
  readonly rowsCompared: number | null;
  readonly differences: readonly RowDifference[] | null;
  /** For how long each projection worked. */
  readonly shares: readonly RebuildShare[] | null;
  /** Why it failed: the old rows serve on. */
  readonly reason: string | null;
}

/** Starts rebuilds, and says what has become of them. */
export class RebuildDesk {
  #status: RebuildStatus | null = null;

  constructor(
    private readonly models: ReadModels,
    private readonly now: () => number,
  ) {}

  get status(): RebuildStatus | null {
    return this.#status;
  }

  /** Null when one is under way already, or when somebody else writes these read models. */
  start(): RebuildStatus | null {
    const { models } = this;
    if (this.#status?.state === 'running' || models.rebuild === undefined) return null;
    const begun: RebuildStatus = {
      ...{ state: 'running', startedAt: this.#time(), finishedAt: null },
      ...{ events: null, ofEvents: null, rowsCompared: null, differences: null },
      ...{ shares: null, reason: null },
    };
    this.#status = begun;
    const progress = (events: number, ofEvents: number): void => {
      this.#amend({ events, ofEvents });
    };
    models.rebuild(progress).then(
      ({ comparison, shares, events }) => {
        const differences = comparison?.differences ?? null;
        const rowsCompared = comparison?.rows ?? null;
        this.#amend({ state: 'done', rowsCompared, differences, shares, events, ofEvents: events });
      },
      (fault: unknown) => {
        const reason = fault instanceof Error ? fault.message : String(fault);
        this.#amend({ state: 'failed', reason });
      },
    );
    return begun;
  }

  #amend(change: Partial<RebuildStatus>): void {
    if (this.#status === null) return;
    const isOver = change.state !== undefined;
    const finishedAt = isOver ? this.#time() : null;
    this.#status = { ...this.#status, ...change, finishedAt };
  }

  #time(): string {
    return new Date(this.now()).toISOString();
  }
}
