import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Answered, ApartAnswer, ApartName, ApartParameters } from './apart-questions.js';
import type { QuestionReply, QuestionRequest, QuestionThreadData } from './question-thread.js';

/** So many questions wait for a thread; more are told to come again. */
const MOST_WAITING = 256;
const PAUSE_MS = 2;

/** Too many questions wait already. Worth trying again. */
export class TooManyQuestions extends Error {
  override readonly name = 'TooManyQuestions';
  constructor() {
    super(`${MOST_WAITING} questions wait already`);
  }
}

interface Asked {
  readonly request: QuestionRequest;
  readonly resolve: (answered: Answered<unknown>) => void;
  readonly reject: (fault: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  asked: Asked | null;
  /** Of the file: it has not been asked anything since. */
  hasLetGo: boolean;
}

/** Threads that answer questions apart from the one that serves requests, started when they are first needed. */
export class QuestionThreads {
  readonly #threads: Thread[] = [];
  readonly #waiting: Asked[] = [];
  #nextId = 0;
  #isClosed = false;
  #isPaused = false;

  /** @param count at least 1 */
  constructor(
    private readonly file: string,
    private readonly count: number,
  ) {}

  /** @throws {TooManyQuestions} */
  ask<N extends ApartName>(
    name: N,
    parameters: ApartParameters<N>,
    projections: readonly string[],
  ): Promise<Answered<ApartAnswer<N>>> {
    if (this.#isClosed) return Promise.reject(new Error('the read models are closed'));
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new TooManyQuestions());
    return new Promise((resolve, reject) => {
      const request = { id: this.#nextId++, name, parameters, projections };
      // What comes back was made by the function of that name.
      const settle = resolve as (answered: Answered<unknown>) => void;
      this.#waiting.push({ request, resolve: settle, reject });
      this.#give();
    });
  }

  /** Waits for the answers under way; then no thread has the file open until `work` is done. */
  async pausedWhile(work: () => void): Promise<void> {
    this.#isPaused = true;
    try {
      while (this.#threads.some(({ asked }) => asked !== null)) await pause(PAUSE_MS);
      // They open it again when they are asked.
      for (const { worker } of this.#threads) worker.postMessage('let go');
      while (this.#threads.some(({ hasLetGo }) => !hasLetGo)) await pause(PAUSE_MS);
      work();
    } finally {
      this.#isPaused = false;
      this.#give();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const fault = new Error('the read models are closed');
    for (const { reject } of this.#waiting.splice(0)) reject(fault);
    const threads = this.#threads.splice(0);
    for (const { asked } of threads) asked?.reject(fault);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #give(): void {
    while (this.#waiting.length > 0 && !this.#isPaused) {
      const thread = this.#threads.find(({ asked }) => asked === null) ?? this.#start();
      if (thread === null) return;
      const asked = this.#waiting.shift();
      if (asked === undefined) return;
      thread.asked = asked;
      thread.hasLetGo = false;
      thread.worker.ref();
      thread.worker.postMessage(asked.request);
    }
  }

  /** Null when there are as many as there may be. */
  #start(): Thread | null {
    if (this.#threads.length >= this.count) return null;
    const data: QuestionThreadData = { file: this.file };
    const worker = new Worker(threadFile(), { workerData: data, execArgv: [] });
    const thread: Thread = { worker, asked: null, hasLetGo: true };
    worker.on('message', (reply: QuestionReply | 'let go') => {
      if (reply === 'let go') {
        thread.hasLetGo = true;
        return;
      }
      const { asked } = thread;
      thread.asked = null;
      // An idle thread does not keep the process alive.
      worker.unref();
      if ('fault' in reply) asked?.reject(reply.fault);
      else asked?.resolve(reply.answered);
      this.#give();
    });
    worker.on('error', (fault) => {
      this.#lose(thread, fault);
    });
    worker.on('exit', (code) => {
      this.#lose(thread, new Error(`a thread for questions ended with exit code ${code}`));
    });
    this.#threads.push(thread);
    return thread;
  }

  /** Another takes its place when it is needed. */
  #lose(thread: Thread, fault: unknown): void {
    const at = this.#threads.indexOf(thread);
    if (at !== -1) this.#threads.splice(at, 1);
    thread.asked?.reject(fault);
    thread.asked = null;
    this.#give();
  }
}

function threadFile(): string {
  return join(import.meta.dirname, `question-thread${extname(import.meta.filename)}`);
}
