import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { logRanges, type LogRange } from '../../src/event-store/embedded/log-range.js';

/** What a thread of the replay is started with. */
export interface ReplayPart {
  readonly logFile: string;
  readonly range: LogRange;
}

/** As the bulk rebuild reads: one for each core, two at most. */
export const REPLAY_THREADS = Math.min(2, availableParallelism());

/** The whole log, cut into as many ranges as threads, every event parsed in full; returns the events read. */
export async function replayInThreads(logFile: string): Promise<number> {
  const ranges = logRanges(logFile, REPLAY_THREADS);
  const counts = await Promise.all(ranges.map((range) => replayPart({ logFile, range })));
  return counts.reduce((sum, count) => sum + count, 0);
}

function replayPart(part: ReplayPart): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'replay-thread.js'), { workerData: part });
    worker.once('message', (events: number) => {
      resolve(events);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`a thread of the replay ended with exit code ${code}`));
    });
  });
}
