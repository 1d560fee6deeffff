import type {
  AllStreamResolvedEvent,
  AllStreamSubscription,
  EventStoreDBClient,
  Filter,
} from '@eventstore/db-client';
import { StoreUnavailable } from '../event-store.js';
import { LATE } from './within-time.js';

/** What one subscription of the server has delivered, in order. */
export type Delivery<E> =
  | { readonly kind: 'event'; readonly event: E }
  /** All up to here has been looked at. */
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  | { readonly kind: 'caught_up' };

/** How a filter says how far it is. */
export interface FilterProgress {
  readonly checkpointInterval: number;
  readonly maxSearchWindow: number;
  readonly checkpointReached: (_: unknown, position: { readonly commit: bigint }) => void;
}

export interface FollowedLogOptions<E> {
  /** Exclusive; null from the start. */
  readonly after: bigint | null;
  readonly filter: (progress: FilterProgress) => Filter;
  /** What is made of an event; null passes it over. */
  readonly read: (resolved: AllStreamResolvedEvent) => E | null;
}

/** How it is noticed that the server tells nothing more, though the subscription stands. */
export interface Silence {
  /** After so long without a word it is asked whether there was something to tell, in milliseconds. */
  readonly silenceMs: number;
  /** What there was to tell may then take so long to come, in milliseconds. */
  readonly patienceMs: number;
  readonly isBehind: () => Promise<boolean>;
}

/** Deliveries held before the server is made to wait. */
const MOST_HELD = 1_000;
/** The server says how far it is after as many events as these two multiplied, filtered out or not. */
const SEARCH_WINDOW = 32;
const CHECKPOINT_INTERVAL = 4;

interface Marker<E> {
  /** It stands behind so many events. */
  readonly events: number;
  readonly delivery: Delivery<E>;
}

/** Nothing was heard although the log has grown; where a filter passes little, that may be all there is to it. */
export class FellSilent extends StoreUnavailable {}

/**
 * One subscription to the server's whole log, as it comes: it ends with the first error and does not
 * begin again. What the client tells beside the events stands in its place among them.
 */
export class FollowedLog<E> {
  /** Resolves also once it has been ended by {@link end}. */
  readonly confirmed: Promise<void>;
  readonly #subscription: AllStreamSubscription;
  readonly #read: FollowedLogOptions<E>['read'];
  #deliveries: Delivery<E>[] = [];
  readonly #markers: Marker<E>[] = [];
  #received = 0;
  #failure: Error | null = null;
  #isOver = false;
  #isEnded = false;
  #wake: () => void = () => undefined;
  #confirm: () => void = () => undefined;

  constructor(client: EventStoreDBClient, { after, filter, read }: FollowedLogOptions<E>) {
    this.#read = read;
    const progress: FilterProgress = {
      checkpointInterval: CHECKPOINT_INTERVAL,
      maxSearchWindow: SEARCH_WINDOW,
      checkpointReached: (_, { commit }) => {
        this.#mark({ kind: 'checkpoint', position: commit });
      },
    };
    const subscription = client.subscribeToAll({
      fromPosition: after === null ? 'start' : { commit: after, prepare: after },
      filter: filter(progress),
    });
    this.#subscription = subscription;
    this.confirmed = new Promise((resolve, reject) => {
      this.#confirm = resolve;
      subscription.once('confirmation', resolve).once('error', reject);
    });
    this.confirmed.catch(() => undefined);
    this.#listen();
  }

  /**
   * What has come since it was asked last; null once it is over. For one caller at a time.
   * @throws what ended it @throws {FellSilent}
   */
  async next({ silenceMs, patienceMs, isBehind }: Silence): Promise<readonly Delivery<E>[] | null> {
    for (;;) {
      const heard = await this.#within(silenceMs);
      if (heard !== LATE) return heard;
      if (!(await isBehind())) continue;
      const late = await this.#within(patienceMs);
      if (late === LATE) throw new FellSilent('a subscription has fallen silent');
      return late;
    }
  }

  /** Nothing comes after this. Also wakes whoever waits for {@link next}. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#confirm();
    this.#wake();
    const subscription = this.#subscription;
    // What becomes of a call that is given up interests nobody.
    subscription.removeAllListeners().on('error', () => undefined);
    // Not waited for: the call may be yet to be made, which takes as long as finding a node does.
    void subscription
      .unsubscribe()
      .catch(() => undefined)
      .finally(() => subscription.destroy());
  }

  async #within(ms: number): Promise<readonly Delivery<E>[] | typeof LATE | null> {
    const end = performance.now() + ms;
    while (this.#deliveries.length === 0 || this.#isEnded) {
      if (this.#isEnded) return null;
      if (this.#failure !== null) throw this.#failure;
      if (this.#isOver) return null;
      const remaining = end - performance.now();
      if (remaining <= 0) return LATE;
      await this.#woken(remaining);
    }
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    this.#subscription.resume();
    return deliveries;
  }

  /** A promise of its own each time: one that lives long would keep all that was ever raced with it. */
  #woken(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #listen(): void {
    const over = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    this.#subscription
      .on('caughtUp', () => {
        this.#mark({ kind: 'caught_up' });
      })
      .on('data', (resolved) => {
        this.#take(resolved);
      })
      .on('error', (error) => {
        this.#fail(error);
      })
      .on('end', over)
      .on('close', over);
  }

  #take(resolved: AllStreamResolvedEvent): void {
    try {
      const event = this.#read(resolved);
      this.#received++;
      if (event !== null) this.#deliveries.push({ kind: 'event', event });
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#placeMarkers();
    if (this.#deliveries.length >= MOST_HELD) this.#subscription.pause();
    this.#wake();
  }

  #mark(delivery: Delivery<E>): void {
    // Events that the client has read, but not handed out yet, come first.
    this.#markers.push({ events: this.#received + this.#subscription.readableLength, delivery });
    this.#placeMarkers();
    this.#wake();
  }

  #placeMarkers(): void {
    const later = this.#markers.findIndex(({ events }) => events > this.#received);
    const due = this.#markers.splice(0, later === -1 ? this.#markers.length : later);
    this.#deliveries.push(...due.map(({ delivery }) => delivery));
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
  }
}
