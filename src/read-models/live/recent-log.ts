import type { EventStore } from '../../event-store/event-store.js';
import { LiveEvent } from './live-event.js';

/** What is kept for those who are a little behind: so many events, of so many bytes together. */
const MAX_EVENTS = 4_096;
const MAX_BYTES = 32 * 1_024 * 1_024;

/** One subscription to the log, and the last events it brought, for any number of followers. */
export class RecentLog {
  followers = 0;
  readonly #ending = new AbortController();
  readonly #waiting = new Set<() => void>();
  #events: LiveEvent[] = [];
  #bytes = 0;
  /** Every event behind this one, and up to the last, is kept; null until it is known. */
  #floor: bigint | null = null;
  #last = 0n;
  #failure: unknown = null;
  #isOver = false;

  constructor(
    private readonly store: EventStore,
    private readonly maxEvents = MAX_EVENTS,
  ) {
    void this.#run();
  }

  /**
   * The events behind a position, as far as they have come; null where not all of them are kept.
   * @throws what ended the subscription
   */
  after(position: bigint): readonly LiveEvent[] | null {
    if (this.#failure !== null) throw this.#failure as Error;
    if (this.#floor === null || position < this.#floor) return null;
    if (position >= this.#last) return [];
    return this.#events.slice(this.#events.findIndex((event) => event.position > position));
  }

  /** Whether it is known what is kept. */
  get isBegun(): boolean {
    return this.#floor !== null || this.#failure !== null || this.#isOver;
  }

  /** Whether nothing more comes. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when there may be more, when the signal aborts, or after so many milliseconds. */
  changed(signal: AbortSignal, timeoutMs: number): Promise<void> {
    if (signal.aborted || this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  end(): void {
    this.#ending.abort();
  }

  async #run(): Promise<void> {
    try {
      const head = await this.store.head();
      this.#last = head ?? 0n;
      this.#floor = this.#last;
      this.#wakeAll();
      const { signal } = this.#ending;
      for await (const message of this.store.subscribeAll({ after: head ?? undefined, signal })) {
        if (message.kind !== 'events') continue;
        for (const recorded of message.events) this.#take(new LiveEvent(recorded));
        this.#wakeAll();
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#isOver = true;
    this.#wakeAll();
  }

  #take(event: LiveEvent): void {
    // A subscription brings everything at least once.
    if (event.position <= this.#last) return;
    this.#last = event.position;
    this.#events.push(event);
    this.#bytes += event.size;
    while (this.#events.length > this.maxEvents || this.#bytes > MAX_BYTES) {
      const oldest = this.#events.shift();
      if (oldest === undefined) break;
      this.#bytes -= oldest.size;
      this.#floor = oldest.position;
    }
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
