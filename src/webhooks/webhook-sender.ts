import { setTimeout as delay } from 'node:timers/promises';
import type { FacilityId } from '../custody/facilities/facility-code.js';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { EventStore } from '../event-store/event-store.js';
import type { LiveLog } from '../read-models/live/live-log.js';
import { Scope } from '../read-models/scope.js';
import { eventAnswer } from '../read-models/trail/event-answer.js';
import {
  accountConcerned,
  parseEventTypes,
  passes,
  type EventFilter,
} from '../read-models/trail/event-filter.js';
import { LogRegions } from '../read-models/trail/log-regions.js';
import { pauseMs, type RetryPolicy } from './back-off.js';
import { DeliveryLanes } from './delivery-lanes.js';
import { sendOnce } from './send-once.js';
import { signatureOf } from './signature.js';
import { checkedAddresses, readTarget, type TargetPolicy } from './target-address.js';
import { WebhookRefused, type Delivery, type Webhook } from './webhook.js';
import type { Wanted, WebhookStore } from './webhook-store.js';

/** Attempts under way at once, for one webhook. */
const MAX_UNDER_WAY = 8;
/** Deliveries queued; the log is read no further meanwhile. */
const MAX_PENDING = 5_000;
/** With so many given up a webhook pauses itself: nobody seems to be there. */
const MAX_DEAD_LETTERS = 10_000;
/** Where the log has little that is wanted, how far it was read is kept each so many events. */
const KEPT_EACH = 1_000n;
const IDLE_MS = 30_000;
/** Before it is gone on with after the log could not be read, in milliseconds. */
const FAULT_PAUSE_MS = 5_000;
const CLOSE_MS = 1_000;

type Tried = Delivery & { readonly firstAt: number };

export interface SenderParts {
  readonly store: EventStore;
  readonly live: LiveLog;
  readonly webhooks: WebhookStore;
  readonly policy: TargetPolicy & RetryPolicy;
  /** Told what kept it from reading the log; it goes on after a while. */
  readonly onFault: (webhook: string, fault: unknown) => void;
}

/** Queues what one webhook wants of the log, and delivers it: at least once, in order in each lane. */
export class WebhookSender {
  readonly #lanes = new DeliveryLanes();
  readonly #ending = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #filter: EventFilter;
  readonly #secret: string;
  /** Up to here the log is queued. */
  #position: bigint;
  #dead: number;
  #timer: NodeJS.Timeout | undefined;
  #roomMade: () => void = () => undefined;
  readonly #reading: Promise<void>;

