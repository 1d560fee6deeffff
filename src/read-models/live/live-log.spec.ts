import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { markedAppend, seededRandom } from '../../../test/support/event-store-files.js';
import { temporaryLedger, type TemporaryLedger } from '../../../test/support/projection-ledger.js';
import { LiveLog } from './live-log.js';

const EVENTS = 600;
const KEPT = 16;

let ledger: TemporaryLedger;
let live: LiveLog;

beforeEach(async () => {
  ledger = await temporaryLedger();
  live = new LiveLog(ledger.store, KEPT);
});

afterEach(async () => {
  live.close();
  await ledger.close();
});

async function append(count: number): Promise<void> {
  for (let at = 0; at < count; at += 3)
    await ledger.store.append(`test-${at % 7}`, 'any', markedAppend(3));
}

/** Takes steps, and now and then its time, until it has come to the last event. */
async function followed(after: bigint, to: number, pace: () => Promise<unknown>) {
  const positions: bigint[] = [];
  const { signal } = new AbortController();
  for await (const { events } of live.follow({ after, signal, idleMs: 50 })) {
    positions.push(...events.map(({ position }) => position));
    if ((positions.at(-1) ?? 0n) >= BigInt(to)) return positions;
    await pace();
  }
  throw new Error('it ended before its time');
}

describe('the live log', () => {
  it('brings every follower every event once, however slow, from wherever it begins', async () => {
    await append(60);
    const random = seededRandom(7);
    const paces = [
      () => Promise.resolve(),
      () => delay(random() < 0.1 ? 20 : 0),
      () => delay(random() < 0.3 ? 30 : 1),
    ];
    const starts = [0n, 1n, 30n, 60n];
    const all = starts.flatMap((start) => paces.map((pace) => followed(start, EVENTS, pace)));
    await append(EVENTS - 60);
    const expected = Array.from({ length: EVENTS }, (_, index) => BigInt(index + 1));
    for (const [index, positions] of (await Promise.all(all)).entries())
      expect(positions).toEqual(expected.slice(Number(starts[Math.floor(index / paces.length)])));
  });

  it('says now and then that nothing has come, and up to where it has looked', async () => {
    await append(3);
    const { signal } = new AbortController();
    const steps = live.follow({ after: 3n, signal, idleMs: 20 });
    expect((await steps.next()).value).toEqual({ events: [], position: 3n });
    await steps.return();
  });

  it('ends for all when it is closed, and fails for all when the store does', async () => {
    const { signal } = new AbortController();
    const waiting = live.follow({ after: 0n, signal, idleMs: 60_000 }).next();
    await delay(20);
    live.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const other = new LiveLog(ledger.store, KEPT);
    await ledger.store.close();
    await expect(other.follow({ after: 0n, signal, idleMs: 60_000 }).next()).rejects.toThrow(
      'closed',
    );
  });
});
