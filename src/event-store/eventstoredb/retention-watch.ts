import { setTimeout as delay } from 'node:timers/promises';
import {
  eventTypeFilter,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { FollowedLog } from './followed-log.js';
import { RetentionSet, setTo } from './retention.js';
import { jittered } from './within-time.js';

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
}

/**
 * Watches over what is said on the server of the ledger's streams, from the first word on: metadata that
 * let events be removed, and ends of streams. The events so removed may be there yet, or not.
 */
export class RetentionWatch {
  /** Resolves once all that was said so far has been heard. */
  readonly caughtUp: Promise<void>;
  readonly #client: EventStoreDBClient;
  /** By stream; the latest metadata count. */
  readonly #faults = new Map<string, RetentionSet>();
  readonly #following: Promise<void>;
  #after: bigint | null = null;
  #isOver = false;
  #end: () => void = () => undefined;
  readonly #over = new Promise<void>((resolve) => {
    this.#end = resolve;
  });
  #heardAll: () => void = () => undefined;

  constructor(client: EventStoreDBClient) {
    this.#client = client;
    this.caughtUp = new Promise((resolve) => {
      this.#heardAll = resolve;
    });
    this.#following = this.#follow();
  }

  /** Why nothing more is to be recorded there; null while all is well. */
  get fault(): RetentionSet | null {
    for (const fault of this.#faults.values()) return fault;
    return null;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#end();
    await this.#following;
  }

  async #follow(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isOver) {
      const begun = this.#after;
      // What ended a subscription is told by those that follow the ledger itself.
      await this.#once().catch(() => undefined);
      pauseMs = this.#after === begun ? Math.min(2 * pauseMs, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
      await Promise.race([delay(jittered(pauseMs), undefined, { ref: false }), this.#over]);
    }
  }

  async #once(): Promise<void> {
    const log = new FollowedLog(this.#client, {
      after: this.#after,
      filter: (progress) =>
        eventTypeFilter({ ...progress, prefixes: [METADATA_TYPE, DELETED_TYPE] }),
      read: noticeOf,
    });
    try {
      for (;;) {
        const deliveries = await Promise.race([log.next(), this.#over]);
        if (deliveries === undefined || deliveries === null) return;
        for (const delivery of deliveries) {
          if (delivery.kind === 'event') this.#take(delivery.event);
          else if (delivery.kind === 'checkpoint') this.#after = delivery.position;
          else this.#heardAll();
        }
      }
    } finally {
      await log.end();
    }
  }

  #take({ stream, position, fault }: Notice): void {
    this.#after = position;
    if (fault === null) this.#faults.delete(stream);
    else this.#faults.set(stream, fault);
  }
}

/** Null for what is said of the server's own streams, other than of `$all`. */
function noticeOf({ event }: AllStreamResolvedEvent): Notice | null {
  if (event?.position === undefined) return null;
  const { streamId, data } = event;
  const type: string = event.type;
  const position = event.position.commit;
  if (type === DELETED_TYPE) {
    if (streamId.startsWith('$')) return null;
    const why = `the stream ${streamId} was deleted: the server would remove events of the ledger`;
    return { stream: streamId, position, fault: new RetentionSet(why) };
  }
  const stream = streamId.slice(METADATA_PREFIX.length);
  if (type !== METADATA_TYPE || (stream.startsWith('$') && stream !== '$all')) return null;
  const set = Object.entries(data).find(([key]) => FORGETTING.some((known) => known === key));
  return { stream, position, fault: set === undefined ? null : setTo(stream, ...set) };
}
