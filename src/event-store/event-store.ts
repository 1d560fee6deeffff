/**
 * The only door to the log. Two kinds of engine stand behind it and pass one contract suite
 * (`test/contract/event-store.contract.ts`); nothing outside this folder knows which one runs.
 *
 * Positions are opaque, strictly increasing along the log, and gapped. Revisions count the events
 * of one stream from 0 without gaps. Both are bigint here and decimal strings in JSON.
 */

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = Readonly<Record<string, JsonValue>>;

/** `any` and `stream_exists` are idempotent only by best effort: the ledger never appends with them. */
export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | bigint;

export interface EventToAppend {
  /** UUID; a retry is recognised by its ids. */
  readonly id: string;
  /** PascalCase, past tense. Names beginning with `$` are refused. */
  readonly type: string;
  /** Must survive canonical JSON (RFC 8785); every number a safe integer. */
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

export interface RecordedEvent extends EventToAppend {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
}

export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: bigint;
  /** Position of the last event appended. */
  readonly position: bigint;
}

export interface ReadStreamOptions {
  /** First revision to read, inclusive. Default: the start (forwards) or the end (backwards). */
  readonly from?: bigint | undefined;
  /** Default `forwards`. */
  readonly direction?: 'forwards' | 'backwards' | undefined;
  /** At most this many events in all. Default: no bound. */
  readonly max?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadAllOptions {
  /** First position to read, inclusive. Default: the start. */
  readonly from?: bigint | undefined;
  readonly max?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SubscribeOptions {
  /** Events after this position, exclusive. Default: from the start. */
  readonly after?: bigint | undefined;
  /** Only streams whose name begins with one of these. Default: every stream. */
  readonly streamPrefixes?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A stretch of the log that a thread can read by itself. */
export interface LogPart {
  /** Address of the module that reads it; see {@link LogPartReader}. */
  readonly module: string;
  /** What its `readLogPart` is to be given. Survives structured cloning. */
  readonly source: unknown;
}

/** Events of one stream that follow each other in the log, as the texts they are stored as. */
export interface TextRun {
  readonly stream: string;
  /** Of the first; those of the others follow without gaps. */
  readonly revision: bigint;
  /** Of the first; those of the others follow without gaps. */
  readonly position: bigint;
  readonly count: number;
  /** Canonical JSON in UTF-8: `{"data":…,"id":…,"metadata":…,"type":…}`. */
  readonly bytes: Buffer;
  /** Text i is `bytes` from `bounds[2i]` to before `bounds[2i + 1]`. Used again for the next run. */
  readonly bounds: Int32Array;
}

/** What a module named by a {@link LogPart} exports. */
export interface LogPartReader {
  /**
   * The events of the part, in batches. Synchronous: for threads that do nothing else.
   * @param skim is offered runs of events first; those it takes, saying true, are not among the
   * batches, and may be offered before events that precede them. An engine need not call it.
   * @throws {LogCorrupt}
   */
  readonly readLogPart: (
    source: unknown,
    skim?: (run: TextRun) => boolean,
  ) => Iterable<readonly RecordedEvent[]>;
}

export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[] }
  /** The log was followed to this position, whether or not an event passed the filter. */
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  /** Everything that was in the log has been delivered; what follows is live. Sent again after each lag. */
  | { readonly kind: 'caught_up'; readonly position: bigint | null };

export interface EventStore {
  /**
   * Appends all events contiguously to one stream, or none. Resolves only when they are durable.
   * A retry with the same ids at the same exact revision (or `no_stream`) gets the first result.
   * @throws {WrongExpectedVersion} the stream is not at `expected`
   * @throws {AppendRefused} an event is malformed or the append too large; nothing was written
   * @throws {StoreReadOnly} an earlier write failed; only a restart clears it
   * @throws {StoreUnavailable} try again; the outcome of this append may be unknown
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<AppendResult>;

  /** Batches of events of one stream; a stream that does not exist yields nothing. Pulls only on demand. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<readonly RecordedEvent[]>;

  /** Batches of the whole log in order, up to its end at the time it is reached. Pulls only on demand. */
  readAll(options?: ReadAllOptions): AsyncIterable<readonly RecordedEvent[]>;

  /** Catch-up subscription; ends only by its signal, by `close`, or by throwing. At least once. */
  subscribeAll(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage>;

  /**
   * The log from its start up to and with `to`, cut into parts of about `events` events, in order
   * and without gaps between them. An engine whose log one thread alone can read has no such method.
   */
  readonly parts?: (options: {
    readonly to: bigint;
    readonly events: number;
  }) => readonly LogPart[];

  /** Position of the last durable event, or null while the log is empty. @throws {StoreUnavailable} */
  head(): Promise<bigint | null>;

  /**
   * How many events there are up to and with a position. An engine that would have to read them to
   * tell has no such method.
   */
  readonly eventsUpTo?: (position: bigint) => number;

  /**
   * Verifies what the engine itself keeps to prove that its log was not changed. An engine that keeps
   * nothing of the kind has no such method.
   * @throws {LogCorrupt}
   */
  readonly verify?: () => Promise<{
    /** Hex; it stands for the whole log. */
    readonly hash: string;
  }>;

  /** Why writes are refused at present, or null when they are taken. */
  readonly readOnlyReason: string | null;

  /** Finishes what is queued, then closes. Later calls throw {@link StoreUnavailable}. */
  close(): Promise<void>;
}

export class WrongExpectedVersion extends Error {
  override readonly name = 'WrongExpectedVersion';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** The stream's last revision, or null when it has no events. */
    readonly actual: bigint | null,
  ) {
    super(`stream ${stream} is at ${String(actual ?? 'no stream')}, expected ${String(expected)}`);
  }
}

/** The append itself is wrong; it will never succeed. Nothing was written. */
export class AppendRefused extends Error {
  override readonly name = 'AppendRefused';
}

/** A write failed; the store serves reads only until it is restarted. The failed write is not retried. */
export class StoreReadOnly extends Error {
  override readonly name = 'StoreReadOnly';
}

/** The store cannot be reached or is closed. Retryable; an append's outcome may be unknown. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** What was read does not verify: a hash, an order, an unknown type or version. Reading stops here. */
export class LogCorrupt extends Error {
  override readonly name = 'LogCorrupt';
}
