import type { EventToAppend } from '../../src/event-store/event-store.js';
import { ACCOUNTS, sampleEvent, SAMPLE_STREAMS } from './sample-events.js';

/** Something that makes events durable one by one, as they are handed to it. */
export interface AppendTarget {
  readonly name: string;
  readonly revisions: StreamRevisions;
  /** Resolves when the event is durable. `revision` is the event's own in its stream, from 0. */
  append(stream: string, revision: number, event: EventToAppend): Promise<unknown>;
  close(): Promise<void>;
}

/** The next revision of each sample stream in one target. */
export class StreamRevisions {
  readonly #next = new Uint32Array(ACCOUNTS);

  /** Takes the next revision of a stream. */
  take(stream: number): number {
    const revision = this.#next[stream] ?? 0;
    this.#next[stream] = revision + 1;
    return revision;
  }
}

export interface AppendBounds {
  readonly windowMs: number;
  readonly maxOperations: number;
}

/**
 * Appends with so many under way at once until a bound is met; returns appends acknowledged a second.
 * Each of those under way goes round streams of its own, so revisions never clash.
 */
export async function appendsPerSecond(
  target: AppendTarget,
  inFlight: number,
  { windowMs, maxOperations }: AppendBounds,
): Promise<number> {
  const start = performance.now();
  let begun = 0;
  const run = async (first: number): Promise<void> => {
    for (let stream = first; ; stream = stream + inFlight < ACCOUNTS ? stream + inFlight : first) {
      if (begun >= maxOperations || performance.now() - start >= windowMs) return;
      begun++;
      const revision = target.revisions.take(stream);
      await target.append(SAMPLE_STREAMS[stream] ?? '', revision, sampleEvent());
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, first) => run(first)));
  return (begun * 1_000) / (performance.now() - start);
}
