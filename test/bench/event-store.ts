import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EventStoreDBClient, jsonEvent, type Credentials } from '@eventstore/db-client';
import type { EventToAppend } from '../../src/event-store/event-store.js';
import { EventStoreDbStore } from '../../src/event-store/eventstoredb/eventstoredb-store.js';
import { appendsPerSecond, StreamRevisions, type AppendTarget } from './append-target.js';
import type { BenchRun } from './bench-run.js';
import { compared, interleaved, type Contender, type Figure } from './figures.js';
import { sampleEvent, SAMPLE_STREAMS } from './sample-events.js';

const IN_FLIGHT = 64;
const ADAPTER = 'adapter';
const BATCHES = 'bare client, its batches';
const CALLS = 'bare client, a call each';
const BARE = 'bare client';
/** Events of each stream that is read, all of which one read asks for. */
const READ_EVENTS = 50;

/** The stand-in for the server, in a process of its own as a server is. */
class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly connectionString: string,
  ) {}

  static async start(folder: string): Promise<ServerProcess> {
    const program = join(import.meta.dirname, '..', 'support', 'stand-in', 'serve.js');
    const flags = ['--disable-warning=ExperimentalWarning', program, folder];
    const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    return new ServerProcess(child, line);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
  }
}

/** Streams of one contender. */
function own(name: string, stream: string): string {
  return `${name.replace(/[^a-z]+/g, '-')}-${stream}`;
}

function adapterTarget(store: EventStoreDbStore): AppendTarget {
  return {
    name: ADAPTER,
    revisions: new StreamRevisions(),
    append: (stream, revision, event) =>
      store.append(own(ADAPTER, stream), revision === 0 ? 'no_stream' : BigInt(revision - 1), [
        event,
      ]),
    close: () => Promise.resolve(),
  };
}

/** With credentials the client makes a call of each append, without them it puts them in batches. */
function bareTarget(
  name: string,
  client: EventStoreDBClient,
  credentials: Credentials | null,
): AppendTarget {
  return {
    name,
    revisions: new StreamRevisions(),
    append: (stream, revision, { id, type, data, metadata }) =>
      client.appendToStream(own(name, stream), jsonEvent({ id, type, data, metadata }), {
        expectedRevision: revision === 0 ? 'no_stream' : BigInt(revision - 1),
        ...(credentials === null ? {} : { credentials }),
      }),
    close: () => Promise.resolve(),
  };
}

/** What the adapter costs beside the client it is built on, on one server. */
export async function benchEventStore(run: BenchRun): Promise<readonly Figure[]> {
  const server = await ServerProcess.start(join(run.folder, 'event-store'));
  const { connectionString } = server;
  const store = await EventStoreDbStore.open({ connectionString });
  const client = EventStoreDBClient.connectionString(connectionString);
  try {
    run.progress('appends through the adapter');
    const appends = await measureAppends(run, store, client);
    run.progress('reads through the adapter');
    return [...appends, await measureReads(run, store, client)];
  } finally {
    await store.close();
    await client.dispose();
    await server.stop();
  }
}

async function measureAppends(
  run: BenchRun,
  store: EventStoreDbStore,
  client: EventStoreDBClient,
): Promise<readonly Figure[]> {
  const targets = [
    adapterTarget(store),
    bareTarget(BATCHES, client, null),
    bareTarget(CALLS, client, { username: 'none', password: 'none' }),
  ];
  for (const target of targets) await appendsPerSecond(target, IN_FLIGHT, run.settings);
  const samples = await interleaved(
    run.settings.rounds,
    targets.map((target) => ({
      name: target.name,
      measure: () => appendsPerSecond(target, IN_FLIGHT, run.settings),
    })),
  );
  return [BATCHES, CALLS].map((peer) =>
    compared(samples, {
      name: 'appends to a server',
      inFlight: IN_FLIGHT,
      unit: 'a second',
      contender: ADAPTER,
      peer,
    }),
  );
}

async function measureReads(
  run: BenchRun,
  store: EventStoreDbStore,
  client: EventStoreDBClient,
): Promise<Figure> {
  const streams = SAMPLE_STREAMS.slice(0, IN_FLIGHT).map((stream) => own('read', stream));
  for (const stream of streams) {
    const events: EventToAppend[] = Array.from({ length: READ_EVENTS }, sampleEvent);
    await store.append(stream, 'no_stream', events);
  }
  const contenders: Contender[] = [
    {
      name: ADAPTER,
      measure: () =>
        readsPerSecond(run, streams, async (stream) => {
          let count = 0;
          for await (const batch of store.readStream(stream)) count += batch.length;
          return count;
        }),
    },
    {
      name: BARE,
      measure: () =>
        readsPerSecond(run, streams, async (stream) => {
          let count = 0;
          for await (const { event } of client.readStream(stream)) if (event !== undefined) count++;
          return count;
        }),
    },
  ];
  for (const { measure } of contenders) await measure();
  const samples = await interleaved(run.settings.rounds, contenders);
  return compared(samples, {
    name: `events of a server, in reads of ${READ_EVENTS}`,
    inFlight: IN_FLIGHT,
    unit: 'a second',
    contender: ADAPTER,
    peer: BARE,
  });
}

/** Events a second, every stream being read by one reader again and again until a bound is met. */
async function readsPerSecond(
  { settings }: BenchRun,
  streams: readonly string[],
  read: (stream: string) => Promise<number>,
): Promise<number> {
  const start = performance.now();
  let events = 0;
  await Promise.all(
    streams.map(async (stream) => {
      while (events < settings.maxOperations && performance.now() - start < settings.windowMs) {
        const more = await read(stream);
        events += more;
      }
    }),
  );
  return (events * 1_000) / (performance.now() - start);
}
