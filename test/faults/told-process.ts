import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface StartOptions {
  /** A program and its arguments that runs what follows, e.g. strace. */
  readonly under?: readonly string[] | undefined;
  readonly nodeOptions?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const running = new Set<number>();
// Whatever ends the run ends what it started.
process.once('exit', () => {
  for (const pid of running) process.kill(pid, 'SIGKILL');
});

/** A process of a compiled program, and all that it says, line by line. */
export class ToldProcess {
  readonly lines: string[] = [];
  errors = '';
  /** Its exit code, null by a signal; resolves when all it said was read. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #wake: () => void = () => undefined;

  /** @param program path below the compiled sources, e.g. `src/main.js` */
  constructor(program: string, args: readonly string[], options: StartOptions = {}) {
    const path = join(import.meta.dirname, '..', '..', program);
    const node = [process.execPath, '--disable-warning=ExperimentalWarning'];
    const whole = [
      ...(options.under ?? []),
      ...node,
      ...(options.nodeOptions ?? []),
      path,
      ...args,
    ];
    const [command = '', ...rest] = whole;
    this.#child = spawn(command, rest, {
      env: { PATH: process.env.PATH, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = this.#child;
    if (pid !== undefined) {
      running.add(pid);
      this.#child.once('exit', () => running.delete(pid));
    }
    const reader = createInterface({ input: this.#child.stdout });
    reader.on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    this.#child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = Promise.all([once(this.#child, 'close'), once(reader, 'close')]).then(
      ([[code]]) => code as number | null,
    );
  }

  /** The first line that passes; null when it ended without one. */
  async untilLine(passes: (line: string) => boolean): Promise<string | null> {
    for (let at = 0; ;) {
      for (; at < this.lines.length; at++) {
        const line = this.lines[at] ?? '';
        if (passes(line)) return line;
      }
      const woken = new Promise<boolean>((resolve) => {
        this.#wake = () => {
          resolve(false);
        };
      });
      const isOver = await Promise.race([woken, this.ended.then(() => true)]);
      if (isOver && at === this.lines.length) return null;
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}
