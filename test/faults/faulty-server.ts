import { setTimeout as delay } from 'node:timers/promises';
import { FaultFound, must } from './fault-row.js';
import { ToldProcess, type StartOptions } from './told-process.js';

const ACCOUNTS = ['31.71.01.1001', '31.71.01.1002', '31.71.02.1001', '31.73.01.1001', '31', '00'];
const BODY = {
  occurredAt: { value: '2017-03-31T09:15', precision: 'minute', zone: 'Asia/Jakarta' },
  count: 1,
  bag: 'KARUNG-1',
  seal: 'P-000219',
  source: 'field office',
};
const READY_WITHIN_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

export interface CommandAnswer extends Answer {
  readonly code: string;
  readonly position: number;
  readonly ids: readonly string[];
}

let keys = 0;

/** The real server in a process of its own, under a fault. */
export class FaultyServer {
  /** Ids of the events of every command that was answered 201. */
  readonly acknowledged: string[] = [];
  /** The highest that was acknowledged; decimal. */
  lastPosition = '0';

  private constructor(
    private readonly process: ToldProcess,
    readonly url: string,
    /** Of the node process itself, whatever runs it. */
    readonly pid: number,
  ) {}

  static async start(folder: string, options: StartOptions = {}): Promise<FaultyServer> {
    const env = { PORT: '0', DATA_DIR: folder, QUERY_WAIT_MS: '300', ...options.env };
    const child = new ToldProcess('src/main.js', [], { ...options, env });
    const line = await child.untilLine((text) => text.includes('listening at'));
    if (line === null) throw new FaultFound(`the server did not start: ${child.errors}`);
    const url = /http:\/\/127\.0\.0\.1:[0-9]+/.exec(line)?.[0] ?? '';
    const { pid } = JSON.parse(line) as { readonly pid: number };
    const server = new FaultyServer(child, url, pid);
    const deadline = performance.now() + READY_WITHIN_MS;
    while ((await server.get('/health/ready')).status !== 200) {
      if (performance.now() > deadline) {
        await server[Symbol.asyncDispose]();
        throw new FaultFound('the server was not ready within 30 s of its start');
      }
      await delay(20);
    }
    return server;
  }

  async get(path: string): Promise<Answer> {
    const response = await fetch(`${this.url}/api${path}`);
    return {
      status: response.status,
      text: await response.text(),
      type: response.headers.get('content-type') ?? '',
    };
  }

  nextKey(): number {
    return keys++;
  }

  /** Any command, by an officer of the office whose books are written, under a key of its own. */
  async post(path: string, body: object): Promise<Answer> {
    const { account } = body as { readonly account?: string };
    const office = account ?? /^\/accounts\/([0-9.]+)\//.exec(path)?.[1] ?? '00';
    const response = await fetch(`${this.url}/api${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-blangko-actor': `sari;custodian;${office}`,
        'idempotency-key': `fault-${process.pid}-${this.nextKey()}`,
      },
      body: JSON.stringify(body),
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, text: await response.text(), type };
  }

  /** One command on one of a few accounts; what was acknowledged is kept. The same key is the same command. */
  async command(filler = '', key = this.nextKey()): Promise<CommandAnswer> {
    const account = ACCOUNTS[key % ACCOUNTS.length] ?? '00';
    const response = await fetch(`${this.url}/api/accounts/${account}/unnumbered`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-blangko-actor': `sari;custodian;${account}`,
        'idempotency-key': `fault-${process.pid}-${key}`,
      },
      body: JSON.stringify(filler === '' ? BODY : { ...BODY, note: filler }),
    });
    const text = await response.text();
    const body = JSON.parse(text) as {
      readonly code?: string;
      readonly position?: string;
      readonly events?: readonly { readonly id: string }[];
    };
    const ids = (body.events ?? []).map(({ id }) => id);
    if (response.status === 201) this.acknowledged.push(...ids);
    if (body.position !== undefined && BigInt(body.position) > BigInt(this.lastPosition))
      this.lastPosition = body.position;
    return {
      status: response.status,
      text,
      type: response.headers.get('content-type') ?? '',
      code: body.code ?? '',
      position: Number(body.position ?? NaN),
      ids,
    };
  }

  /** That writes are refused and said to be, while all else goes on. */
  async requireReadOnly(): Promise<void> {
    const write = await this.command();
    must(
      write.status === 503 && write.type.startsWith('application/problem+json'),
      `a write was answered ${write.status} ${write.text}`,
    );
    must(write.code === 'store_read_only', `a write was refused as ${write.code}`);
    // An account's own page also needs the read models up to its last entry, which a full disk may
    // have kept out: then it says read_model_behind rather than something old.
    for (const path of ['/accounts/31/events', '/stock/31', '/health/live']) {
      const { status, text } = await this.get(path);
      must(status === 200, `${path} was answered ${status} ${text}`);
    }
    const ready = await this.get('/health/ready');
    must(
      ready.status === 503 && ready.text.includes('the event store is read-only'),
      `readiness said ${ready.status} ${ready.text}`,
    );
    const metrics = await this.get('/metrics');
    must(/^ledger_store_readonly 1$/m.test(metrics.text), 'ledger_store_readonly is not 1');
  }

  /** SIGTERM; its exit code and how long it took, in milliseconds. */
  async stop(): Promise<{ readonly code: number | null; readonly tookMs: number }> {
    const start = performance.now();
    process.kill(this.pid, 'SIGTERM');
    const code = await this.process.ended;
    return { code, tookMs: performance.now() - start };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(this.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
    await this.process[Symbol.asyncDispose]();
  }
}
