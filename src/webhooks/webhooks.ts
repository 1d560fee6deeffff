import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Officer } from '../custody/account/events.js';
import { StoreUnavailable, type EventStore } from '../event-store/event-store.js';
import type { LiveLog } from '../read-models/live/live-log.js';
import type { RetryPolicy } from './back-off.js';
import { newSecret } from './signature.js';
import { checkedAddresses, readTarget, type TargetPolicy } from './target-address.js';
import { WebhookRefused, type DeadLetter, type Webhook, type WebhookRequest } from './webhook.js';
import { WebhookSender, type SenderParts } from './webhook-sender.js';
import { WebhookStore } from './webhook-store.js';

const MAX_WEBHOOKS = 50;

export interface WebhooksOptions {
  readonly file: string;
  readonly key: KeyObject;
  readonly store: EventStore;
  readonly live: LiveLog;
  readonly policy: TargetPolicy & RetryPolicy;
  readonly onFault: SenderParts['onFault'];
}

/** Where events are sent to. One process at a time delivers from a file. */
export class Webhooks {
  readonly #senders = new Map<string, WebhookSender>();
  #file: WebhookStore | null = null;
  #isClosed = false;

  private constructor(private readonly options: WebhooksOptions) {}

  /** Goes on with all that was queued. @throws {WebhooksFault} */
  static start(options: WebhooksOptions): Webhooks {
    const webhooks = new Webhooks(options);
    try {
      for (const webhook of webhooks.all()) webhooks.#begin(webhook);
      return webhooks;
    } catch (error) {
      void webhooks.close();
      throw error;
    }
  }

  /**
   * Begins with what comes next. The secret is told here and nowhere else.
   * @throws {WebhookRefused}
   */
  async register(
    request: WebhookRequest,
    by: Officer,
  ): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
    const { policy, store } = this.options;
    await checkedAddresses(readTarget(request.url, policy), policy);
    const position = (await store.head()) ?? 0n;
    if (this.all().length >= MAX_WEBHOOKS)
      throw new WebhookRefused('too_many_webhooks', `there are ${MAX_WEBHOOKS} webhooks already`);
    const secret = newSecret();
    const webhook = this.#opened().add(request, secret, by, new Date(), position);
    this.#begin(webhook);
    return { webhook, secret };
  }

  all(): readonly Webhook[] {
    return this.#kept?.all() ?? [];
  }

  /** Null when there is no such webhook; so too below. */
  get(id: string): Webhook | null {
    return this.#kept?.get(id) ?? null;
  }

  /** What is queued stays so. */
  async pause(id: string): Promise<Webhook | null> {
    if (this.get(id) === null) return null;
    await this.#end(id);
    this.#opened().setPaused(id, true, null);
    return this.get(id);
  }

  /** Goes on where it was, with all that came meanwhile. */
  async resume(id: string): Promise<Webhook | null> {
    if (this.get(id)?.isPaused !== true) return this.get(id);
    await this.#end(id);
    this.#opened().setPaused(id, false, null);
    const webhook = this.get(id);
    if (webhook !== null) this.#begin(webhook);
    return webhook;
  }

  async remove(id: string): Promise<boolean> {
    if (this.get(id) === null) return false;
    await this.#end(id);
    this.#opened().remove(id);
    return true;
  }

  deadLetters(id: string, after: bigint, limit: number): readonly DeadLetter[] | null {
    return this.get(id) === null ? null : this.#opened().deadLetters(id, after, limit);
  }

  /** False when there is no such dead letter. */
  redeliver(id: string, deliveryId: string): boolean {
    if (this.get(id) === null) return false;
    const delivery = this.#opened().redeliver(id, deliveryId, Date.now());
    if (delivery === null) return false;
    this.#senders.get(id)?.add(delivery);
    return true;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await Promise.all([...this.#senders.keys()].map((id) => this.#end(id)));
    this.#isClosed = true;
    this.#file?.close();
  }

  /** Null while nothing was ever registered. */
  get #kept(): WebhookStore | null {
    return this.#file !== null || existsSync(this.options.file) ? this.#opened() : null;
  }

  /** @throws {StoreUnavailable} it is closed */
  #opened(): WebhookStore {
    if (this.#isClosed) throw new StoreUnavailable('the webhooks are closed');
    this.#file ??= WebhookStore.open(this.options.file, this.options.key);
    return this.#file;
  }

  #begin(webhook: Webhook): void {
    if (webhook.isPaused) return;
    const parts = { ...this.options, webhooks: this.#opened() };
    this.#senders.set(webhook.id, new WebhookSender(webhook, parts));
  }

  async #end(id: string): Promise<void> {
    const sender = this.#senders.get(id);
    this.#senders.delete(id);
    await sender?.close();
  }
}
