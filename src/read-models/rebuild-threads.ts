import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LogCorrupt, type LogPart } from '../event-store/event-store.js';
import type { BulkRebuild } from './bulk-rebuild.js';
import type { RebuildWorkerAnswer, RebuildWorkerRequest } from './rebuild-worker.js';

/** How many parts may be read ahead of the first that is not taken in: what they hand on is kept till then. */
const MOST_AHEAD = 8;

/**
 * Takes parts of the log, which are its start in order, into a rebuild: several threads read them, this one
 * takes in, in order, what they hand on.
 * @throws {RebuildFailed} @throws {LogCorrupt} for the first part at fault
 */
export async function takeInThreads(
  rebuild: BulkRebuild,
  parts: readonly LogPart[],
  { threads, onEvents }: { readonly threads: number; readonly onEvents: (events: number) => void },
): Promise<void> {
  const workers = Array.from({ length: Math.min(threads, parts.length) }, () =>
    RebuildWorker.start(),
  );
  const queue = new PartQueue(parts, (answer) => {
    if (answer.kind === 'corrupt') throw new LogCorrupt(answer.message);
    rebuild.add(answer.segment);
    onEvents(answer.segment.size);
  });
  try {
    await Promise.all(workers.map((worker) => readAll(worker, queue)));
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
}

async function readAll(worker: RebuildWorker, queue: PartQueue): Promise<void> {
  for (let next = await queue.next(); next !== null; next = await queue.next())
    queue.deliver(next.index, await worker.ask(next.part));
}

/** Gives parts out in order, and takes their answers in the same order, however they come. */
class PartQueue {
  readonly #done = new Map<number, RebuildWorkerAnswer>();
  #given = 0;
  #taken = 0;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly parts: readonly LogPart[],
    private readonly take: (answer: RebuildWorkerAnswer) => void,
  ) {}

  /** Null: all have been given out. */
  async next(): Promise<{ readonly index: number; readonly part: LogPart } | null> {
    while (this.#given - this.#taken >= MOST_AHEAD && this.#given < this.parts.length) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    const index = this.#given++;
    const part = this.parts[index];
    return part === undefined ? null : { index, part };
  }

  deliver(index: number, answer: RebuildWorkerAnswer): void {
    this.#done.set(index, answer);
    for (let next = this.#done.get(this.#taken); next !== undefined;) {
      this.take(next);
      this.#done.delete(this.#taken++);
      next = this.#done.get(this.#taken);
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** One question at a time. */
class RebuildWorker {
  #answered: PromiseWithResolvers<RebuildWorkerAnswer> | null = null;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (answer: RebuildWorkerAnswer) => {
      this.#answered?.resolve(answer);
    });
    worker.on('error', (error) => {
      this.#answered?.reject(error);
    });
    worker.on('exit', (code) => {
      this.#answered?.reject(new Error(`a thread of the rebuild ended with exit code ${code}`));
    });
  }

  static start(): RebuildWorker {
    return new RebuildWorker(new Worker(workerFile(), { execArgv: [] }));
  }

  ask(request: RebuildWorkerRequest): Promise<RebuildWorkerAnswer> {
    this.#answered = Promise.withResolvers();
    this.worker.postMessage(request);
    return this.#answered.promise;
  }

  async end(): Promise<void> {
    this.#answered = null;
    await this.worker.terminate();
  }
}

function workerFile(): string {
  return join(import.meta.dirname, `rebuild-worker${extname(import.meta.filename)}`);
}
