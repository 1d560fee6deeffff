import { checkExpected, encodeAppend } from '../codec/append-request.js';
import {
  StoreReadOnly,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../event-store.js';
import { Appender } from './appender.js';
import { connect, type Connection } from './connection-string.js';
import { LogEnd, readAllPages, readStreamPages, type PageReading } from './pages.js';
import { refuseRetention } from './retention.js';
import { RetentionWatch } from './retention-watch.js';
import { supervisedSubscription } from './supervised-subscription.js';
import { LATE, unlessLate } from './within-time.js';

export interface EventStoreDbOptions {
  /** `esdb://`, `esdb+discover://` or `kurrentdb://`, with user and password where TLS is on. */
  readonly connectionString: string;
  /** How long one attempt at an append may take, in milliseconds. Default 3,000. */
  readonly attemptMs?: number | undefined;
  /** How long an append may take with all its attempts, in milliseconds. Default 6,000. */
  readonly appendMs?: number | undefined;
  /**
   * How long one page of a read with all its attempts, or the begin of a subscription, may take, in
   * milliseconds. Default 6,000.
   */
  readonly readMs?: number | undefined;
  /** After so long a silence a subscription is checked, in milliseconds. Default 10,000. */
  readonly silenceMs?: number | undefined;
  /**
   * How long opening may take to hear all that was ever said of streams' metadata, in milliseconds;
   * beyond, it is heard while the store is in use. Default 30,000; 0 for those who only look on: nothing
   * is heard.
   */
  readonly watchMs?: number | undefined;
  /** Called for each append that stands: milliseconds from call to acknowledgement, and its events. */
  readonly onAppend?: ((durationMs: number, events: number) => void) | undefined;
  /** Called for each page a reader fetches, and each batch of a subscription. */
  readonly onRead?: ((events: number) => void) | undefined;
  /** Called each time a subscription was lost and begins anew. */
  readonly onLost?: ((why: unknown) => void) | undefined;
}

const DEFAULTS = {
  attemptMs: 3_000,
  appendMs: 6_000,
  readMs: 6_000,
  silenceMs: 10_000,
  watchMs: 30_000,
};

/** How long closing waits for appends under way, and then for the client to let go of its calls, in milliseconds. */
const DRAIN_MS = 2_000;
const DISPOSE_MS = 1_000;

/** The event store on EventStoreDB or KurrentDB, a node or a cluster: docs/decisions/0007-eventstoredb.md. */
export class EventStoreDbStore implements EventStore {
  readonly #options: EventStoreDbOptions;
  readonly #connection: Connection;
  readonly #appender: Appender;
  readonly #reading: PageReading;
  readonly #end: LogEnd;
  readonly #ending = new AbortController();
  #watch: RetentionWatch | null = null;
  #closing: Promise<void> | null = null;

  private constructor(options: EventStoreDbOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
    this.#appender = new Appender(connection, {
      attemptMs: options.attemptMs ?? DEFAULTS.attemptMs,
      totalMs: options.appendMs ?? DEFAULTS.appendMs,
    });
    this.#reading = {
      connection,
      pageMs: options.readMs ?? DEFAULTS.readMs,
      assertOpen: () => {
        this.#assertOpen();
      },
      onRead: options.onRead,
    };
    this.#end = new LogEnd(this.#reading);
  }

  /**
   * Connects, and looks at what the server is set to.
   * @throws {ConnectionStringRefused} @throws {RetentionSet}
   * @throws {StoreUnavailable} nothing answers
   */
  static async open(options: EventStoreDbOptions): Promise<EventStoreDbStore> {
    const store = new EventStoreDbStore(options, connect(options.connectionString));
    try {
      await refuseRetention(store.#connection.client, '$all');
      await store.#watchRetention(options.watchMs ?? DEFAULTS.watchMs);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** What a server refuses it refuses append by append; here only what would put the ledger at risk. */
  get readOnlyReason(): string | null {
    return this.#watch?.fault?.message ?? null;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<AppendResult> {
    options.signal?.throwIfAborted();
    this.#assertOpen();
    checkExpected(expected);
    const request = encodeAppend(stream, events);
    if (this.readOnlyReason !== null) throw new StoreReadOnly(this.readOnlyReason);
    const start = performance.now();
    const result = await this.#appender.append(request, expected);
    this.#options.onAppend?.(performance.now() - start, events.length);
    return result;
  }

  readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): AsyncIterable<readonly RecordedEvent[]> {
    return readStreamPages(this.#reading, stream, options);
  }

  readAll(options: ReadAllOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    return readAllPages(this.#reading, options);
  }

  subscribeAll(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    this.#assertOpen();
    const {
      silenceMs = DEFAULTS.silenceMs,
      readMs = DEFAULTS.readMs,
      onRead,
      onLost,
    } = this.#options;
    const context = {
      client: this.#connection.client,
      head: () => this.head(),
      confirmationMs: readMs,
      silenceMs,
      closing: this.#ending.signal,
      onRead,
      onLost,
    };
    return supervisedSubscription(context, options);
  }

  async head(): Promise<bigint | null> {
    this.#assertOpen();
    return this.#end.lastOwn();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #watchRetention(watchMs: number): Promise<void> {
    if (watchMs === 0) return;
    const { silenceMs = DEFAULTS.silenceMs, readMs = DEFAULTS.readMs } = this.#options;
    const watch = new RetentionWatch({
      client: this.#connection.client,
      end: () => this.#end.last(),
      silenceMs,
      patienceMs: readMs,
    });
    this.#watch = watch;
    const inTime = await unlessLate(watch.caughtUp, watchMs);
    // What was heard so far may have been undone further on.
    if (inTime === LATE) await watch.confirm();
    if (watch.fault !== null) throw watch.fault;
  }

  async #close(): Promise<void> {
    await unlessLate(this.#appender.drain(), DRAIN_MS);
    this.#ending.abort();
    await this.#watch?.stop();
    await unlessLate(this.#connection.client.dispose(), DISPOSE_MS);
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw new StoreUnavailable('the event store is closed');
  }
}
