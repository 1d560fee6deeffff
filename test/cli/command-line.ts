import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledSource } from '../support/compiled-source.js';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled `blangko` in a process of its own, on a data folder of its own. */
export async function blangko(
  dataDir: string,
  words: readonly string[],
  node = process.execPath,
  settings: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  return finished(await started(dataDir, words, settings, node));
}

async function started(
  dataDir: string,
  words: readonly string[],
  settings: NodeJS.ProcessEnv = {},
  node = process.execPath,
): Promise<ChildProcess> {
  const entry = join(await compiledSource(), 'src', 'cli', 'blangko.js');
  const env = { ...environment(), ...settings };
  return spawn(node, [entry, '--data-dir', dataDir, ...words], { env });
}

/** Has a command run until its output shows something, then ends it. */
export async function followed(
  dataDir: string,
  words: readonly string[],
  shows: RegExp,
): Promise<Finished> {
  const child = await started(dataDir, words);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    if (shows.test(text)) child.kill('SIGTERM');
  });
  return finished(child);
}

export interface Served {
  readonly url: string;
  readonly stop: () => Promise<Finished>;
}

/** Starts `serve` or `demo` on a free port and waits until it listens. */
export async function served(dataDir: string, command: 'serve' | 'demo'): Promise<Served> {
  const child = await started(dataDir, [command], { PORT: '0', LOG_LEVEL: 'warn' });
  const ended = finished(child);
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    const look = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      const found = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    void ended.then(({ stderr }) => {
      reject(new Error(`the server ended before it listened: ${stderr}`));
    });
  });
  return {
    url,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Starts a command and kills it (SIGKILL) when it first tells how far it is. */
export async function killedAtFirstProgress(
  dataDir: string,
  words: readonly string[],
): Promise<Finished> {
  const child = await started(dataDir, words);
  child.stderr?.once('data', () => child.kill('SIGKILL'));
  return finished(child);
}

/** Folders that go away at the end of a spec. */
export class Folders {
  readonly #made: string[] = [];

  async make(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'blangko-cli-'));
    this.#made.push(folder);
    return folder;
  }

  async copyOf(folder: string): Promise<string> {
    const copy = await this.make();
    await cp(folder, copy, { recursive: true });
    return copy;
  }

  async removeAll(): Promise<void> {
    await Promise.all(this.#made.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** What the machine has set for itself must not reach the program under test. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC' };
}

function finished(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** The one line a failed command told; lines of progress are left out. */
export function complaint({ stderr }: Finished): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !/ \d+% \(/.test(line));
  if (lines.length !== 1) throw new Error(`not one line: ${stderr}`);
  return lines[0] ?? '';
}
