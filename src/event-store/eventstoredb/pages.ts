import { setTimeout as delay } from 'node:timers/promises';
import { StreamNotFoundError, type ResolvedEvent, type StreamingRead } from '@eventstore/db-client';
import {
  LogCorrupt,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
} from '../event-store.js';
import { readingError } from './client-errors.js';
import type { Connection } from './connection-string.js';
import { recordedOf } from './recorded.js';
import { refuseRetention, RetentionSet } from './retention.js';
import { jittered, withinTime } from './within-time.js';

/** Events asked for at a time. */
const PAGE_EVENTS = 1_000;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;

export interface PageReading {
  readonly connection: Connection;
  /** How long one page may take with all its attempts, in milliseconds. */
  readonly pageMs: number;
  readonly assertOpen: () => void;
  /** Called for each page that has come. */
  readonly onRead?: ((events: number) => void) | undefined;
}

/** A stream page by page, each asked for when the one before was consumed; see `EventStore.readStream`. */
export async function* readStreamPages(
  reading: PageReading,
  stream: string,
  { from, direction = 'forwards', max = Infinity, signal }: ReadStreamOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const step = direction === 'forwards' ? 1n : -1n;
  let next = from;
  for (let remaining = max; remaining > 0;) {
    const count = Math.min(PAGE_EVENTS, remaining);
    const fromRevision = next ?? (direction === 'forwards' ? 'start' : 'end');
    const page = await fetchPage(reading, signal, () =>
      reading.connection.client.readStream(stream, { fromRevision, direction, maxCount: count }),
    );
    const events = page.map(recordedOf).filter((event) => event !== null);
    const last = events.at(-1);
    // A stream that was deleted, or forgets, reads like one that never was: only its metadata tell.
    const isFromStart = next === undefined && direction === 'forwards';
    if (last === undefined || (isFromStart && events[0]?.revision !== 0n))
      await refuseForgotten(reading, stream);
    if (last === undefined) return;
    yield events;
    remaining -= events.length;
    next = last.revision + step;
    if (page.length < count || next < 0n) return;
  }
}

/** The whole log page by page, without the server's own events; see `EventStore.readAll`. */
export async function* readAllPages(
  reading: PageReading,
  { from, max = Infinity, signal }: ReadAllOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  let remaining = max;
  let next = from;
  /** A page begins with the event it is asked for by, which the one before ended with. */
  let known: bigint | null = null;
  while (remaining > 0) {
    const count = Math.min(PAGE_EVENTS, remaining) + (known === null ? 0 : 1);
    const fromPosition = next === undefined ? 'start' : { commit: next, prepare: next };
    const page = await fetchPage(reading, signal, () =>
      reading.connection.client.readAll({ fromPosition, maxCount: count }),
    );
    const fresh = page.filter((one) => known === null || positionOf(one) > known);
    const events = fresh.map(recordedOf).filter((event) => event !== null);
    if (events.length > 0) yield events;
    remaining -= events.length;
    const last = fresh.at(-1);
    if (last === undefined || page.length < count) return;
    known = positionOf(last);
    next = known;
  }
}

interface KnownEnd {
  /** Position of the last event then; all from `lastOwn` to here are the server's own. */
  readonly last: bigint;
  readonly lastOwn: bigint | null;
}

/** The end of the log, looked for from behind, no further than where it was known to be before. */
export class LogEnd {
  #known: KnownEnd | null = null;

  constructor(private readonly reading: PageReading) {}

  /** Position of the last event, the server's own among them; null when there is none. */
  async last(): Promise<bigint | null> {
    const [last] = await this.#page(null, 1);
    return last === undefined ? null : positionOf(last);
  }

  /** Position of the last event that is not the server's own; null when there is none. */
  async lastOwn(): Promise<bigint | null> {
    let last: bigint | null = null;
    let before: bigint | null = null;
    for (let count = 1; ; count = PAGE_EVENTS) {
      const page: readonly ResolvedEvent[] = await this.#page(before, count);
      for (const one of page) {
        const position = positionOf(one);
        last ??= position;
        const known = this.#known;
        // A log that ends earlier than it did is another one.
        if (known !== null && position <= known.last && last >= known.last)
          return this.#found(last, known.lastOwn);
        const event = recordedOf(one);
        if (event !== null) return this.#found(last, event.position);
      }
      const first = page.at(-1);
      if (first === undefined || page.length < count) return null;
      before = positionOf(first);
    }
  }

  #found(last: bigint, lastOwn: bigint | null): bigint | null {
    this.#known = { last, lastOwn };
    return lastOwn;
  }

  #page(before: bigint | null, maxCount: number): Promise<readonly ResolvedEvent[]> {
    const fromPosition = before === null ? 'end' : { commit: before, prepare: before };
    return fetchPage(this.reading, undefined, () =>
      this.reading.connection.client.readAll({ fromPosition, direction: 'backwards', maxCount }),
    );
  }
}

async function refuseForgotten({ connection }: PageReading, stream: string): Promise<void> {
  try {
    await refuseRetention(connection.client, stream);
  } catch (error) {
    if (!(error instanceof RetentionSet)) throw error;
    throw new LogCorrupt(error.message, { cause: error });
  }
}

async function fetchPage<E extends ResolvedEvent>(
  { pageMs, assertOpen, onRead }: PageReading,
  signal: AbortSignal | undefined,
  open: () => StreamingRead<E>,
): Promise<readonly E[]> {
  const end = performance.now() + pageMs;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    assertOpen();
    const stream = open();
    try {
      const page = await withinTime(
        collect(stream),
        end - performance.now(),
        'a page was not read',
      );
      onRead?.(page.length);
      return page;
    } catch (error) {
      void stream.cancel().catch(() => undefined);
      if (error instanceof StreamNotFoundError) return [];
      const pauseMs = jittered(FIRST_PAUSE_MS * 2 ** attempt);
      if (attempt === ATTEMPTS || performance.now() + pauseMs >= end) throw readingError(error);
      await delay(pauseMs);
    }
  }
}

async function collect<E>(stream: StreamingRead<E>): Promise<readonly E[]> {
  const events: E[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function positionOf({ event, commitPosition }: ResolvedEvent): bigint {
  const position = event?.position?.commit ?? commitPosition;
  if (position === undefined) throw new Error('an event of the whole log has no position');
  return position;
}
