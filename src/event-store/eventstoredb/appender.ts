import { setTimeout as delay } from 'node:timers/promises';
import { jsonEvent, type AppendResult as ServerResult } from '@eventstore/db-client';
import type { AppendRequest } from '../codec/append-request.js';
import {
  StoreUnavailable,
  type AppendResult,
  type ExpectedRevision,
  type JsonObject,
} from '../event-store.js';
import { AppendBatches, BatchesUnknown } from './append-batches.js';
import { appendFailure } from './client-errors.js';
import type { Connection } from './connection-string.js';
import { jittered, withinTime } from './within-time.js';

export interface AppendTimes {
  /** How long one attempt may take, in milliseconds. */
  readonly attemptMs: number;
  /** How long an append may take with all its attempts, in milliseconds. */
  readonly totalMs: number;
}

/** Appends under way at once, and those that may wait for their turn; beyond, one is turned away as busy. */
const MAX_UNDER_WAY = 256;
const MAX_WAITING = 4_096;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Appends, each with a deadline of its own. Where it cannot be told whether an append was written, it
 * is sent again with the same ids at the same revision, which the server answers like the first time
 * if it was; so whatever is answered but unavailability is certain.
 */
export class Appender {
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];
  #whenIdle: (() => void) | null = null;

  readonly #batches: AppendBatches;
  #areBatchesKnown = true;

  constructor(
    private readonly connection: Connection,
    private readonly times: AppendTimes,
  ) {
    this.#batches = new AppendBatches(connection.client);
  }

  /** @throws as `EventStore.append` */
  async append(request: AppendRequest, expected: ExpectedRevision): Promise<AppendResult> {
    await this.#turn();
    try {
      return await this.#settle(request, expected);
    } finally {
      this.#handOn();
    }
  }

  /** Resolves once all that were under way have been answered. */
  async drain(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  async #turn(): Promise<void> {
    if (this.#underWay < MAX_UNDER_WAY) {
      this.#underWay++;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING)
      throw new StoreUnavailable('busy: too many appends are waiting; nothing was written');
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The place of one that has been answered goes to the next that waits. */
  #handOn(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    this.#underWay--;
    if (this.#underWay === 0) this.#whenIdle?.();
  }

  async #settle(request: AppendRequest, expected: ExpectedRevision): Promise<AppendResult> {
    const end = performance.now() + this.times.totalMs;
    // The server knows a retry for certain only by an exact revision.
    const isExact = typeof expected === 'bigint' || expected === 'no_stream';
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await this.#attempt(request, expected, end - performance.now());
      } catch (error) {
        const failure = appendFailure(request.stream, expected, error);
        if (failure.kind === 'refused') throw failure.error;
        const mayRetry = isExact || failure.kind === 'not_taken';
        const wait = jittered(pauseMs);
        if (!mayRetry || performance.now() + wait >= end)
          throw outcomeOf(failure.kind, failure.error);
        await delay(wait);
      }
    }
  }

  async #attempt(
    request: AppendRequest,
    expected: ExpectedRevision,
    remainingMs: number,
  ): Promise<AppendResult> {
    const deadline = Math.max(1, Math.min(this.times.attemptMs, remainingMs));
    const late = new AbortController();
    // Its time begins now, although there may be no connection yet.
    const answer = this.#answer(request, expected, deadline, late.signal);
    try {
      return await withinTime(answer, deadline, 'an append was not answered');
    } finally {
      late.abort();
    }
  }

  async #answer(
    request: AppendRequest,
    expected: ExpectedRevision,
    deadline: number,
    signal: AbortSignal,
  ): Promise<AppendResult> {
    if (this.#areBatchesKnown) {
      try {
        return await this.#batches.append(request, expected, signal);
      } catch (error) {
        if (!(error instanceof BatchesUnknown)) throw error;
        this.#areBatchesKnown = false;
      }
    }
    return this.#call(request, expected, deadline);
  }

  /** A call for one append alone, of a server that knows no other. */
  async #call(
    { stream, events }: AppendRequest,
    expected: ExpectedRevision,
    deadline: number,
  ): Promise<AppendResult> {
    const { client, credentials } = this.connection;
    const proposed = events.map(({ id, type, data, metadata }) =>
      jsonEvent({ id, type, data: parsed(data), metadata: parsed(metadata) }),
    );
    const options = { expectedRevision: expected, credentials, deadline, requiresLeader: true };
    return resultOf(await client.appendToStream(stream, proposed, options));
  }
}

/** Of canonical JSON, so that what the client makes of it again is canonical but for keys that are numbers. */
function parsed(json: string): JsonObject {
  return JSON.parse(json) as JsonObject;
}

function resultOf({ nextExpectedRevision, position }: ServerResult): AppendResult {
  if (position === undefined) throw new StoreUnavailable('the event store gave no position');
  return { revision: nextExpectedRevision, position: position.commit };
}

function outcomeOf(kind: 'not_taken' | 'unknown', error: Error): StoreUnavailable {
  const outcome = kind === 'unknown' ? 'it may have been written' : 'nothing was written';
  return new StoreUnavailable(`${error.message}; ${outcome}`, { cause: error });
}
