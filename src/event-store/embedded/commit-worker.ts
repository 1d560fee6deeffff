import { DatabaseSync } from 'node:sqlite';
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';

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

interface RowRequest {
  readonly kind: 'commit';
  readonly position: number;
  readonly hash: Uint8Array;
  readonly streams: string;
  /** UTF-8. */
  readonly body: Uint8Array;
}

export type CommitWorkerRequest = RowRequest | { readonly kind: 'close' };

export type CommitWorkerAnswer =
  | { readonly kind: 'opened'; readonly journalMode: string; readonly synchronous: number }
  | { readonly kind: 'committed'; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/** How long to look for the next request after a commit, in milliseconds. */
const LOOKING_MS = 0.1;

let isEnded = false;
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
  const commit = ({ position, hash, streams, body }: RowRequest): void => {
    const start = performance.now();
    try {
      insert.run(position, hash, streams, body);
    } catch (error) {
      // The reading connection is open in the other thread, so closing this one runs no checkpoint:
      // nothing more is written after the failure.
      end();
      answer({ kind: 'failed', error });
      port.close();
      return;
    }
    answer({ kind: 'committed', durationMs: performance.now() - start });
  };
  const end = (): void => {
    isEnded = true;
    database.close();
  };
  port.on('message', (first: CommitWorkerRequest) => {
    for (let request: CommitWorkerRequest | null = first; request !== null;) {
      if (request.kind === 'close') {
        end();
        port.close();
        return;
      }
      commit(request);
      request = isEnded ? null : nextSoon();
    }
  });
  answer({
    kind: 'opened',
    journalMode: String(database.prepare('PRAGMA journal_mode').get()?.['journal_mode']),
    synchronous: Number(database.prepare('PRAGMA synchronous').get()?.['synchronous']),
  });
}

/**
 * The next request, if it comes at once, as it does under load: to be put to sleep and woken takes as
 * long as a good part of a commit.
 */
function nextSoon(): CommitWorkerRequest | null {
  const end = performance.now() + LOOKING_MS;
  do {
    const next = receiveMessageOnPort(port);
    if (next !== undefined) return next.message as CommitWorkerRequest;
  } while (performance.now() < end);
  return null;
}

function answer(message: CommitWorkerAnswer): void {
  port.postMessage(message);
}
