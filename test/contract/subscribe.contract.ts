import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { SubscribeOptions, SubscriptionMessage } from '../../src/event-store/event-store.js';
import { event, events, freshStream, idsOf, type ContractRun } from './contract-target.js';

export function subscribeContract(run: ContractRun): void {
  describe('subscription', () => {
    catchingUp(run);
    filters(run);
    endings(run);
  });
}

/** Follows a subscription in the background and lets a test wait for what it has received. */
class Follower {
  readonly messages: SubscriptionMessage[] = [];
  readonly ended: Promise<void>;
  readonly #controller = new AbortController();
  #wake: () => void = () => undefined;

  constructor(run: ContractRun, options: SubscribeOptions) {
    const signal = this.#controller.signal;
    this.ended = (async () => {
      for await (const message of run.store().subscribeAll({ ...options, signal })) {
        this.messages.push(message);
        this.#wake();
      }
    })();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get ids(): string[] {
    return this.messages.flatMap((message) =>
      message.kind === 'events' ? idsOf(message.events) : [],
    );
  }

  count(kind: SubscriptionMessage['kind']): number {
    return this.messages.filter((message) => message.kind === kind).length;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
        this.ended.then(() => Promise.reject(new Error('the subscription ended'))),
      ]);
    }
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.ended;
  }
}

/** The furthest position a list of messages vouches for. */
function checkpointOf(messages: readonly SubscriptionMessage[]): bigint | null {
  let position: bigint | null = null;
  for (const message of messages) {
    if (message.kind === 'events') position = message.events.at(-1)?.position ?? position;
    else position = message.position ?? position;
  }
  return position;
}

function catchingUp(run: ContractRun): void {
  it('delivers what is there, says so, then what comes', async () => {
    const stream = freshStream();
    const old = events(1_500);
    const { position } = await run.store().append(stream, 'no_stream', [event()]);
    await run.store().append(stream, 0n, old);
    const follower = new Follower(run, { after: position });
    await follower.until(() => follower.count('caught_up') === 1);
    expect(follower.ids).toEqual(idsOf(old));
    expect(follower.messages.at(-1)).toEqual({
      kind: 'caught_up',
      position: await run.store().head(),
    });
    const fresh = [events(2), events(3)];
    await run.store().append(stream, 1_500n, fresh[0] ?? []);
    await run.store().append(freshStream(), 'no_stream', fresh[1] ?? []);
    await follower.until(() => follower.ids.length === 1_505);
    expect(follower.ids).toEqual(idsOf([...old, ...fresh.flat()]));
    await follower.stop();
  });

  it('starts after the given position, exclusive', async () => {
    const stream = freshStream();
    const batch = events(5);
    const { position } = await run.store().append(stream, 'no_stream', batch);
    const positions: bigint[] = [];
    for await (const read of run.store().readStream(stream)) {
      positions.push(...read.map((one) => one.position));
    }
    expect(positions.at(-1)).toBe(position);
    for (let index = 0; index < 5; index++) {
      const follower = new Follower(run, { after: positions[index], streamPrefixes: [stream] });
      await follower.until(() => follower.count('caught_up') > 0);
      expect(follower.ids).toEqual(idsOf(batch.slice(index + 1)));
      await follower.stop();
    }
  });

  it('resumes from a checkpoint without loss and without repeats', async () => {
    const stream = freshStream();
    const all = events(40);
    let { position: after } = await run.store().append(freshStream(), 'no_stream', events(1));
    const received: string[] = [];
    for (let part = 0; part < 4; part++) {
      const some = all.slice(part * 10, part * 10 + 10);
      const expected = part === 0 ? 'no_stream' : BigInt(part * 10 - 1);
      await run.store().append(stream, expected, some);
      await run.store().append(freshStream(), 'no_stream', events(2));
      const follower = new Follower(run, { after, streamPrefixes: [stream] });
      await follower.until(() => follower.count('caught_up') > 0);
      await follower.stop();
      received.push(...follower.ids);
      after = checkpointOf(follower.messages) ?? after;
    }
    expect(received).toEqual(idsOf(all));
  });

  it('sees every event of concurrent writers once, in log order', async () => {
    const category = freshStream('busy');
    const after = (await run.store().head()) ?? undefined;
    const follower = new Follower(run, { after, streamPrefixes: [`${category}.`] });
    await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let round = 0; round < 10; round++) {
          const expected = round === 0 ? 'no_stream' : BigInt(round - 1);
          await run.store().append(`${category}.${writer}`, expected, [event({ writer, round })]);
        }
      }),
    );
    await follower.until(() => follower.ids.length >= 200);
    const positions = follower.messages.flatMap((message) =>
      message.kind === 'events' ? message.events.map(({ position }) => position) : [],
    );
    expect(new Set(follower.ids).size).toBe(200);
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
    await follower.stop();
  });
}

