import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDbStore } from '../../../src/event-store/eventstoredb/eventstoredb-store.js';
import { StandInServer } from '../../support/stand-in/stand-in-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer, type CommandAnswer } from '../faulty-server.js';
import { readModelsEqualFreshFold } from '../fresh-fold.js';
import { requireAll } from '../whole-log.js';

const COMMANDS_A_SECOND = 50;
/** What the ledger promises: 8 s, and what a busy machine adds. */
const ANSWERED_WITHIN_MS = 9_000;
/** The read models hold what was acknowledged, once all is well again. */
const FOLLOWED_WITHIN_MS = 15_000;

interface World {
  readonly server: StandInServer;
  readonly proxy: TcpProxy;
  readonly random: () => number;
}

type Fault = (world: World) => Promise<void>;

function between(random: () => number, least: number, most: number): number {
  return least + random() * (most - least);
}

/** Each leaves the wire as it should be. */
const FAULTS: Readonly<Record<string, Fault>> = {
  cut: ({ proxy }) => {
    proxy.cut();
    return Promise.resolve();
  },
  delayed: async ({ proxy, random }) => {
    proxy.become({ kind: 'slow', ms: between(random, 50, 800) });
    await sleep(between(random, 300, 1_500));
    proxy.become({ kind: 'clear' });
  },
  'half-open': async ({ proxy, random }) => {
    proxy.become({ kind: 'half_open' });
    await sleep(between(random, 200, 4_000));
    proxy.become({ kind: 'clear' });
    // What was lost on the way cannot be made up for: that connection is worth nothing.
    proxy.cut();
  },
  silent: async ({ proxy, random }) => {
    proxy.become({ kind: 'silent' });
    await sleep(between(random, 200, 4_000));
    if (random() < 0.5) proxy.cut();
    proxy.become({ kind: 'clear' });
  },
  restarted: async ({ server, random }) => {
    await server.stop();
    await sleep(between(random, 0, 1_500));
    await server.start();
  },
};

/** Commands at a steady pace, each once; and those that were answered 503 again until they are not. */
class Load {
  readonly statuses = new Map<number, number>();
  slowestMs = 0;
  sent = 0;
  #isOver = false;
  #fault: Error | null = null;
  readonly #under = new Set<Promise<void>>();
  readonly #pace: Promise<void>;
  readonly #failed: (() => Promise<CommandAnswer>)[] = [];

  constructor(private readonly app: FaultyServer) {
    this.#pace = this.#run();
  }

  /** Once every command was answered. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#pace;
    await Promise.all(this.#under);
    if (this.#fault !== null) throw this.#fault;
  }

  /** Of those that were turned away, all are taken in the end: one effect each, whatever was written before. */
  async sendAgain(): Promise<number> {
    for (const again of this.#failed) {
      const { status, text } = await again();
      must(status === 201, `a command sent again was answered ${status} ${text}`);
    }
    return this.#failed.length;
  }

  async #run(): Promise<void> {
    const start = performance.now();
    for (let due = start; !this.#isOver; due += 1_000 / COMMANDS_A_SECOND) {
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait);
      const one = this.#send()
        .catch((error: unknown) => {
          this.#fault ??= error instanceof Error ? error : new Error(String(error));
        })
        .finally(() => this.#under.delete(one));
      this.#under.add(one);
    }
  }

  async #send(): Promise<void> {
    const key = this.app.nextKey();
    this.sent++;
    const start = performance.now();
    const { status, text } = await this.app.command('', key);
    const tookMs = performance.now() - start;
    this.slowestMs = Math.max(this.slowestMs, tookMs);
    must(tookMs < ANSWERED_WITHIN_MS, `a command was answered after ${tookMs.toFixed(0)} ms`);
    must(status === 201 || status === 503, `a command was answered ${status} ${text}`);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 503) this.#failed.push(() => this.app.command('', key));
  }
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const faults = count(200, 5);
  const data = join(folder, 'node');
  await using server = await StandInServer.start({ folder: join(folder, 'event-store') });
  await using proxy = await TcpProxy.start(() => server.port);
  const env = { EVENT_STORE: `esdb://127.0.0.1:${proxy.port}?tls=false` };
  await using app = await FaultyServer.start(data, { env });
  const load = new Load(app);
  const names = Object.keys(FAULTS);
  const met = new Map<string, number>();
  for (let at = 0; at < faults; at++) {
    const name = names[at % names.length] ?? '';
    await sleep(between(random, 200, 1_200));
    await FAULTS[name]?.({ server, proxy, random });
    met.set(name, (met.get(name) ?? 0) + 1);
    if (at % 10 === 9 || at === faults - 1) await requireFollowed(app);
  }
  await load.stop();
  const again = await load.sendAgain();
  await requireFollowed(app);
  must((await app.stop()).code === 0, 'the server did not end with code 0');
  const events = await looked(server, data, app.acknowledged);
  const answered = [...load.statuses].map(([status, times]) => `${figure(times)} ${status}`);
  return {
    count: `${figure(faults)} faults: ${[...met].map(([name, times]) => `${times} ${name}`).join(', ')}`,
    result:
      `of ${figure(load.sent)} commands ${answered.join(' and ')}, the slowest after ${(load.slowestMs / 1_000).toFixed(1)} s; ` +
      `${figure(again)} sent again and taken; 0 of ${figure(app.acknowledged.length)} acknowledged events lost, 0 doubled ` +
      `among ${figure(events)}; subscriptions resumed, read models equal a fresh fold`,
  };
}

/** The read models hold the last acknowledged entry, so the subscription that feeds them lives. */
async function requireFollowed(app: FaultyServer): Promise<void> {
  const deadline = performance.now() + FOLLOWED_WITHIN_MS;
  for (;;) {
    const { status, text } = await app.get(`/stock/31?atLeast=${app.lastPosition}`);
    if (status === 200) return;
    must(performance.now() < deadline, `the read models did not follow: ${status} ${text}`);
    await sleep(50);
  }
}

/** What is there when all is over, read past the proxy. Returns how many events there are. */
async function looked(
  server: StandInServer,
  data: string,
  acknowledged: readonly string[],
): Promise<number> {
  const { connectionString } = server;
  const store = await EventStoreDbStore.open({ connectionString });
  try {
    const events = [];
    for await (const batch of store.readAll()) events.push(...batch);
    requireAll(acknowledged, events);
    const commands = events.map(({ metadata }) => metadata.commandId);
    must(new Set(commands).size === commands.length, 'a command has two effects');
    await readModelsEqualFreshFold(store, join(data, 'read-models.db'));
    return events.length;
  } finally {
    await store.close();
  }
}

export const eventStore: FaultRow = {
  name: 'event-store',
  fault: 'the wire to the event store',
  how: `a node on the stand-in server behind a proxy, at ${COMMANDS_A_SECOND} commands a second: connections cut, delayed, half-open, silent, the server restarted`,
  needs: [],
  run,
};
