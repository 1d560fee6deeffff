import type { Officer } from '../custody/account/events.js';

/** What an operator asks for. */
export interface WebhookRequest {
  readonly url: string;
  /** The id of a facility: only what concerns it and all below it. Null for the nation. */
  readonly within: string | null;
  /** Only these types of events; null for all. */
  readonly types: readonly string[] | null;
  readonly description: string;
}

/** Where events are sent to, and how far that is. Positions are decimal. */
export interface Webhook extends WebhookRequest {
  readonly id: string;
  readonly isPaused: boolean;
  /** Why it paused itself; null when somebody paused it, or it is not paused. */
  readonly pausedBecause: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly createdBy: Officer;
  /** Every wanted event up to here has been delivered or is queued. */
  readonly position: string;
  readonly pending: number;
  readonly deadLetters: number;
  readonly delivered: number;
  readonly lastDeliveredAt: string | null;
  /** The last attempt that failed: when, and why. */
  readonly lastFailure: string | null;
}

/** An event on its way to one webhook. */
export interface Delivery {
  readonly id: string;
  readonly position: bigint;
  /** Events of one lane are delivered one after the other: those of one account. */
  readonly lane: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Attempts that failed. */
  readonly attempts: number;
  /** Of the first attempt, in milliseconds since the epoch; null before it. */
  readonly firstAt: number | null;
  /** Not tried again before this, in milliseconds since the epoch. */
  readonly nextAt: number;
}

/** A delivery that was given up. */
export interface DeadLetter {
  readonly deliveryId: string;
  readonly position: string;
  readonly account: string;
  readonly eventId: string;
  readonly type: string;
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly givenUpAt: string;
  readonly failure: string;
}

/** A bound was met, or there is a fault in the request that only sending would show. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
  constructor(
    readonly code: 'webhook_url_refused' | 'too_many_webhooks',
    why: string,
  ) {
    super(why);
  }
}

/** The file of the webhooks cannot be used. */
export class WebhooksFault extends Error {
  override readonly name = 'WebhooksFault';
}
