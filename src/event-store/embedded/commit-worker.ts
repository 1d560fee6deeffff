import { DatabaseSync } from 'node:sqlite';
import { workerData, type MessagePort } from 'node:worker_threads';

/*
 * The thread that writes the log: one INSERT, which is one transaction and one fsync, for each row
 * it is sent. It imports nothing but node's own modules, so that node runs it from its source too.
 */

/** What the thread is started with. */
export interface CommitWorkerData {
  readonly file: string;
  readonly busyTimeoutMs: number;
  /** Executed before anything else. */
  readonly pragmas: string;
  readonly port: MessagePort;
  /** Its first word is set, and whoever waits for it woken, once the first answer stands in the port. */
  readonly opened: Int32Array;
}

export type CommitWorkerRequest =
  | {
      readonly kind: 'commit';
      readonly position: number;
      readonly hash: Uint8Array;
      readonly streams: string;
      /** UTF-8. */
      readonly body: Uint8Array;
    }
  | { readonly kind: 'close' };

export type CommitWorkerAnswer =
  | { readonly kind: 'opened'; readonly journalMode: string; readonly synchronous: number }
  | { readonly kind: 'committed'; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly error: unknown };

const { file, busyTimeoutMs, pragmas, port, opened } = workerData as CommitWorkerData;

try {
  serve();
} catch (error) {
  answer({ kind: 'failed', error });
}
Atomics.store(opened, 0, 1);
Atomics.notify(opened, 0);

function serve(): void {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  database.exec(pragmas);
  const insert = database.prepare(
    // A body comes as bytes: those of the text it is stored as.
    'INSERT INTO commits (position, hash, streams, body) VALUES (?, ?, ?, CAST(? AS TEXT))',
  );
  port.on('message', (request: CommitWorkerRequest) => {
    if (request.kind === 'close') {
      database.close();
      port.close();
      return;
    }
    const start = performance.now();
    try {
      insert.run(request.position, request.hash, request.streams, request.body);
    } catch (error) {
      // The reading connection is open in the other thread, so closing this one runs no checkpoint:
      // nothing more is written after the failure.
      database.close();
      answer({ kind: 'failed', error });
      port.close();
      return;
    }
    answer({ kind: 'committed', durationMs: performance.now() - start });
  });
  answer({
    kind: 'opened',
    journalMode: String(database.prepare('PRAGMA journal_mode').get()?.['journal_mode']),
    synchronous: Number(database.prepare('PRAGMA synchronous').get()?.['synchronous']),
  });
}

function answer(message: CommitWorkerAnswer): void {
  port.postMessage(message);
}
