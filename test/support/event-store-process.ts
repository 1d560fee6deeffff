import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiledSource } from './compiled-source.js';

/** A running event-store-writer.ts. */
export class WriterProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #wake: () => void = () => undefined;
  #errors = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null || child.stderr === null) throw new Error('its output is not piped');
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    child.stderr.on('data', (chunk) => {
      this.#errors += String(chunk);
    });
    // `close` comes after all output was read, `exit` may come before.
    this.#ended = Promise.all([once(child, 'close'), once(lines, 'close')]);
  }

  /** @param fileBlocks bound of any file it writes, in KiB, set by the shell's ulimit */
  static async start(file: string, writers: number, fileBlocks?: number): Promise<WriterProcess> {
    const program = join(await compiledSource(), 'test', 'support', 'event-store-writer.js');
    const command = [process.execPath, program, file, String(writers)];
    // Not jest's own options, which NODE_OPTIONS may carry.
    const options = { stdio: ['ignore', 'pipe', 'pipe'] as const, env: { PATH: process.env.PATH } };
    if (fileBlocks === undefined) {
      const [node = '', ...rest] = command;
      return new WriterProcess(spawn(node, rest, { ...options, stdio: [...options.stdio] }));
    }
    const limited = ['-c', `ulimit -f ${fileBlocks} && exec "$@"`, 'bash', ...command];
    return new WriterProcess(spawn('bash', limited, { ...options, stdio: [...options.stdio] }));
  }

  get acknowledged(): readonly string[] {
    return this.lines.filter((line) => line.startsWith('custody-'));
  }

  /** Resolves once so many lines were printed; throws what the process complained of when it ended. */
  async untilLines(count: number): Promise<void> {
    while (this.lines.length < count) {
      const woken = new Promise<'woken'>((resolve) => {
        this.#wake = () => {
          resolve('woken');
        };
      });
      const ended = this.#ended.then(() => 'ended' as const);
      if ((await Promise.race([woken, ended])) === 'ended') {
        throw new Error(`the writer ended: ${this.#errors}`);
      }
    }
  }

  /** kill -9; resolves when it is gone and all it printed has been read. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Resolves when it ended by itself and all it printed has been read. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  /** So that no failing test leaves it running: `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  get errors(): string {
    return this.#errors;
  }
}
