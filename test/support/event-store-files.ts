import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  EventStore,
  EventToAppend,
  JsonObject,
  RecordedEvent,
} from '../../src/event-store/event-store.js';

/** Runs with the path of a ledger file that does not exist yet, in a folder of its own. */
export async function withLedgerFile(use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  try {
    await use(join(folder, 'ledger.db'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function storedEvent(data: JsonObject = {}): EventToAppend {
  return { id: randomUUID(), type: 'BlanksSpoiled', data, metadata: { schema: 1 } };
}

/**
 * The events of one append, each saying which of how many it is, so that a reader can tell a whole
 * append from a part of one.
 */
export function markedAppend(size: number, filler = ''): EventToAppend[] {
  const append = randomUUID();
  return Array.from({ length: size }, (_, index) => storedEvent({ append, index, size, filler }));
}

/** Throws unless the events are whole appends of {@link markedAppend}, one after the other. */
export function assertWholeAppends(events: readonly RecordedEvent[]): void {
  for (let at = 0; at < events.length;) {
    const append = events[at]?.data.append;
    const size = Number(events[at]?.data.size);
    if (!(size > 0)) throw new Error(`the event at ${at} is not of a marked append`);
    for (let index = 0; index < size; index++) {
      const event = events[at + index];
      const whole =
        event?.data.append === append &&
        event?.data.index === index &&
        event.stream === events[at]?.stream &&
        event.revision === (events[at]?.revision ?? 0n) + BigInt(index);
      if (!whole)
        throw new Error(`the append at event ${at} is there in part: ${index} of ${size}`);
    }
    at += size;
  }
}

export async function everyEvent(store: EventStore, from?: bigint): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of store.readAll({ from })) events.push(...batch);
  return events;
}

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often a fault is tried: `FAULT_CYCLES` when set, for long runs by night. */
export function faultCycles(usual: number): number {
  const asked = Number(process.env.FAULT_CYCLES ?? '');
  return Number.isSafeInteger(asked) && asked > 0 ? asked : usual;
}

/** `FAULT_SEED` when set, to try again what failed; otherwise one that titles print. */
export function faultSeed(): number {
  const asked = Number(process.env.FAULT_SEED ?? '');
  return Number.isSafeInteger(asked) && asked > 0 ? asked : Date.now() % 2 ** 31;
}
