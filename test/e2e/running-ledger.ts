import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { serve, type RunningServer, type ServeOptions } from '../../src/http/serve.js';
import { readSettings } from '../../src/settings.js';
import { StandInServer } from '../support/stand-in/stand-in-server.js';
import { storeUnderTest } from './store-under-test.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: AnswerBody;
}

/**
 * The body of an answer, as far as the specs look into it by name. Each answer has some of these
 * fields only, and one that is no JSON has none.
 */
export interface AnswerBody {
  readonly code: string;
  readonly status: number;
  readonly facts: { readonly contentHash: string };
  readonly position: string;
  readonly revision: string;
  readonly shipmentId: string;
  readonly next: string | null;
  readonly events: readonly { readonly type: string }[];
  readonly items: readonly {
    readonly shipmentId: string;
    readonly total: { readonly usable: number };
  }[];
  readonly own: object;
  readonly total: object;
  readonly issuedCount: number;
  readonly paths: Readonly<Record<string, object>>;
}

export interface Sending {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

/** An officer of the office whose books are written. */
function actorFor(path: string, body: object): string {
  const { account } = body as { readonly account?: string };
  const office = account ?? /^\/accounts\/([0-9.]+)\//.exec(path)?.[1] ?? '00';
  return `sari;custodian;${office}`;
}

type Environment = Readonly<Record<string, string>>;

/** The real server on a real socket with real files in a folder of its own. */
export class RunningLedger {
  readonly logLines: string[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private server: RunningServer | null = null;
  private keys = 0;

  private constructor(
    readonly folder: string,
    /** Where the events are, if not in a file. */
    readonly standIn: StandInServer | null,
    private readonly more: Environment,
  ) {}

  /** @param more settings besides those of a folder of its own */
  static async start(more: Environment = {}): Promise<RunningLedger> {
    const folder = await mkdtemp(join(tmpdir(), 'blangko-e2e-'));
    const standIn =
      storeUnderTest.kind === 'stand-in' && more.EVENT_STORE === undefined
        ? await StandInServer.start({ folder: join(folder, 'event-store') })
        : null;
    const ledger = new RunningLedger(folder, standIn, more);
    await ledger.open();
    return ledger;
  }

  get url(): string {
    if (this.server === null) throw new Error('the server is not running');
    return this.server.url;
  }

  async open(options: Pick<ServeOptions, 'maxFileBytes'> = {}): Promise<void> {
    const settings = readSettings({
      DATA_DIR: this.folder,
      EVENT_STORE: this.standIn?.connectionString,
      PORT: '0',
      LOG_LEVEL: 'trace',
      QUERY_WAIT_MS: '300',
      // A thread would need the sources compiled.
      QUESTION_THREADS: '0',
      ...this.more,
    });
    const logTo = { write: (line: string) => void this.logLines.push(line) };
    this.server = await serve(settings, { logTo, ...options });
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await this.server?.close();
    this.server = null;
  }

  async remove(): Promise<void> {
    await this.close();
    await this.standIn?.stop();
    await rm(this.folder, { recursive: true });
  }

  nextKey(): string {
    this.keys += 1;
    // Of this ledger alone, since another may stand on the same server.
    return `key-${basename(this.folder)}-${this.keys}`;
  }

  get(path: string): Promise<Answer> {
    return this.send({ method: 'GET', path: `/api${path}` });
  }

  /** A write with a new key, unless `headers` has one. */
  post(path: string, body: object, headers: Sending['headers'] = {}): Promise<Answer> {
    return this.send({
      method: 'POST',
      path: `/api${path}`,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': this.nextKey(),
        'x-blangko-actor': actorFor(path, body),
        ...headers,
      },
      body: JSON.stringify(body),
    });
  }

  /** As {@link post}; where the ledger asks for a second person, `approver` approves. */
  async postApproved(path: string, body: object, approver = 'budi'): Promise<Answer> {
    const headers = { 'idempotency-key': this.nextKey() };
    const first = await this.post(path, body, headers);
    if (first.json.code !== 'approval_required') return first;
    const approval = {
      by: { id: approver, role: 'custodian', facilityId: '31.71' },
      at: '2017-03-31T10:00:00+07:00',
      contentHash: first.json.facts.contentHash,
    };
    return this.post(path, { ...body, approval }, headers);
  }

  send({ method, path, headers = {}, body }: Sending): Promise<Answer> {
    const { hostname, port } = new URL(this.url);
    const options = { hostname, port, method, path, headers, agent: this.agent };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = incoming.statusCode ?? 0;
          resolve({ status, headers: incoming.headers, text, json: jsonOf(text) });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function jsonOf(text: string): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return {} as AnswerBody;
  }
}
