import {
  excludeSystemEvents,
  streamNameFilter,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import {
  LogCorrupt,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../event-store.js';
import { FellSilent, FollowedLog, type Delivery, type Silence } from './followed-log.js';
import { recordedOf } from './recorded.js';
import { ABORTED, jittered, pauseUnlessAborted, unlessAborted, withinTime } from './within-time.js';

const MAX_BATCH = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface SubscriptionContext {
  readonly client: EventStoreDBClient;
  readonly head: () => Promise<bigint | null>;
  /** How long the server may take to confirm a subscription, in milliseconds. */
  readonly confirmationMs: number;
  /** After so long without a word of the server it is asked whether the log has grown, in milliseconds. */
  readonly silenceMs: number;
  /** Aborts when the store closes. */
  readonly closing: AbortSignal;
  readonly onRead?: ((events: number) => void) | undefined;
  /** Called each time a subscription is over before its time, with what ended it. */
  readonly onLost?: ((why: unknown) => void) | undefined;
}

/**
 * A subscription that outlives its connection: where one fails, or falls silent though the log has
 * grown, another begins behind what was delivered. See `EventStore.subscribeAll`.
 */
export async function* supervisedSubscription(
  context: SubscriptionContext,
  options: SubscribeOptions,
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  const { closing } = context;
  const { signal } = options;
  const ending = new Ending(signal === undefined ? [closing] : [closing, signal]);
  const following = new Following(context, options, ending);
  try {
    while (!ending.isOver()) {
      try {
        yield* following.once();
      } catch (error) {
        if (error instanceof LogCorrupt) throw error;
        // The server tells a filtered one only now and then how far it is: beginning anew, it hears.
        const isQuiet = error instanceof FellSilent && options.streamPrefixes !== undefined;
        if (!ending.isOver() && !isQuiet) context.onLost?.(error);
      }
      await following.pause();
    }
  } finally {
    ending.dispose();
  }
}

/** Aborts with the first of several signals, without a listener left on any of them. */
class Ending {
  readonly #controller = new AbortController();
  readonly #abort = (): void => {
    this.#controller.abort();
  };

  constructor(private readonly signals: readonly AbortSignal[]) {
    for (const signal of signals) signal.addEventListener('abort', this.#abort, { once: true });
    if (signals.some(({ aborted }) => aborted)) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  isOver(): boolean {
    return this.signal.aborted;
  }

  dispose(): void {
    for (const signal of this.signals) signal.removeEventListener('abort', this.#abort);
  }
}

class Following {
  /** Up to which all has been delivered. */
  #position: bigint | null;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(
    private readonly context: SubscriptionContext,
    private readonly options: SubscribeOptions,
    private readonly ending: Ending,
  ) {
    this.#position = options.after ?? null;
  }

  /** Between two subscriptions: longer each time, and never as long as for anybody else. */
  async pause(): Promise<void> {
    const ms = jittered(this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    await pauseUnlessAborted(ms, this.ending.signal);
  }

  /** One subscription, until it is over. */
  async *once(): AsyncGenerator<SubscriptionMessage, void, undefined> {
    // All of this will have been delivered once the server says that it has caught up.
    const head = await unlessAborted(this.context.head(), this.ending.signal);
    if (head === ABORTED || this.ending.isOver()) return;
    const { streamPrefixes } = this.options;
    const silence: Silence = {
      silenceMs: this.context.silenceMs,
      patienceMs: this.context.confirmationMs,
      isBehind: () => this.#isBehind(),
    };
    const log = new FollowedLog(this.context.client, {
      after: this.#position,
      filter: (progress) =>
        streamPrefixes === undefined
          ? excludeSystemEvents(progress)
          : streamNameFilter({ ...progress, prefixes: [...streamPrefixes] }),
      read: recordedOf,
    });
    const end = (): void => {
      log.end();
    };
    // Wakes whatever is waited for below.
    this.ending.signal.addEventListener('abort', end, { once: true });
    try {
      await withinTime(
        log.confirmed,
        this.context.confirmationMs,
        'a subscription was not confirmed',
      );
      for (;;) {
        const deliveries = await log.next(silence);
        if (deliveries === null) return;
        this.#pauseMs = FIRST_PAUSE_MS;
        for (const message of this.#messagesOf(deliveries, head)) {
          yield message;
          if (this.ending.isOver()) return;
        }
      }
    } finally {
      this.ending.signal.removeEventListener('abort', end);
      log.end();
    }
  }

  async #isBehind(): Promise<boolean> {
    const head = await unlessAborted(this.context.head(), this.ending.signal);
    return head !== ABORTED && head !== null && this.#isNews(head);
  }

  *#messagesOf(
    deliveries: readonly Delivery<RecordedEvent>[],
    head: bigint | null,
  ): Generator<SubscriptionMessage, void, undefined> {
    let events: RecordedEvent[] = [];
    for (const delivery of deliveries) {
      if (delivery.kind === 'event') {
        events.push(delivery.event);
        if (events.length < MAX_BATCH) continue;
      }
      if (events.length > 0) yield this.#eventsMessage(events);
      events = [];
      if (delivery.kind === 'checkpoint' && this.#isNews(delivery.position)) {
        this.#position = delivery.position;
        yield delivery;
      } else if (delivery.kind === 'caught_up') {
        if (head !== null && this.#isNews(head)) this.#position = head;
        yield { kind: 'caught_up', position: this.#position };
      }
    }
    if (events.length > 0) yield this.#eventsMessage(events);
  }

  #eventsMessage(events: readonly RecordedEvent[]): SubscriptionMessage {
    this.#position = events.at(-1)?.position ?? this.#position;
    this.context.onRead?.(events.length);
    return { kind: 'events', events };
  }

  #isNews(position: bigint): boolean {
    return this.#position === null || position > this.#position;
  }
}
