import {
  eventTypeFilter,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { LogCorrupt } from '../event-store.js';
import { FollowedLog } from './followed-log.js';
import { refuseRetention, RetentionSet, setTo } from './retention.js';
import { ABORTED, jittered, pauseUnlessAborted, unlessAborted } from './within-time.js';

/** What the server writes when metadata of a stream are set, and when a stream is ended for good. */
const METADATA_TYPE = '$metadata';
const DELETED_TYPE = '$streamDeleted';
/** The stream of the metadata of stream `x` is `$$x`. */
const METADATA_PREFIX = '$$';
/** As they are stored. A soft delete sets `$tb` beyond every event. */
const FORGETTING = ['$maxAge', '$maxCount', '$tb'] as const;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

interface Notice {
  readonly stream: string;
  readonly position: bigint;
  /** Null: its metadata let nothing be removed, or no longer. */
  readonly fault: RetentionSet | null;
  /** Nothing that is said later undoes it. */
  readonly isForGood: boolean;
}

export interface WatchContext {
  readonly client: EventStoreDBClient;
  /** Position of the last event of the log, the server's own among them. */
  readonly end: () => Promise<bigint | null>;
  readonly silenceMs: number;
  /** How long the server may take to tell what there was to tell, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Watches over what is said on the server of the ledger's streams, from the first word on: metadata that
 * let events be removed, and ends of streams. The events so removed may be there yet, or not.
 */
export class RetentionWatch {
  /** Resolves once all that was said so far has been heard. */
  readonly caughtUp: Promise<void>;
  readonly #context: WatchContext;
  /** By stream; the latest metadata count. */
  readonly #faults = new Map<string, Notice & { readonly fault: RetentionSet }>();
  /** Those that stand although not all has been heard: the server was asked, or nothing undoes them. */
  readonly #certain = new Set<Notice>();
  readonly #following: Promise<void>;
  readonly #ending = new AbortController();
  #after: bigint | null = null;
  #hasCaughtUp = false;
  #confirmsAtOnce = false;
  #heardAll: () => void = () => undefined;

  constructor(context: WatchContext) {
    this.#context = context;
    this.caughtUp = new Promise((resolve) => {
      this.#heardAll = resolve;
    });
    this.#following = this.#follow();
  }

  /** Why nothing more is to be recorded there; null while all is well. */
  get fault(): RetentionSet | null {
    for (const notice of this.#faults.values())
      if (this.#hasCaughtUp || this.#certain.has(notice)) return notice.fault;
    return null;
  }

  /**
   * Asks the server whether what was heard still stands, for it may have been undone later in the log;
   * from now on that is asked of all that is heard, until the watch has caught up.
   * @throws {StoreUnavailable}
   */
  async confirm(): Promise<void> {
    this.#confirmsAtOnce = true;
    for (const notice of this.#faults.values()) {
      if (this.#hasCaughtUp) return;
      if (!this.#certain.has(notice)) await this.#confirmOne(notice);
    }
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  #isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  async #follow(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isOver()) {
      const begun = this.#after;
      // What ended a subscription is told by those that follow the ledger itself.
      await this.#once().catch(() => undefined);
      pauseMs = this.#after === begun ? Math.min(2 * pauseMs, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
      await pauseUnlessAborted(jittered(pauseMs), this.#ending.signal);
    }
  }

  async #once(): Promise<void> {
    const { client, silenceMs, patienceMs } = this.#context;
    const { signal } = this.#ending;
    // All of this will have been looked at once the server says that it has caught up.
    const end = await unlessAborted(this.#context.end(), signal);
    if (end === ABORTED || this.#isOver()) return;
    const log = new FollowedLog(client, {
      after: this.#after,
      filter: (progress) =>
        eventTypeFilter({ ...progress, prefixes: [METADATA_TYPE, DELETED_TYPE] }),
      read: noticeOf,
    });
    const giveUp = (): void => {
      log.end();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      for (;;) {
        const isBehind = (): Promise<boolean> => this.#isBehind();
        const deliveries = await log.next({ silenceMs, patienceMs, isBehind });
        if (deliveries === null) return;
        for (const delivery of deliveries) {
          if (delivery.kind === 'event') this.#take(delivery.event);
          else if (delivery.kind === 'checkpoint') this.#looked(delivery.position);
          else this.#catchUp(end);
        }
        if (this.#confirmsAtOnce && !this.#hasCaughtUp)
          await unlessAborted(this.confirm(), signal).catch(() => undefined);
      }
    } finally {
      signal.removeEventListener('abort', giveUp);
      log.end();
    }
  }

  /** Few events beside those it listens to bring no checkpoint: then it begins anew for nothing. */
  async #isBehind(): Promise<boolean> {
    const end = await unlessAborted(this.#context.end(), this.#ending.signal);
    return end !== ABORTED && end !== null && (this.#after === null || end > this.#after);
  }

  #looked(position: bigint | null): void {
    if (position !== null && (this.#after === null || position > this.#after))
      this.#after = position;
  }

  #catchUp(end: bigint | null): void {
    this.#looked(end);
    this.#hasCaughtUp = true;
    this.#heardAll();
  }

  #take(notice: Notice): void {
    const { stream, position, fault } = notice;
    this.#looked(position);
    const known = this.#faults.get(stream);
    if (known?.isForGood === true) return;
    if (known !== undefined) this.#forget(known);
    if (fault !== null) this.#faults.set(stream, { ...notice, fault });
    const taken = this.#faults.get(stream);
    if (taken?.isForGood === true) this.#certain.add(taken);
  }

  async #confirmOne(notice: Notice): Promise<void> {
    try {
      await refuseRetention(this.#context.client, notice.stream);
    } catch (error) {
      // A stream that was deleted since has no metadata to be read.
      if (!(error instanceof RetentionSet || error instanceof LogCorrupt)) throw error;
      this.#certain.add(notice);
      return;
    }
    if (this.#faults.get(notice.stream) === notice) this.#forget(notice);
  }

  #forget(notice: Notice): void {
    this.#faults.delete(notice.stream);
    this.#certain.delete(notice);
  }
}

/** Null for what is said of the server's own streams, other than of `$all`. */
function noticeOf({ event }: AllStreamResolvedEvent): Notice | null {
  if (event?.position === undefined) return null;
  const { streamId } = event;
  const data: unknown = event.data;
  const type: string = event.type;
  const position = event.position.commit;
  if (type === DELETED_TYPE) {
    if (streamId.startsWith('$')) return null;
    const why = `the stream ${streamId} was deleted: the server would remove events of the ledger`;
    return { stream: streamId, position, fault: new RetentionSet(why), isForGood: true };
  }
  const stream = streamId.slice(METADATA_PREFIX.length);
  if (type !== METADATA_TYPE || (stream.startsWith('$') && stream !== '$all')) return null;
  // Whoever may write metadata may write anything; what is no object the server takes for none.
  const members = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  const set = members.find(([key]) => FORGETTING.some((known) => known === key));
  const fault = set === undefined ? null : setTo(stream, ...set);
  return { stream, position, fault, isForGood: false };
}
