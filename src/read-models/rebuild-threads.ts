import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LogCorrupt, type LogPart } from '../event-store/event-store.js';
import type { BulkRebuild, Gathered } from './bulk-rebuild.js';
import { RebuildFailed } from './event-folds.js';
import type { Projection } from './projection.js';
import type {
  RebuildWorkerAnswer,
  RebuildWorkerData,
  RebuildWorkerRequest,
} from './rebuild-worker.js';

/** How many parts a thread may be ahead of the first that is not taken in: what they hand on is kept till then. */
const MOST_AHEAD = 8;

type FoldedPart = Exclude<RebuildWorkerAnswer, { readonly kind: 'gathered' }>;

/**
 * Takes parts of the log, which are its start in order, into a rebuild: several threads read and
 * gather them, this one applies in order what they hand on.
 * @param to the position of the last event of the parts
 * @throws {RebuildFailed} @throws {LogCorrupt} for the first part at fault
 */
export async function takeInThreads(
  rebuild: BulkRebuild,
  log: { readonly parts: readonly LogPart[]; readonly to: bigint },
  projections: readonly Projection[],
  { threads, onEvents }: { readonly threads: number; readonly onEvents: (events: number) => void },
): Promise<void> {
  const names = projections.map(({ name }) => name);
  const workers = Array.from({ length: Math.min(threads, log.parts.length) }, () =>
    RebuildWorker.start({ projections: names }),
  );
  const queue = new PartQueue(log.parts, (part) => {
    if (part.kind === 'halted') throw new RebuildFailed(part.projection, part.halt);
    if (part.kind === 'corrupt') throw new LogCorrupt(part.message);
    for (const event of part.handedOn) rebuild.takeSingly(event);
    onEvents(part.events);
  });
  try {
    const gathered = await Promise.all(workers.map((worker) => gatherAll(worker, queue)));
    rebuild.add(gathered, log.to);
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
}

async function gatherAll(worker: RebuildWorker, queue: PartQueue): Promise<Gathered> {
  for (let next = await queue.next(); next !== null; next = await queue.next()) {
    const answer = await worker.ask(next.part);
    if (answer.kind !== 'gathered') queue.deliver(next.index, answer);
  }
  const answer = await worker.ask('end');
  if (answer.kind !== 'gathered') throw new Error('a thread of the rebuild did not end in order');
  return answer.gathered;
}

/** Gives parts out in order, and takes their answers in the same order, however they come. */
class PartQueue {
  readonly #done = new Map<number, FoldedPart>();
  #given = 0;
  #taken = 0;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly parts: readonly LogPart[],
    private readonly take: (part: FoldedPart) => void,
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

  deliver(index: number, answer: FoldedPart): void {
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

  static start(data: RebuildWorkerData): RebuildWorker {
    return new RebuildWorker(new Worker(workerFile(), { workerData: data, execArgv: [] }));
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
