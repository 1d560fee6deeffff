import { statSync } from 'node:fs';
import {
  StoreReadOnly,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type LogPart,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../event-store.js';
import { checkExpected, encodeAppend } from '../codec/append-request.js';
import { backUpLog, type LogBackup } from './back-up-log.js';
import { CommitThread } from './commit-thread.js';
import { openForReading, prepareForWriting, type Durability } from './data-format.js';
import { EmbeddedLog } from './embedded-log.js';
import { GroupCommit } from './group-commit.js';
import { logParts } from './log-range.js';
import { readAllBatches, readStreamBatches, subscription, type ReadingContext } from './reading.js';
import { verifyLog, type VerifiedLog, type VerifyOptions } from './verify-log.js';
import { Wakeup } from './wakeup.js';
import { WriterLock } from '../writer-lock.js';

export interface EmbeddedStoreOptions {
  /** Path of the SQLite file. A writer creates it, and keeps its lock in `<file>.lock`. */
  readonly file: string;
  /** One writer at a time in the world; readers of other processes beside it. */
  readonly mode: 'writer' | 'reader';
  /** How often a reader looks for new commits while a subscription waits. Default 200 ms. */
  readonly pollIntervalMs?: number | undefined;
  /** Bound of the database file, in bytes; the write that would pass it fails as on a full disk. */
  readonly maxFileBytes?: number | undefined;
  /** Called for each append that stands: milliseconds from call to acknowledgement, and its events. */
  readonly onAppend?: ((durationMs: number, events: number) => void) | undefined;
  /** Called for each batch a reader or subscription fetches. */
  readonly onRead?: ((events: number) => void) | undefined;
}

export interface EmbeddedStoreStats {
  readonly events: number;
  readonly streams: number;
  /** Rows of the log. */
  readonly commits: number;
  /** Database and write-ahead log on disk. */
  readonly bytes: number;
  /** Held by the stream index, names not counted. */
  readonly indexBytes: number;
  /** Appends waiting for a commit. */
  readonly queued: number;
  /** Duration of the last commit in milliseconds; null before the first. */
  readonly lastCommitMs: number | null;
}

const DEFAULT_POLL_INTERVAL_MS = 200;

/**
 * Opens the embedded engine. Reads the index of the whole log first, without bodies: over a million
 * events a second.
 * @throws {WriterLocked} `writer` and the file is being written by somebody else
 * @throws {UnknownDataFormat} the file is no ledger or of an unknown version; it was not changed
 * @throws {StoreUnavailable} `reader` and there is no ledger at `file`
 * @throws {LogCorrupt} the log's rows do not follow one another
 */
export function openEmbeddedStore(options: EmbeddedStoreOptions): EmbeddedStore {
  if (options.mode === 'reader') return EmbeddedStore.openReader(options);
  return EmbeddedStore.openWriter(options);
}

interface Writing {
  readonly commits: GroupCommit;
  readonly lock: WriterLock;
  readonly durability: Durability;
}

/** The event store in one SQLite file: docs/decisions/0002-embedded-store-layout.md. */
export class EmbeddedStore implements EventStore {
  readonly #options: EmbeddedStoreOptions;
  readonly #log: EmbeddedLog;
  readonly #writing: Writing | null;
  readonly #wakeup: Wakeup;
  readonly #reading: ReadingContext;
  #closing: Promise<void> | null = null;

  private constructor(
    options: EmbeddedStoreOptions,
    log: EmbeddedLog,
    wakeup: Wakeup,
    writing: Writing | null,
  ) {
    this.#options = options;
    this.#log = log;
    this.#wakeup = wakeup;
    this.#writing = writing;
    const pollIntervalMs = options.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS;
    this.#reading = {
      log,
      refresh: () => {
        if (writing === null) log.refresh();
      },
      // Nobody can wake a reader of another process: it looks again after a while.
      changed: (signal) => wakeup.wait(signal, writing === null ? pollIntervalMs : null),
      onRead: options.onRead,
    };
  }

  static openReader(options: EmbeddedStoreOptions): EmbeddedStore {
    return new EmbeddedStore(options, loadLog(options.file), new Wakeup(), null);
  }

  static openWriter(options: EmbeddedStoreOptions): EmbeddedStore {
    const lock = WriterLock.take(options.file);
    try {
      const pragmas = prepareForWriting(options.file, options.maxFileBytes ?? null);
      return EmbeddedStore.#ofWriter(options, lock, pragmas);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  static #ofWriter(
    options: EmbeddedStoreOptions,
    lock: WriterLock,
    pragmas: string,
  ): EmbeddedStore {
    const log = loadLog(options.file);
    try {
      const previousHash = log.lastHash();
      const wakeup = new Wakeup();
      const thread = CommitThread.open(options.file, pragmas);
      const commits = new GroupCommit(log, previousHash, thread, {
        onAppend: options.onAppend,
        onCommit: () => {
          wakeup.wakeAll();
        },
      });
      const { durability } = thread;
      return new EmbeddedStore(options, log, wakeup, { commits, lock, durability });
    } catch (error) {
      log.close();
      throw error;
    }
  }

  get readOnlyReason(): string | null {
    return this.#writing === null
      ? 'this process opened the ledger for reading only'
      : this.#writing.commits.readOnlyReason;
  }

  /** How the writing connection was found to be set after opening; null for a reader. */
  get durability(): Durability | null {
    return this.#writing?.durability ?? null;
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
    if (this.#writing === null) throw new StoreReadOnly(this.readOnlyReason ?? undefined);
    return this.#writing.commits.append(request, expected);
  }

  /** Aborting throws the signal's reason: a read cut short must not pass for a complete one. */
  readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): AsyncIterable<readonly RecordedEvent[]> {
    return readStreamBatches(this.#reading, stream, options);
  }

  /** Aborting throws the signal's reason: a read cut short must not pass for a complete one. */
  readAll(options: ReadAllOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    return readAllBatches(this.#reading, options);
  }

  subscribeAll(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    this.#assertOpen();
    return subscription(this.#reading, options);
  }

  parts(options: { readonly to: bigint; readonly events: number }): readonly LogPart[] {
    this.#assertOpen();
    return logParts(this.#options.file, options);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port's other engine waits here
  async head(): Promise<bigint | null> {
    this.#assertOpen();
    this.#reading.refresh();
    return this.#log.head === 0 ? null : BigInt(this.#log.head);
  }

  /** Positions count events here. */
  eventsUpTo(position: bigint): number {
    return Number(position);
  }

  stats(): EmbeddedStoreStats {
    this.#assertOpen();
    const log = this.#log;
    const { file } = this.#options;
    return {
      events: log.head,
      streams: log.index.streams,
      commits: log.commits,
      bytes: sizeOf(file) + sizeOf(`${file}-wal`),
      indexBytes: log.index.bytes,
      queued: this.#writing?.commits.queued ?? 0,
      lastCommitMs: this.#writing?.commits.lastCommitMs ?? null,
    };
  }

  /** See {@link verifyLog}; on a connection of its own, as of the moment each batch is read. */
  verify(options: VerifyOptions = {}): Promise<VerifiedLog> {
    return verifyLog(this.#options.file, options);
  }

  /** See {@link backUpLog}. */
  backupTo(target: string): Promise<LogBackup> {
    return backUpLog(this.#options.file, target);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writing?.commits.drain();
    this.#log.close();
    // Last of the two, so that closing it moves the write-ahead log into the database.
    await this.#writing?.commits.closeConnection();
    this.#writing?.lock.release();
    this.#wakeup.wakeAll();
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw new StoreUnavailable('the event store is closed');
  }
}

function loadLog(file: string): EmbeddedLog {
  const log = new EmbeddedLog(openForReading(file));
  try {
    log.refresh();
    return log;
  } catch (error) {
    log.close();
    throw error;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
