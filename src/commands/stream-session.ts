import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { LedgerEvent, Recorded } from '../event-store/codec/ledger-event.js';
import type { EventStore } from '../event-store/event-store.js';

/** How a stream folds into the state its decisions need. */
export interface Aggregate<S, E extends LedgerEvent = LedgerEvent> {
  initial(stream: string): S;
  evolve(state: S, event: E): S;
  /** A rough measure of a state's memory, in entries; without it a state counts as nothing. O(1). */
  weigh?(state: S): number;
}

/** What a session takes in of a stored event; its position in the log does not matter here. */
export type Entry = LedgerEvent & Pick<Recorded, 'revision' | 'metadata'>;

/** Earlier states kept at hand for counts against a recent book revision. */
const RECENT_STATES = 32;
/** What a recent state holds for itself alone, in entries. */
const PATH_WEIGHT = 16;

/**
 * A stream followed by this process: its folded state and the small indexes idempotency and facts
 * need, kept between commands so that nothing is folded twice. Another process may have written
 * since: {@link catchUp} reads on, and an append at a stale revision is refused by the store.
 */
export class StreamSession<S> {
  private current: S;
  private count = 0;
  private latest = 0;
  private hasReachedEnd = false;
  private reading: Promise<void> | null = null;
  private nextReading: Promise<void> | null = null;
  private readonly firstRevisions = new Map<string, number>();
  private readonly approvals = new Set<string>();
  private readonly reversed = new Set<string>();
  private readonly sentAt: number[] = [];
  private readonly recent: S[] = [];

  constructor(
    private readonly store: EventStore,
    private readonly aggregate: Aggregate<S>,
    readonly stream: string,
  ) {
    this.current = aggregate.initial(stream);
  }

  get state(): S {
    return this.current;
  }

  /** Number of events taken in, which is the revision the next one gets. */
  get next(): number {
    return this.count;
  }

  /** Whether the stream has been read to its end, which it had at the time. */
  get isRead(): boolean {
    return this.hasReachedEnd;
  }

  /** The latest recordedAt in the stream, in milliseconds since the epoch; 0 while it is empty. */
  get ledgerTime(): number {
    return this.latest;
  }

  /** A rough measure of the memory held, in entries. */
  get weight(): number {
    const indexes = this.firstRevisions.size + this.approvals.size + this.reversed.size;
    const state = this.aggregate.weigh?.(this.current) ?? 0;
    // Each recent state shares with the next all but the paths to what changed.
    return 8 + indexes + this.sentAt.length + state + this.recent.length * PATH_WEIGHT;
  }

  /** Revision of the first event of a command of this stream. */
  firstRevisionOf(commandId: string): number | undefined {
    return this.firstRevisions.get(commandId);
  }

  isApprovalSpent(contentHash: string | undefined): boolean {
    return contentHash !== undefined && this.approvals.has(contentHash);
  }

  isReversed(revision: bigint): boolean {
    return this.reversed.has(String(revision));
  }

  /** Revision of the entry that sent shipment `number` of this account. */
  shipmentRevision(number: number): number | undefined {
    return this.sentAt[number - 1];
  }

  /** State after the event at `revision` (inclusive); null when there is no such revision. */
  async stateAt(revision: bigint): Promise<S | null> {
    if (revision < 0n || revision >= BigInt(this.count)) return null;
    const back = this.count - 1 - Number(revision);
    const recent = this.recent[this.recent.length - 1 - back];
    if (recent !== undefined) return recent;
    let state = this.aggregate.initial(this.stream);
    for await (const batch of this.store.readStream(this.stream, { max: Number(revision) + 1 })) {
      for (const recorded of batch) state = this.aggregate.evolve(state, decodeEvent(recorded));
    }
    return state;
  }

  /** The state `events` would lead to. Throws InvariantViolation if they may not follow. */
  foresee(events: readonly LedgerEvent[]): S {
    return events.reduce((state, event) => this.aggregate.evolve(state, event), this.current);
  }

  /** Takes in the next event; one already taken in is passed over. */
  observe(entry: Entry): void {
    if (entry.revision < BigInt(this.count)) return;
    if (entry.revision > BigInt(this.count))
      throw new Error(`${this.stream} has a gap before ${String(entry.revision)}`);
    this.current = this.aggregate.evolve(this.current, entry);
    this.recent.push(this.current);
    if (this.recent.length > RECENT_STATES) this.recent.shift();
    this.index(entry);
    this.count += 1;
  }

  /** Reads what has been written up to now. True when there was something new. */
  async catchUp(): Promise<boolean> {
    const before = this.count;
    await (this.reading === null ? this.read() : this.readAfterwards());
    return this.count > before;
  }

  private read(): Promise<void> {
    this.reading = this.readOn().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  /** A reading under way may be past what its caller has to see: all who come meanwhile share the next. */
  private readAfterwards(): Promise<void> {
    this.nextReading ??= Promise.resolve(this.reading)
      .catch(() => undefined)
      .then(() => {
        this.nextReading = null;
        return this.reading ?? this.read();
      });
    return this.nextReading;
  }

  private async readOn(): Promise<void> {
    for await (const batch of this.store.readStream(this.stream, { from: BigInt(this.count) })) {
      for (const recorded of batch) this.observe(decodeEvent(recorded));
    }
    this.hasReachedEnd = true;
  }

  private index(event: Entry): void {
    const { metadata } = event;
    this.latest = Math.max(this.latest, Date.parse(metadata.recordedAt));
    if (!this.firstRevisions.has(metadata.commandId))
      this.firstRevisions.set(metadata.commandId, this.count);
    if ('approval' in event.data && event.data.approval !== null)
      this.approvals.add(event.data.approval.contentHash);
    if (event.type === 'EntryReversed') this.reversed.add(event.data.revision);
    const sends =
      event.type === 'ShipmentDispatched' ||
      event.type === 'ShipmentRefused' ||
      (event.type === 'CardSurrendered' && event.data.shipmentId !== null);
    if (sends) this.sentAt.push(this.count);
  }
}
