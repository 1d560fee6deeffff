import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { LiveEvent } from './live-event.js';
import { RecentLog } from './recent-log.js';

/** Events read at a time by a follower who is behind. */
const PAGE_EVENTS = 500;
/** How long it may take to learn where the log ends, in milliseconds. */
const BEGIN_MS = 10_000;

export interface FollowOptions {
  /** Position of an event: only later ones. 0 for all of them. */
  readonly after: bigint;
  /** Ends it, without an error. */
  readonly signal: AbortSignal;
  /** After so long without an event an empty step comes, in milliseconds. */
  readonly idleMs: number;
}

/** What comes next for one follower. */
export interface LiveStep {
  /** In the order of the log, each once, none left out; may be none. */
  readonly events: readonly LiveEvent[];
  /** Up to here all has been seen. */
  readonly position: bigint;
}

/**
 * The log as it grows, for any number of followers, each at its own pace: one subscription for all of
 * them while there are any. Whoever is further behind than what is kept in memory reads the log, and so
 * whoever is slow costs no memory.
 */
export class LiveLog {
  #recent: RecentLog | null = null;
  readonly #ending = new AbortController();

  constructor(
    private readonly store: EventStore,
    private readonly keptEvents?: number,
  ) {}

  /**
   * Pulls only on demand; ends by the signal or by {@link close}.
   * @throws {StoreUnavailable} @throws {LogCorrupt}
   */
  async *follow({
    after,
    signal,
    idleMs,
  }: FollowOptions): AsyncGenerator<LiveStep, void, undefined> {
    const ending = AbortSignal.any([signal, this.#ending.signal]);
    if (this.#recent?.isOver !== false) this.#recent = new RecentLog(this.store, this.keptEvents);
    const recent = this.#recent;
    recent.followers++;
    try {
      yield* this.#steps(recent, after, ending, idleMs);
    } finally {
      recent.followers--;
      if (recent.followers === 0) {
        recent.end();
        if (this.#recent === recent) this.#recent = null;
      }
    }
  }

  /** Ends every follower. */
  close(): void {
    this.#ending.abort();
  }

  async *#steps(
    recent: RecentLog,
    after: bigint,
    ending: AbortSignal,
    idleMs: number,
  ): AsyncGenerator<LiveStep, void, undefined> {
    if (!recent.isBegun) await recent.changed(ending, BEGIN_MS);
    let position = after;
    while (!ending.aborted) {
      const kept = recent.after(position);
      if (kept !== null && kept.length === 0) {
        if (recent.isOver) return;
        const before = performance.now();
        await recent.changed(ending, idleMs);
        if (performance.now() - before >= idleMs) yield { events: [], position };
        continue;
      }
      const events = kept ?? (await this.#page(position));
      position = events.at(-1)?.position ?? position;
      if (events.length > 0) yield { events, position };
      // Where nothing was there to be read, what was to come is yet to be known.
      else await recent.changed(ending, idleMs);
    }
  }

  async #page(after: bigint): Promise<readonly LiveEvent[]> {
    // Only positions that events have can be read from, so the one known already is read again.
    const from = after === 0n ? undefined : after;
    const events: RecordedEvent[] = [];
    for await (const batch of this.store.readAll({ from, max: PAGE_EVENTS + 1 }))
      events.push(...batch.filter(({ position }) => position > after));
    return events.map((recorded) => new LiveEvent(recorded));
  }
}
