import { setImmediate as turn } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import {
  allOf,
  collect,
  event,
  events,
  freshStream,
  idsOf,
  type ContractRun,
} from './contract-target.js';

/** Two streams written in turns, and one long one: enough for several batches. */
interface Written {
  readonly from: bigint;
  readonly stream: string;
  readonly other: string;
  readonly all: readonly RecordedEvent[];
  readonly own: readonly RecordedEvent[];
}

const OWN_EVENTS = 2_500;
const MAX_BATCH = 1_000;

export function readContract(run: ContractRun): void {
  let written: Written | undefined;
  const log = (): Written => {
    if (written === undefined) throw new Error('nothing was written');
    return written;
  };
  beforeAll(async () => {
    written = await write(run);
  });
  describe('reading', () => {
    streamReads(run, log);
    wholeReads(run, log);
    readersOnDemand(run, log);
  });
}

async function write(run: ContractRun): Promise<Written> {
  const store = run.store();
  const [stream, other] = [freshStream(), freshStream()];
  const { position: from } = await store.append(stream, 'no_stream', [event()]);
  await store.append(other, 'no_stream', events(3));
  for (let revision = 0n; revision < OWN_EVENTS - 1;) {
    const count = Math.min(250, OWN_EVENTS - 1 - Number(revision));
    const appended = store.append(stream, revision, events(count));
    await Promise.all([appended, store.append(other, 'any', [event()])]);
    revision = (await appended).revision;
  }
  const all = await allOf(store, [stream, other], from);
  return { from, stream, other, all, own: all.filter((one) => one.stream === stream) };
}

function streamReads(run: ContractRun, log: () => Written): void {
  it('a stream forwards: all of it, in order, in bounded batches', async () => {
    const read: RecordedEvent[] = [];
    for await (const batch of run.store().readStream(log().stream)) {
      expect(batch.length).toBeGreaterThan(0);
      expect(batch.length).toBeLessThanOrEqual(MAX_BATCH);
      read.push(...batch);
    }
    expect(read.map(({ revision }) => revision)).toEqual(
      Array.from({ length: OWN_EVENTS }, (_, revision) => BigInt(revision)),
    );
    expect(read).toEqual(log().own);
  });

  it('a stream backwards is the same, turned round', async () => {
    const read = await collect(run.store().readStream(log().stream, { direction: 'backwards' }));
    expect(read).toEqual([...log().own].reverse());
  });

  it.each<['forwards' | 'backwards', bigint, number, number[]]>([
    ['forwards', 0n, 3, [0, 1, 2]],
    ['forwards', 2_498n, 10, [2_498, 2_499]],
    ['forwards', 2_500n, 10, []],
    ['backwards', 2_499n, 2, [2_499, 2_498]],
    ['backwards', 1n, 10, [1, 0]],
    ['backwards', 0n, 10, [0]],
    ['forwards', 5n, 0, []],
  ])('%s from revision %s, at most %i', async (direction, from, max, revisions) => {
    const read = await collect(run.store().readStream(log().stream, { direction, from, max }));
    expect(read.map(({ revision }) => Number(revision))).toEqual(revisions);
  });

  it('at most so many, across batches', async () => {
    const { stream } = log();
    for (const max of [1, 999, 1_000, 1_001, 2_001]) {
      expect(await collect(run.store().readStream(stream, { max }))).toHaveLength(max);
    }
  });

  it('a stream that does not exist has no events, either way', async () => {
    expect(await collect(run.store().readStream(freshStream()))).toEqual([]);
    const backwards = run.store().readStream(freshStream(), { direction: 'backwards' });
    expect(await collect(backwards)).toEqual([]);
  });

  it("a stream whose name begins another's is not that one", async () => {
    const stream = freshStream();
    await run.store().append(`${stream}0`, 'no_stream', events(2));
    expect(await collect(run.store().readStream(stream))).toEqual([]);
  });
}

function wholeReads(run: ContractRun, log: () => Written): void {
  it('the whole log: positions strictly increase, batches are bounded', async () => {
    let last = -1n;
    for await (const batch of run.store().readAll()) {
      expect(batch.length).toBeLessThanOrEqual(MAX_BATCH);
      for (const { position } of batch) {
        expect(position > last).toBe(true);
        last = position;
      }
    }
    expect(last >= (log().all.at(-1)?.position ?? 0n)).toBe(true);
  });

  it('from a position means that event too, wherever it stands', async () => {
    const { all, stream, other } = log();
    for (const index of [0, 1, 2, 5, 300, 1_001, all.length - 1]) {
      const from = all[index]?.position;
      const read = await allOf(run.store(), [stream, other], from);
      expect(idsOf(read)).toEqual(idsOf(all.slice(index)));
    }
  });

  it('at most so many, from a position', async () => {
    const { all } = log();
    for (const max of [0, 1, 2, 999, 1_000, 1_001]) {
      const read = await collect(run.store().readAll({ from: all[1]?.position, max }));
      expect(read).toHaveLength(max);
      expect(read[0]?.id).toBe(max === 0 ? undefined : all[1]?.id);
    }
  });

  it('what streams and the whole log say of an event agrees', async () => {
    const { own, stream, from } = log();
    const whole = await allOf(run.store(), [stream], from);
    expect(whole).toEqual(own);
  });

  it('head is the position of the last event', async () => {
    const { position } = await run.store().append(freshStream(), 'no_stream', events(3));
    expect(await run.store().head()).toBe(position);
  });
}

function readersOnDemand(run: ContractRun, log: () => Written): void {
  it('ends with the reason of its signal, before and between batches', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(collect(run.store().readAll({ signal: aborted }))).rejects.toThrow('enough');
    await expect(
      collect(run.store().readStream(log().stream, { signal: aborted })),
    ).rejects.toThrow('enough');
    const controller = new AbortController();
    let batches = 0;
    const read = (async () => {
      for await (const batch of run
        .store()
        .readStream(log().stream, { signal: controller.signal })) {
        if (batch.length > 0) batches++;
        controller.abort(new Error('after the first'));
      }
    })();
    await expect(read).rejects.toThrow('after the first');
    expect(batches).toBe(1);
  });

  it('can be left early and read again', async () => {
    for (let time = 0; time < 3; time++) {
      for await (const batch of run.store().readAll({ from: log().from })) {
        expect(batch[0]?.id).toBe(log().all[0]?.id);
        break;
      }
    }
  });

  if (run.capabilities.countsFetches) {
    it('pulls on demand: a slow consumer holds at most two batches', async () => {
      const before = run.target().fetched();
      const reader = run.store().readAll({ from: log().from })[Symbol.asyncIterator]();
      const first = await reader.next();
      for (let turns = 0; turns < 50; turns++) await turn();
      expect(first.done).toBe(false);
      expect(run.target().fetched() - before).toBeLessThanOrEqual(2 * MAX_BATCH);
      await reader.return?.();
    });
  }
}
