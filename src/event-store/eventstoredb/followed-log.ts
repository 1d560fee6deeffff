import type {
  AllStreamResolvedEvent,
  AllStreamSubscription,
  EventStoreDBClient,
  Filter,
} from '@eventstore/db-client';

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

/**
 * One subscription to the server's whole log, as it comes: it ends with the first error and does not
 * begin again. What the client tells beside the events stands in its place among them.
 */
export class FollowedLog<E> {
  readonly confirmed: Promise<void>;
  readonly #subscription: AllStreamSubscription;
  readonly #read: FollowedLogOptions<E>['read'];
  #deliveries: Delivery<E>[] = [];
  readonly #markers: Marker<E>[] = [];
  #received = 0;
  #failure: Error | null = null;
  #isOver = false;
  #wake: () => void = () => undefined;

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
      subscription.once('confirmation', resolve).once('error', reject);
    });
    this.confirmed.catch(() => undefined);
    this.#listen();
  }

  /** What has come since it was asked last; null once it is over. @throws what ended it */
  async next(): Promise<readonly Delivery<E>[] | null> {
    while (this.#deliveries.length === 0) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    this.#subscription.resume();
    return deliveries;
  }

  /** Nothing comes after this. Also wakes whoever waits for {@link next}. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#wake();
    // What becomes of a call that is given up interests nobody.
    this.#subscription.removeAllListeners().on('error', () => undefined);
    await this.#subscription.unsubscribe().catch(() => undefined);
    this.#subscription.destroy();
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
