import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 5;
const MIB = 1024 * 1024;

interface ReadinessAnswer {
  readonly projections: readonly { readonly lagEvents: number | null }[];
}

/** A bench server as its parent sees it. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Started, and listening. */
  static async start(kind: 'ledger' | 'storeless', folder: string): Promise<ServerProcess> {
    const child = fork(join(import.meta.dirname, 'bench-server.js'), [kind], {
      env: { ...process.env, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'info' },
      execArgv: [],
    });
    const { url } = (await messageOf(child)) as { readonly url: string };
    return new ServerProcess(child, url);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Resolves once it says it is ready; with `caughtUp`, once its read models hold the whole log. */
  async ready({ caughtUp = false } = {}): Promise<void> {
    for (;;) {
      const response = await fetch(`${this.url}/api/health/ready`);
      const { projections } = (await response.json()) as ReadinessAnswer;
      const isCurrent = !caughtUp || projections.every(({ lagEvents }) => lagEvents === 0);
      if (response.ok && isCurrent) return;
      await delay(POLL_MS);
    }
  }

  /** Resident memory, in MiB. */
  async memory(): Promise<number> {
    const answer = messageOf(this.child);
    this.child.send('memory');
    return ((await answer) as { readonly rssBytes: number }).rssBytes / MIB;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

/** @throws {Error} the process ended instead */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the bench server ended with code ${String(code)}`);
    });
    const [message] = (await Promise.race([
      once(child, 'message', { signal }),
      ended,
    ])) as unknown[];
    return message;
  } finally {
    waiting.abort();
  }
}
