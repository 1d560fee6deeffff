import { setImmediate as turn } from 'node:timers/promises';
import type {
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  SubscribeOptions,
  SubscriptionMessage,
} from '../event-store.js';
import type { BatchBounds, EmbeddedLog, LogBatch, StreamTest } from './embedded-log.js';

const BATCH: BatchBounds = { events: 1_000, size: 4 * 1024 * 1024 };

/** What the readers need of the store: the log, how it is kept current, and how it tells of more. */
export interface ReadingContext {
  readonly log: EmbeddedLog;
  /** Brings the log's index up to date; a no-op in the process that writes. */
  readonly refresh: () => void;
  /** Resolves when there may be more to read, when the signal aborts, or when the store closes. */
  readonly changed: (signal: AbortSignal | undefined) => Promise<void>;
  /** Called for each batch fetched. */
  readonly onRead?: ((events: number) => void) | undefined;
}

export async function* readStreamBatches(
  context: ReadingContext,
  stream: string,
  options: ReadStreamOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const { log } = context;
  const { direction = 'forwards', signal } = options;
  const step = direction === 'forwards' ? 1 : -1;
  let remaining = options.max ?? Infinity;
  let next: number | null = null;
  for (;;) {
    signal?.throwIfAborted();
    context.refresh();
    log.assertOpen();
    const last = log.index.lastRevision(stream);
    next ??= firstRevision(options.from, step, last);
    if (remaining <= 0 || next < 0 || next > last) return;
    const events = Math.min(BATCH.events, remaining);
    const batch = log.streamBatch(stream, next, step, { ...BATCH, events });
    context.onRead?.(batch.length);
    yield batch;
    next += step * batch.length;
    remaining -= batch.length;
    // A reader that never waits for anything else must not keep requests from being served.
    await turn();
  }
}

function firstRevision(from: bigint | undefined, step: 1 | -1, last: number): number {
  if (from === undefined) return step === 1 ? 0 : last;
  return step === 1 ? Math.max(0, Number(from)) : Math.min(Number(from), last);
}

export async function* readAllBatches(
  context: ReadingContext,
  options: ReadAllOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const { signal } = options;
  let remaining = options.max ?? Infinity;
  let next = Math.max(1, Number(options.from ?? 1n));
  for (;;) {
    signal?.throwIfAborted();
    context.refresh();
    context.log.assertOpen();
    if (remaining <= 0 || next > context.log.head) return;
    const batch = fetch(context, next, Math.min(BATCH.events, remaining), null);
    yield batch.events;
    next = batch.followedTo + 1;
    remaining -= batch.events.length;
    await turn();
  }
}

export async function* subscription(
  context: ReadingContext,
  options: SubscribeOptions,
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  const { log } = context;
  const { signal } = options;
  const passes = prefixTest(options.streamPrefixes);
  let followedTo = Number(options.after ?? 0n);
  let caughtUp = false;
  for (;;) {
    if (ended(context, signal)) return;
    context.refresh();
    // As of now: under steady load the log has grown again before a batch is consumed, and whoever
    // waits to have caught up would wait for ever.
    const { head } = log;
    if (followedTo < head) {
      const batch = fetch(context, followedTo + 1, BATCH.events, passes);
      followedTo = batch.followedTo;
      if (followedTo < head) caughtUp = false;
      const last = batch.events.at(-1);
      if (last !== undefined) yield { kind: 'events', events: batch.events };
      if (ended(context, signal)) return;
      if (last?.position !== BigInt(followedTo)) {
        yield { kind: 'checkpoint', position: BigInt(followedTo) };
        if (ended(context, signal)) return;
      }
    }
    if (followedTo >= head && !caughtUp) {
      caughtUp = true;
      yield { kind: 'caught_up', position: head === 0 ? null : BigInt(head) };
      if (ended(context, signal)) return;
    }
    if (followedTo >= log.head) await context.changed(signal);
    else await turn();
  }
}

function fetch(
  context: ReadingContext,
  from: number,
  events: number,
  passes: StreamTest | null,
): LogBatch {
  const batch = context.log.batch(from, { ...BATCH, events }, passes);
  context.onRead?.(batch.events.length);
  return batch;
}

function ended(context: ReadingContext, signal: AbortSignal | undefined): boolean {
  return context.log.closed || signal?.aborted === true;
}

function prefixTest(prefixes: readonly string[] | undefined): StreamTest | null {
  if (prefixes === undefined) return null;
  return (stream) => prefixes.some((prefix) => stream.startsWith(prefix));
}
