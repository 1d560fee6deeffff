import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ExportTable } from '../read-models/exports/export-table.js';
import type { EncodingOptions } from './encoding-options.js';
import type {
  ParquetWorkerAnswer,
  ParquetWorkerData,
  ParquetWorkerRequest,
} from './parquet-worker.js';

/** Apache Parquet, compressed with Snappy. The position is in the metadata under `blangko.position`. */
export async function* parquetOf(
  { name, position, columns, rows }: ExportTable,
  { signal }: EncodingOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const thread = new ParquetThread({
    columns,
    facts: [
      { key: 'blangko.export', value: name },
      { key: 'blangko.position', value: position },
    ],
  });
  try {
    for await (const batch of rows(signal)) {
      const bytes = await thread.ask(batch);
      if (bytes !== null) yield bytes;
    }
    const rest = await thread.ask('end');
    if (rest !== null) yield rest;
  } finally {
    await thread.end();
  }
}

/** One question at a time: so it is never further ahead than one batch. */
class ParquetThread {
  readonly #worker: Worker;
  #answered: PromiseWithResolvers<ParquetWorkerAnswer> | null = null;
  #failure: Error | null = null;

  constructor(data: ParquetWorkerData) {
    this.#worker = new Worker(workerFile(), { workerData: data, execArgv: [] });
    this.#worker
      .on('message', (answer: ParquetWorkerAnswer) => {
        this.#answered?.resolve(answer);
      })
      .on('error', (error: Error) => {
        this.#fail(error);
      })
      .on('exit', (code) => {
        this.#fail(new Error(`the thread of Parquet ended with exit code ${code}`));
      });
  }

  ask(request: ParquetWorkerRequest): Promise<ParquetWorkerAnswer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#answered = Promise.withResolvers();
    this.#worker.postMessage(request);
    return this.#answered.promise;
  }

  async end(): Promise<void> {
    this.#answered = null;
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#answered?.reject(error);
  }
}

function workerFile(): string {
  return join(import.meta.dirname, `parquet-worker${extname(import.meta.filename)}`);
}
