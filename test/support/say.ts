import { writeSync } from 'node:fs';

const PAUSE_MS = 1;
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes a line to standard output at once, before anything else is done. Where that is a pipe whose
 * reader is slow, it waits: a process with threads has such a pipe not block by itself.
 */
export function say(line: string): void {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(never, 0, 0, PAUSE_MS);
    }
  }
}