  constructor(
    private readonly webhook: Webhook,
    private readonly parts: SenderParts,
  ) {
    const { within, types, id } = webhook;
    this.#filter = {
      within: within === null ? Scope.nation : new Scope(within as FacilityId),
      types: types === null ? null : parseEventTypes(types.join(',')),
    };
    this.#secret = parts.webhooks.secretOf(id);
    this.#position = BigInt(webhook.position);
    this.#dead = webhook.deadLetters;
    for (const delivery of parts.webhooks.pending(id)) this.#lanes.add(delivery);
    this.#reading = this.#read();
    this.#pump();
  }

  /** One that was given up is to be tried again. */
  add(delivery: Delivery): void {
    this.#dead--;
    this.#lanes.add(delivery);
    this.#pump();
  }

  /** Breaks off what is under way: it will be made again. Does not wait for servers that do not answer. */
  async close(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#timer);
    this.#roomMade();
    const over = Promise.allSettled([this.#reading, ...this.#underWay]);
    await Promise.race([over, delay(CLOSE_MS, undefined, { ref: false })]);
  }

  async #read(): Promise<void> {
    while (!this.#isEnding()) {
      try {
        await this.#readOn();
      } catch (error) {
        if (!this.#isEnding()) this.parts.onFault(this.webhook.id, error);
      }
      await this.#pause(FAULT_PAUSE_MS);
    }
  }

  /** Goes on until it is ended. @throws what keeps it from reading */
  async #readOn(): Promise<void> {
    const { live, webhooks, store } = this.parts;
    const { signal } = this.#ending;
    const regions = await LogRegions.open(store);
    const after = this.#position;
    try {
      for await (const { events, position } of live.follow({ after, signal, idleMs: IDLE_MS })) {
        const wanted = events.flatMap(({ event }) => {
          regions.take(event);
          return passes(this.#filter, regions, event) ? [wantedOf(event)] : [];
        });
        const isQuiet = events.length === 0 || position - this.#position >= KEPT_EACH;
        if (wanted.length === 0 && !(isQuiet && position > this.#position)) continue;
        const queued = webhooks.enqueue(this.webhook.id, wanted, position, Date.now());
        this.#position = position;
        for (const delivery of queued) this.#lanes.add(delivery);
        this.#pump();
        await this.#room();
      }
    } finally {
      regions.close();
    }
  }

  async #room(): Promise<void> {
    while (this.#lanes.size >= MAX_PENDING && !this.#isEnding())
      await new Promise<void>((resolve) => (this.#roomMade = resolve));
  }

  /** Begins what is due, and comes back when more will be. */
  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#isEnding()) return;
    while (this.#lanes.busy < MAX_UNDER_WAY) {
      const delivery = this.#lanes.begin(Date.now(), this.parts.policy.longestPauseMs);
      if (delivery === null) break;
      const done: Promise<void> = this.#deliver(delivery).finally(() => {
        this.#underWay.delete(done);
        this.#pump();
        if (this.#lanes.size < MAX_PENDING) this.#roomMade();
      });
      this.#underWay.add(done);
    }
    const next = this.#lanes.nextAt();
    if (next === null || this.#lanes.busy >= MAX_UNDER_WAY) return;
    const waitMs = Math.min(Math.max(next - Date.now(), 0), this.parts.policy.longestPauseMs);
    this.#timer = setTimeout(() => {
      this.#pump();
    }, waitMs);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    try {
      const firstAt = delivery.firstAt ?? Date.now();
      const failure = await this.#attempt(delivery);
      if (failure === null) this.#delivered(delivery);
      else this.#failed({ ...delivery, firstAt, attempts: delivery.attempts + 1 }, failure);
    } catch (error) {
      // Nothing was sent, or what became of it could not be kept: it will be made again.
      if (!this.#isEnding()) this.parts.onFault(this.webhook.id, error);
      this.#lanes.settle(delivery, { ...delivery, nextAt: Date.now() + FAULT_PAUSE_MS });
    }
  }

  #delivered(delivery: Delivery): void {
    this.parts.webhooks.delivered(this.webhook.id, delivery, new Date());
    this.#lanes.settle(delivery, null);
  }

  #failed(delivery: Tried, failure: string): void {
    const { webhooks, policy } = this.parts;
    const { id } = this.webhook;
    const nextAt = Math.ceil(Date.now() + pauseMs(policy, delivery.attempts));
    const tried = { ...delivery, nextAt };
    if (nextAt - delivery.firstAt <= policy.retryForMs) {
      webhooks.failed(id, tried, failure, new Date());
      this.#lanes.settle(delivery, tried);
      return;
    }
    webhooks.givenUp(id, tried, failure, new Date());
    this.#lanes.settle(delivery, null);
    this.#dead++;
    if (this.#dead < MAX_DEAD_LETTERS) return;
    webhooks.setPaused(id, true, `${MAX_DEAD_LETTERS} deliveries were given up`);
    this.#ending.abort();
    this.#roomMade();
  }

  /** Null when it was taken. @throws where nothing could be sent */
  async #attempt(delivery: Delivery): Promise<string | null> {
    const { signal } = this.#ending;
    const body = JSON.stringify(eventAnswer(await this.#eventOf(delivery)));
    signal.throwIfAborted();
    const { policy } = this.parts;
    try {
      const url = readTarget(this.webhook.url, policy);
      const addresses = await checkedAddresses(url, policy);
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'blangko',
        'blangko-event-id': delivery.eventId,
        'blangko-delivery': delivery.id,
        'blangko-signature': signatureOf(this.#secret, Math.floor(Date.now() / 1_000), body),
      };
      return await sendOnce({ url, addresses, headers, body, signal });
    } catch (error) {
      if (error instanceof WebhookRefused) return error.message;
      throw error;
    }
  }

  async #eventOf({ position, eventId }: Delivery): Promise<Recorded> {
    for await (const [recorded] of this.parts.store.readAll({ from: position, max: 1 }))
      if (recorded?.id === eventId) return decodeEvent(recorded);
    throw new Error(`the log has another event at position ${position} than was queued`);
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }
}

function wantedOf(event: Recorded): Wanted {
  const { position, id, type, stream } = event;
  return { position, lane: accountConcerned(event) ?? stream, eventId: id, eventType: type };
}
