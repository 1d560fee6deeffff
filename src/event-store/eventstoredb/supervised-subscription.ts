import { setTimeout as delay } from 'node:timers/promises';
import {
  excludeSystemEvents,
  streamNameFilter,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import {
  LogCorrupt,
  StoreUnavailable,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../event-store.js';
import { FollowedLog, type Delivery } from './followed-log.js';
import { recordedOf } from './recorded.js';
import { jittered, LATE, unlessLate, withinTime } from './within-time.js';

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
        if (!ending.isOver()) context.onLost?.(error);
      }
      if (!ending.isOver()) await Promise.race([following.pause(), ending.over]);
    }
  } finally {
    ending.dispose();
  }
}

/** The first of several signals, without a listener left on any of them. */
class Ending {
  readonly over: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor(private readonly signals: readonly AbortSignal[]) {
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of signals) signal.addEventListener('abort', this.#resolve, { once: true });
    if (this.isOver()) this.#resolve();
  }

  isOver(): boolean {
    return this.signals.some(({ aborted }) => aborted);
  }

  dispose(): void {
    for (const signal of this.signals) signal.removeEventListener('abort', this.#resolve);
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
    await delay(ms, undefined, { ref: false });
  }

  /** One subscription, until it is over. */
  async *once(): AsyncGenerator<SubscriptionMessage, void, undefined> {
    // All of this will have been delivered once the server says that it has caught up.
    const head = await this.context.head();
    if (this.ending.isOver()) return;
    const { streamPrefixes } = this.options;
    const log = new FollowedLog(this.context.client, {
      after: this.#position,
      filter: (progress) =>
        streamPrefixes === undefined
          ? excludeSystemEvents(progress)
          : streamNameFilter({ ...progress, prefixes: [...streamPrefixes] }),
      read: recordedOf,
    });
    try {
      await withinTime(
        log.confirmed,
        this.context.confirmationMs,
        'a subscription was not confirmed',
      );
      for (;;) {
        const deliveries = await Promise.race([this.#next(log), this.ending.over]);
        if (deliveries === undefined || deliveries === null || this.ending.isOver()) return;
        this.#pauseMs = FIRST_PAUSE_MS;
        for (const message of this.#messagesOf(deliveries, head)) {
          yield message;
          if (this.ending.isOver()) return;
        }
      }
    } finally {
      await log.end();
    }
  }

  /** @throws {StoreUnavailable} the log has grown, and this subscription does not say so */
  async #next(log: FollowedLog<RecordedEvent>): Promise<readonly Delivery<RecordedEvent>[] | null> {
    const { head, silenceMs, confirmationMs } = this.context;
    const next = log.next();
    for (;;) {
      const heard = await unlessLate(next, silenceMs);
      if (heard !== LATE) return heard;
      const grown = (await head()) ?? 0n;
      if (grown <= (this.#position ?? 0n)) continue;
      const late = await unlessLate(next, confirmationMs);
      if (late === LATE) throw new StoreUnavailable('a subscription has fallen silent');
      return late;
    }
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
