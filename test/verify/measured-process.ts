import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { peakOnDisk } from './folder-size.js';

const USAGE_REPORT = pathToFileURL(join(import.meta.dirname, 'usage-report.js')).href;

/** What a process has cost. */
export interface Cost {
  /** Of the clock on the wall. */
  readonly seconds: number;
  /** Of all its threads, in user and system mode. */
  readonly cpuSeconds: number;
  /** Of resident memory, at its peak. */
  readonly peakBytes: number;
  /** Of the data folder on disk, at its peak. */
  readonly diskBytes: number;
}

export interface Measured {
  readonly cost: Cost;
  /** All it wrote to standard output; its standard error goes to ours. */
  readonly output: string;
}

/**
 * Runs `node program arguments` to its end on a data folder.
 * @throws {Error} it ended with another exit code than 0
 */
export async function runMeasured(
  program: string,
  args: readonly string[],
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<Measured> {
  const options = ['--disable-warning=ExperimentalWarning', '--import', USAGE_REPORT];
  const start = performance.now();
  const { result, peakBytes: diskBytes } = await peakOnDisk(folder, async () => {
    const child = spawn(process.execPath, [...options, program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    const [output, usage] = await Promise.all([
      text(child.stdio[1] as Readable),
      text(child.stdio[3] as Readable),
      closed(child),
    ]);
    return { output, usage, code: child.exitCode, endedBy: child.signalCode };
  });
  const { output, usage, code, endedBy } = result;
  if (code !== 0)
    throw new Error(
      `${args.join(' ')}: ended with ${endedBy ?? `exit code ${String(code)}`}\n${output}`,
    );
  const { cpuSeconds, peakBytes } = JSON.parse(usage) as Pick<Cost, 'cpuSeconds' | 'peakBytes'>;
  const seconds = (performance.now() - start) / 1_000;
  return { output, cost: { seconds, cpuSeconds, peakBytes, diskBytes } };
}

/** Resolves when the process is gone for good. @throws what kept it from starting, or ended it */
async function closed(child: ChildProcess): Promise<void> {
  const faults: Error[] = [];
  child.on('error', (error) => faults.push(error));
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  if (faults[0] !== undefined) throw faults[0];
}
