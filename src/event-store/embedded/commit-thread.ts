import { extname, join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { CommitWorkerAnswer, CommitWorkerData, CommitWorkerRequest } from './commit-worker.js';
import { BUSY_TIMEOUT_MS, checkDurability, type Durability } from './data-format.js';

/** How one commit ended. After a failure no other is taken. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface RowToCommit {
  readonly position: number;
  readonly hash: Uint8Array;
  readonly streams: string;
  /** UTF-8, in memory of its own: it is handed over to the other thread. */
  readonly body: Uint8Array<ArrayBuffer>;
}

const OPENING_TIMEOUT_MS = 30_000;
/** How long to look for the answer to a row before sleeping, in milliseconds. */
const LOOKING_MS = 0.5;

/**
 * The writing connection, in a thread of its own: while it waits for the disk, this thread goes on
 * serving and encoding.
 */
export class CommitThread {
  readonly durability: Durability;
  readonly #worker: Worker;
  readonly #port: MessageChannel['port1'];
  /** Of the rows under way, in order. */
  readonly #whenDone: ((outcome: CommitOutcome) => void)[] = [];
  #failure: unknown = null;
  #lastCommitMs = 0;
  #lookUntil = 0;
  #isLooking = false;
  #whenClosed: (() => void) | null = null;
  #ended = false;

  private constructor(worker: Worker, port: MessageChannel['port1'], durability: Durability) {
    this.#worker = worker;
    this.#port = port;
    this.durability = durability;
    worker.on('error', (error) => {
      this.#fail(error);
    });
    worker.on('exit', (code) => {
      this.#ended = true;
      this.#fail(new Error(`the writing thread ended with exit code ${code}`));
      this.#whenClosed?.();
    });
    port.on('message', (message: CommitWorkerAnswer) => {
      this.#take(message);
    });
    // An idle store keeps no process alive.
    worker.unref();
    port.unref();
  }

  /**
   * Starts the thread and waits until its connection is open.
   * @param pragmas from `prepareForWriting`
   * @throws {StoreUnavailable} the connection would not make commits durable
   */
  static open(file: string, pragmas: string): CommitThread {
    const { port1, port2 } = new MessageChannel();
    const opened = new Int32Array(new SharedArrayBuffer(4));
    const workerData: CommitWorkerData = {
      file,
      busyTimeoutMs: BUSY_TIMEOUT_MS,
      pragmas,
      port: port2,
      opened,
    };
    const worker = new Worker(workerFile(), { workerData, transferList: [port2], execArgv: [] });
    try {
      Atomics.wait(opened, 0, 0, OPENING_TIMEOUT_MS);
      const first = receiveMessageOnPort(port1)?.message as CommitWorkerAnswer | undefined;
      if (first?.kind === 'failed') throw first.error;
      if (first?.kind !== 'opened') throw new Error('the writing thread did not start');
      const durability = checkDurability(file, first.journalMode, first.synchronous);
      return new CommitThread(worker, port1, durability);
    } catch (error) {
      port1.close();
      worker.unref();
      void worker.terminate();
      throw error;
    }
  }

  /**
   * Rows are written in the order in which they come. Calls back once the row is durable, or once it
   * is known that it, or one before it, could not be written.
   */
  commit(row: RowToCommit, whenDone: (outcome: CommitOutcome) => void): void {
    if (this.#failure !== null) {
      whenDone({ kind: 'failed', error: this.#failure });
      return;
    }
    this.#port.postMessage({ kind: 'commit', ...row } satisfies CommitWorkerRequest, [
      row.body.buffer,
    ]);
    this.#whenDone.push(whenDone);
    this.#port.ref();
    this.#lookUntil = performance.now() + LOOKING_MS;
    if (!this.#isLooking) this.#look();
  }

  /**
   * Keeps the event loop turning while an answer is near, so that it does not sleep: to be woken takes
   * as long as a good part of a commit. Where the disk is slower than that it sleeps.
   */
  #look(): void {
    this.#isLooking =
      this.#whenDone.length > 0 &&
      this.#lastCommitMs < LOOKING_MS &&
      performance.now() < this.#lookUntil;
    if (!this.#isLooking) return;
    setImmediate(() => {
      this.#look();
    });
  }

  /** Closes the connection, which moves the write-ahead log into the database when no other is open. */
  async close(): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#whenClosed = resolve;
      this.#worker.ref();
      this.#port.postMessage({ kind: 'close' } satisfies CommitWorkerRequest);
    });
    this.#port.close();
  }

  #take(message: CommitWorkerAnswer): void {
    switch (message.kind) {
      case 'committed': {
        this.#lastCommitMs = message.durationMs;
        const whenDone = this.#whenDone.shift();
        if (this.#whenDone.length === 0) this.#port.unref();
        whenDone?.(message);
        return;
      }
      case 'failed':
        this.#fail(message.error);
        return;
      case 'opened':
        return;
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#port.unref();
    for (const whenDone of this.#whenDone.splice(0))
      whenDone({ kind: 'failed', error: this.#failure });
  }
}

/** Beside this file, compiled like it or not. */
function workerFile(): string {
  return join(import.meta.dirname, `commit-worker${extname(import.meta.filename)}`);
}
