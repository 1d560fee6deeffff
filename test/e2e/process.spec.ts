import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { compiledSource } from '../support/compiled-source.js';
import { StandInServer } from '../support/stand-in/stand-in-server.js';
import { BATCH, dispatch } from './march-2017.js';
import { storeUnderTest } from './store-under-test.js';

let main: string;
let folder: string;
let standIn: StandInServer | null = null;
const running: ServerProcess[] = [];

/** `node main.js`, and all that it says. */
class ServerProcess {
  output = '';
  errors = '';
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [main], {
      env: { PORT: '0', DATA_DIR: folder, ...eventStore(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
    running.push(this);
  }

  /** Its port, once it listens. */
  async port(): Promise<number> {
    for (;;) {
      const port = /listening at http:\/\/127\.0\.0\.1:([0-9]+)/.exec(this.output)?.[1];
      if (port !== undefined) return Number(port);
      const isOver = await Promise.race([
        once(this.child.stdout, 'data').then(() => false),
        this.ended.then(() => true),
      ]);
      if (isOver) throw new Error(`the server ended: ${this.errors}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

function eventStore(): Readonly<Record<string, string>> {
  return standIn === null ? {} : { EVENT_STORE: standIn.connectionString };
}

beforeAll(async () => {
  main = join(await compiledSource(), 'src', 'main.js');
}, 60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blangko-process-'));
  if (storeUnderTest.kind === 'stand-in')
    standIn = await StandInServer.start({ folder: join(folder, 'event-store') });
});

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.signal('SIGKILL');
    await server.ended;
  }
  await standIn?.stop();
  standIn = null;
  await rm(folder, { recursive: true });
});

describe('the server as a process', () => {
  it('refuses to listen beyond this machine, in one line', async () => {
    const server = new ServerProcess({ HOST: '0.0.0.0' });
    expect(await server.ended).toBe(1);
    expect(server.errors).toMatch(
      /^blangko: HOST must be a loopback address [^\n]*"0\.0\.0\.0"[^\n]*\n$/,
    );
  }, 20_000);

  it('refuses a setting that is none, in one line', async () => {
    const server = new ServerProcess({ PORT: 'http' });
    expect(await server.ended).toBe(1);
    expect(server.errors).toMatch(/^blangko: PORT must be [^\n]*\n$/);
  }, 20_000);

  it('refuses a ledger that another process writes, in one line', async () => {
    await new ServerProcess({}).port();
    const second = new ServerProcess({});
    expect(await second.ended).toBe(1);
    expect(second.errors).toMatch(/^blangko: [^\n]+in use[^\n]+stop the process[^\n]+\n$/);
    expect(second.output).toBe('');
  }, 30_000);

  it('refuses a port that is taken, and says which', async () => {
    const port = String(await new ServerProcess({}).port());
    const second = new ServerProcess({ PORT: port, DATA_DIR: join(folder, 'other') });
    expect(await second.ended).toBe(1);
    expect(second.errors).toMatch(
      new RegExp(`^blangko: PORT ${port} of 127\\.0\\.0\\.1 is taken [^\\n]+\\n$`),
    );
    expect(second.output).toBe('');
  }, 30_000);

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends in order at %s, keep-alive or not',
    async (signal) => {
      const server = new ServerProcess({});
      const url = `http://127.0.0.1:${await server.port()}/api/health/live`;
      expect((await fetch(url)).status).toBe(200);
      server.signal(signal);
      expect(await server.ended).toBe(0);
      expect(server.errors).toBe('');
    },
    30_000,
  );

  it('lets a request under way finish before it ends', async () => {
    const server = new ServerProcess({ QUERY_WAIT_MS: '1500' });
    const socket = connect(await server.port(), '127.0.0.1');
    socket.setEncoding('utf8');
    const live = 'GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
    // Both arrive together: the answer to the first shows that the second is under way.
    socket.write(live + live.replace('health/live', 'stock/00?atLeast=999999'));
    let answers = String((await once(socket, 'data'))[0]);
    server.signal('SIGTERM');
    socket.on('data', (text: string) => (answers += text));
    await once(socket, 'close');
    expect(answers).toContain('"code":"read_model_behind"');
    expect(await server.ended).toBe(0);
  }, 30_000);

  // The embedded store is in the process and cannot fall silent.
  const servers = storeUnderTest.kind === 'embedded' ? [] : (['node', 'cluster'] as const);
  for (const kind of servers)
    it(`ends within 10 seconds though the event store is silent (${kind})`, async () => {
      if (standIn === null) throw new Error('there is no server');
      const string = kind === 'node' ? standIn.connectionString : standIn.discoveryString;
      const server = new ServerProcess({ EVENT_STORE: string });
      const path = '/accounts/00/shipments';
      const url = `http://127.0.0.1:${await server.port()}/api${path}`;
      standIn.pause();
      const body = dispatch('31', [`${BATCH}/1..10`]);
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        'x-blangko-actor': 'sari;custodian;00',
      };
      const posted = fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
      const answered = posted.then(({ status }) => status);
      while (standIn.held === 0) await delay(10);
      const start = performance.now();
      server.signal('SIGTERM');
      expect(await answered).toBe(503);
      expect(await server.ended).toBe(0);
      expect(performance.now() - start).toBeLessThan(10_000);
    }, 40_000);

  it('cuts headers that do not come, and serves others meanwhile', async () => {
    const port = await new ServerProcess({}).port();
    const slow = connect(port, '127.0.0.1');
    slow.setEncoding('utf8');
    let answer = '';
    slow.on('data', (text: string) => (answer += text));
    slow.write('GET /api/health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const drip = setInterval(() => slow.write('x'), 500);
    try {
      // A drop may meet a connection that is closed already, which is then reset: no matter.
      slow.on('error', () => undefined);
      const closed = new Promise<void>((resolve) => {
        slow.once('close', () => {
          resolve();
        });
      });
      expect((await fetch(`http://127.0.0.1:${port}/api/health/live`)).status).toBe(200);
      await closed;
    } finally {
      clearInterval(drip);
    }
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  }, 40_000);

  it('answers what is no HTTP with a problem', async () => {
    const port = await new ServerProcess({}).port();
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => (answer += text));
    socket.write('\u0016\u0003\u0001 no HTTP at all\r\n\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"request_malformed"');
  }, 30_000);
});