function filters(run: ContractRun): void {
  it('by prefix takes the delimiter as written', async () => {
    const province = freshStream('custody');
    const names = [province, `${province}.71`, `${province}.71.01`, `${province}0`, `x${province}`];
    const after = (await run.store().head()) ?? undefined;
    const appended = new Map<string, string>();
    for (const name of names) {
      const one = event();
      appended.set(name, one.id);
      await run.store().append(name, 'no_stream', [one]);
    }
    const received = async (streamPrefixes: readonly string[]) => {
      const follower = new Follower(run, { after, streamPrefixes });
      await follower.until(() => follower.count('caught_up') > 0);
      await follower.stop();
      return names.filter((name) => follower.ids.includes(appended.get(name) ?? ''));
    };
    expect(await received([`${province}.`])).toEqual([`${province}.71`, `${province}.71.01`]);
    expect(await received([province])).toEqual(names.slice(0, 4));
    expect(await received([`${province}.`, `x${province}`])).toEqual([
      `${province}.71`,
      `${province}.71.01`,
      `x${province}`,
    ]);
  });

  it('that skips events still moves on: a later position is vouched for', async () => {
    const wanted = freshStream('rare');
    const { position } = await run.store().append(wanted, 'no_stream', events(1));
    const skipped = await run.store().append(freshStream(), 'no_stream', events(1_000));
    const follower = new Follower(run, { after: position, streamPrefixes: [wanted] });
    await follower.until(() => (checkpointOf(follower.messages) ?? 0n) >= skipped.position);
    expect(follower.ids).toEqual([]);
    await run.store().append(wanted, 0n, events(1));
    await follower.until(() => follower.ids.length === 1);
    await follower.stop();
  });

  it('of streams that do not exist waits for them', async () => {
    const prefix = freshStream('later');
    const after = (await run.store().head()) ?? undefined;
    const follower = new Follower(run, { after, streamPrefixes: [prefix] });
    await follower.until(() => follower.count('caught_up') > 0);
    expect(follower.ids).toEqual([]);
    const batch = events(2);
    await run.store().append(prefix, 'no_stream', batch);
    await follower.until(() => follower.ids.length === 2);
    expect(follower.ids).toEqual(idsOf(batch));
    await follower.stop();
  });
}

function endings(run: ContractRun): void {
  it('ends quietly by its signal while it waits, and leaves no listener behind', async () => {
    const after = (await run.store().head()) ?? undefined;
    const follower = new Follower(run, { after });
    await follower.until(() => follower.count('caught_up') > 0);
    for (let round = 0; round < 30; round++) {
      await run.store().append(freshStream(), 'no_stream', events(1));
      await follower.until(() => follower.ids.length === round + 1);
    }
    expect(getEventListeners(follower.signal, 'abort').length).toBeLessThanOrEqual(2);
    await follower.stop();
    expect(getEventListeners(follower.signal, 'abort')).toHaveLength(0);
  });

  it('ends at once when its signal is aborted already', async () => {
    const messages: SubscriptionMessage[] = [];
    const signal = AbortSignal.abort();
    for await (const message of run.store().subscribeAll({ signal })) messages.push(message);
    expect(messages).toEqual([]);
  });

  it('ends in the middle of catching up', async () => {
    await run.store().append(freshStream(), 'no_stream', events(1_000));
    await run.store().append(freshStream(), 'no_stream', events(1_000));
    const controller = new AbortController();
    let afterwards = 0;
    for await (const message of run.store().subscribeAll({ signal: controller.signal })) {
      if (controller.signal.aborted) afterwards++;
      if (message.kind === 'events') controller.abort();
    }
    expect(controller.signal.aborted).toBe(true);
    expect(afterwards).toBe(0);
  });

  if (run.capabilities.countsFetches) {
    it('pulls on demand: a slow consumer holds at most two batches', async () => {
      const { position } = await run.store().append(freshStream(), 'no_stream', events(1));
      for (let part = 0; part < 4; part++) {
        await run.store().append(freshStream(), 'no_stream', events(1_000));
      }
      const before = run.target().fetched();
      const controller = new AbortController();
      const subscription = run.store().subscribeAll({ after: position, signal: controller.signal });
      const reader = subscription[Symbol.asyncIterator]();
      await reader.next();
      for (let turns = 0; turns < 50; turns++) await turn();
      expect(run.target().fetched() - before).toBeLessThanOrEqual(2_000);
      controller.abort();
      await reader.return?.();
    });
  }
}
