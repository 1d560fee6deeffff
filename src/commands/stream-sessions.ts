import type { EventStore } from '../event-store/event-store.js';
import { StreamSession, type Aggregate } from './stream-session.js';

/** Bound of all sessions together, in entries (see {@link StreamSession.weight}). */
const MAX_WEIGHT = 4_000_000;
/** How many sessions are looked at for eviction after each opening. */
const EVICTION_STEP = 4;

/** The sessions of one process, least recently used first; the idle ones give way when memory is short. */
export class StreamSessions {
  private readonly sessions = new Map<string, StreamSession<unknown>>();
  private weight = 0;
  private readonly weights = new Map<string, number>();

  constructor(
    private readonly store: EventStore,
    private readonly isInUse: (stream: string) => boolean,
    private readonly maxWeight = MAX_WEIGHT,
  ) {}

  /** The session of a stream, read up to its end when it is opened anew. */
  async open<S>(aggregate: Aggregate<S>, stream: string): Promise<StreamSession<S>> {
    const known = this.sessions.get(stream) as StreamSession<S> | undefined;
    const session = known ?? new StreamSession(this.store, aggregate, stream);
    this.sessions.delete(stream);
    this.sessions.set(stream, session);
    // A first reading that failed, or is still under way, leaves a session that knows only a part.
    if (!session.isRead || session.next === 0) await session.catchUp();
    // One that gave way meanwhile is its reader's alone.
    if (this.sessions.get(stream) === session) this.weigh(session);
    this.evict();
    return session;
  }

  get size(): number {
    return this.sessions.size;
  }

  private weigh(session: { readonly stream: string; readonly weight: number }): void {
    this.weight += session.weight - (this.weights.get(session.stream) ?? 0);
    this.weights.set(session.stream, session.weight);
  }

  private evict(): void {
    if (this.weight <= this.maxWeight) return;
    let looked = 0;
    for (const stream of this.sessions.keys()) {
      if (this.weight <= this.maxWeight || looked === EVICTION_STEP) return;
      looked += 1;
      if (this.isInUse(stream)) continue;
      this.sessions.delete(stream);
      this.weight -= this.weights.get(stream) ?? 0;
      this.weights.delete(stream);
    }
  }
}
