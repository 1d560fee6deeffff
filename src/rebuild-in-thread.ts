import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LogCorrupt } from './event-store/event-store.js';
import type { RowComparison } from './read-models/dump.js';
import type { OnProgress } from './read-models/log-progress.js';
import type { RebuildApart } from './read-models/rebuild-apart.js';
import { RebuildFailed } from './read-models/rebuild-failed.js';
import type { Built } from './read-models/rebuild.js';
import type { Halt } from './read-models/registry.js';
import type { EventStoreSetting } from './settings.js';

/** What the thread is started with. */
export interface RebuildThreadData {
  readonly eventStore: EventStoreSetting;
  /** Codes of the provinces that are kept; none for all. */
  readonly provinces: readonly string[];
  readonly task:
    | { readonly kind: 'build'; readonly file: string }
    | { readonly kind: 'compare'; readonly expected: string; readonly actual: string };
}

export type RebuildThreadMessage =
  | { readonly kind: 'progress'; readonly progress: Parameters<OnProgress> }
  | { readonly kind: 'opened' }
  | { readonly kind: 'built'; readonly built: Built }
  | { readonly kind: 'compared'; readonly comparison: RowComparison | null }
  | { readonly kind: 'failed'; readonly projection: string; readonly halt: Halt }
  | { readonly kind: 'corrupt'; readonly message: string };

/** The long parts of a rebuild in a thread that opens the event store for itself, to read. */
export class RebuildInThread implements RebuildApart {
  constructor(private readonly common: Omit<RebuildThreadData, 'task'>) {}

  build(file: string, onProgress: OnProgress | undefined, signal: AbortSignal): Promise<Built> {
    return this.#run<Built>({ kind: 'build', file }, signal, (message, done) => {
      if (message.kind === 'progress') onProgress?.(...message.progress);
      if (message.kind === 'built') done(message.built);
    });
  }

  compare(
    files: { readonly expected: string; readonly actual: string },
    onOpened: () => void,
    signal: AbortSignal,
  ): Promise<RowComparison | null> {
    const task = { kind: 'compare', ...files } as const;
    return this.#run<RowComparison | null>(task, signal, (message, done) => {
      if (message.kind === 'opened') onOpened();
      if (message.kind === 'compared') done(message.comparison);
    });
  }

  async #run<T>(
    task: RebuildThreadData['task'],
    signal: AbortSignal,
    hear: (message: RebuildThreadMessage, done: (result: T) => void) => void,
  ): Promise<T> {
    signal.throwIfAborted();
    const workerData: RebuildThreadData = { ...this.common, task };
    const worker = new Worker(threadFile(), { workerData, execArgv: [] });
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    worker.on('message', (message: RebuildThreadMessage) => {
      if (message.kind === 'failed') reject(new RebuildFailed(message.projection, message.halt));
      else if (message.kind === 'corrupt') reject(new LogCorrupt(message.message));
      else hear(message, resolve);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      reject(new Error(`the thread of a rebuild ended with exit code ${code}`));
    });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      await worker.terminate();
    }
  }
}

function threadFile(): string {
  return join(import.meta.dirname, `rebuild-thread${extname(import.meta.filename)}`);
}
