import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import {
  assertWholeAppends,
  everyEvent,
  faultCycles,
  faultSeed,
  seededRandom,
  withLedgerFile,
} from '../support/event-store-files.js';
import { WriterProcess } from '../support/event-store-process.js';

/** Cycles on one file, each recovering what the one before left. */
const CYCLES_A_LEDGER = 10;
const WRITERS = 16;

/** What was acknowledged: the id that stands at `stream@revision`. */
type Acknowledged = Map<string, string>;

function note(acknowledged: Acknowledged, line: string): void {
  const [stream, last, ids] = line.split(' ');
  const list = ids?.split(',') ?? [];
  const first = BigInt(last ?? '') - BigInt(list.length - 1);
  list.forEach((id, index) => acknowledged.set(`${stream}@${first + BigInt(index)}`, id));
}

function missing(acknowledged: Acknowledged, events: readonly RecordedEvent[]): string[] {
  const stored = new Map(events.map(({ stream, revision, id }) => [`${stream}@${revision}`, id]));
  return [...acknowledged].filter(([at, id]) => stored.get(at) !== id).map(([at]) => at);
}

/** One life of the writer: started, put under load, killed at a random moment, and looked into. */
async function killOnce(
  file: string,
  acknowledged: Acknowledged,
  random: () => number,
): Promise<number> {
  await using writer = await WriterProcess.start(file, WRITERS);
  // Some are killed while they open, and so recover, the ledger.
  const early = random() < 0.1;
  if (!early) await writer.untilLines(2);
  await sleep(random() * 120);
  await writer.kill();
  for (const line of writer.acknowledged) note(acknowledged, line);

  // That this opens shows that the lock died with its holder.
  const store = openEmbeddedStore({ file, mode: 'writer' });
  try {
    const events = await everyEvent(store);
    expect(missing(acknowledged, events)).toEqual([]);
    assertWholeAppends(events);
    expect((await store.verify()).events).toBe(events.length);
  } finally {
    await store.close();
  }
  return writer.acknowledged.length;
}

// What this cannot see: a missing fsync. The page cache survives kill -9, so the same cycles pass with
// `synchronous=OFF`. That the pragma is FULL is read back at every open (embedded-file.spec.ts).
describe('kill -9 under load', () => {
  const cycles = faultCycles(100);
  const seed = faultSeed();

  it(
    `loses no acknowledged event and shows no half command in ${cycles} cycles (FAULT_SEED=${seed})`,
    async () => {
      const random = seededRandom(seed);
      let appends = 0;
      for (let done = 0; done < cycles; done += CYCLES_A_LEDGER) {
        await withLedgerFile(async (file) => {
          const acknowledged: Acknowledged = new Map();
          for (let cycle = done; cycle < Math.min(done + CYCLES_A_LEDGER, cycles); cycle++) {
            appends += await killOnce(file, acknowledged, random);
          }
        });
      }
      // Otherwise there was no load and the test showed nothing.
      expect(appends).toBeGreaterThan(cycles);
    },
    60_000 + cycles * 3_000,
  );
});
