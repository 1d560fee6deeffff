import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { chainHash, corrupt, eventTexts, GENESIS_HASH, readStreams } from './commit-row.js';
import { openForReading } from './data-format.js';
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteErrorCode } from './sqlite-error.js';

export interface VerifiedLog {
  /** Position of the last event, or null for an empty log. */
  readonly position: bigint | null;
  readonly events: number;
  readonly commits: number;
  readonly streams: number;
  /** Hash of the last row, hex: it stands for the whole log. 64 zeros for an empty one. */
  readonly hash: string;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the events verified so far. */
  readonly onProgress?: ((events: number) => void) | undefined;
}

const ROWS_A_BATCH = 256;

/**
 * Reads the whole log and checks every column of every row against the hash chain, the positions,
 * and the revisions of each stream. O(log), at the speed of SHA-256 and of cutting rows apart.
 *
 * What no chain can see is the loss of the last rows as a whole: compare the result with a head that
 * was kept elsewhere.
 * @throws {LogCorrupt} naming the position of the first row that does not verify
 * @throws the signal's reason when aborted
 */
export async function verifyLog(file: string, options: VerifyOptions = {}): Promise<VerifiedLog> {
  const database = openForReading(file);
  try {
    const verifier = new ChainVerifier(database);
    while (verifier.verifyRows(ROWS_A_BATCH)) {
      options.signal?.throwIfAborted();
      options.onProgress?.(verifier.events);
      await turn();
    }
    return verifier.result();
  } finally {
    database.close();
  }
}

type RawRow = readonly [position: number, hash: unknown, streams: unknown, body: unknown];

class ChainVerifier {
  readonly #rows: ReturnType<DatabaseSync['prepare']>;
  readonly #lastRevisions = new Map<string, number>();
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #hash: Uint8Array = GENESIS_HASH;
  #head = 0;
  /** Position of the last row, from which reading goes on: a row may wrongly stand before the head. */
  #lastRow = 0;
  #commits = 0;

  constructor(database: DatabaseSync) {
    // As bytes: decoding as text would turn different invalid bytes into the same character.
    this.#rows = database.prepare(
      `SELECT position, hash, CAST(streams AS BLOB), CAST(body AS BLOB) FROM commits
       WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.#rows.setReturnArrays(true);
  }

  get events(): number {
    return this.#head;
  }

  /** Verifies up to `count` more rows; false when there are none. */
  verifyRows(count: number): boolean {
    const before = this.#commits;
    try {
      for (const row of this.#rows.iterate(this.#lastRow, count) as unknown as Iterable<RawRow>) {
        this.#verifyRow(row);
      }
    } catch (error) {
      const code = sqliteErrorCode(error);
      if (code !== SQLITE_CORRUPT && code !== SQLITE_NOTADB) throw error;
      throw corrupt(this.#head + 1, 'SQLite cannot read on from there', error);
    }
    return this.#commits > before;
  }

  result(): VerifiedLog {
    return {
      position: this.#head === 0 ? null : BigInt(this.#head),
      events: this.#head,
      commits: this.#commits,
      streams: this.#lastRevisions.size,
      hash: Buffer.from(this.#hash).toString('hex'),
    };
  }

  #verifyRow([position, hash, streams, body]: RawRow): void {
    this.#lastRow = position;
    if (position <= this.#head) throw corrupt(position, 'a row begins inside another');
    if (position !== this.#head + 1) {
      throw corrupt(this.#head + 1, `no row begins there; the next stands at ${position}`);
    }
    const isBytes =
      hash instanceof Uint8Array && streams instanceof Uint8Array && body instanceof Uint8Array;
    if (!isBytes) throw corrupt(position, 'a column is empty');
    const expected = chainHash(this.#hash, position, streams, body);
    if (Buffer.compare(expected, hash) !== 0) throw corrupt(position, 'its hash does not match');
    this.#verifyMeaning(position, this.#text(position, streams), this.#text(position, body));
    this.#hash = expected;
    this.#commits++;
  }

  /** A row can match its hash and still be wrong only if the program that wrote it was. */
  #verifyMeaning(position: number, streams: string, body: string): void {
    const total = readStreams(position, streams, (stream, firstRevision, count) => {
      const known = this.#lastRevisions.get(stream) ?? -1;
      if (firstRevision !== known + 1) {
        throw corrupt(position, `${stream} goes from revision ${known} to ${firstRevision}`);
      }
      this.#lastRevisions.set(stream, known + count);
    });
    const events = eventTexts({ position, streams, body }).length;
    if (events !== total) {
      throw corrupt(position, `it holds ${events} events, its streams column ${total}`);
    }
    this.#head = position + total - 1;
  }

  #text(position: number, bytes: Uint8Array): string {
    try {
      return this.#utf8.decode(bytes);
    } catch (cause) {
      throw corrupt(position, 'it is not UTF-8', cause);
    }
  }
}
