import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable, type RecordedEvent } from '../event-store.js';
import {
  corrupt,
  decodeRow,
  eventTexts,
  GENESIS_HASH,
  parseEvent,
  readStreams,
  type CommitRow,
  type StreamEntry,
} from './commit-row.js';
import { numberPragma } from './data-format.js';
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteErrorCode } from './sqlite-error.js';
import { StreamIndex } from './stream-index.js';

export type StreamTest = (stream: string) => boolean;

export interface LogBatch {
  readonly events: readonly RecordedEvent[];
  /** Everything up to this position was looked at; `from - 1` when nothing stands there yet. */
  readonly followedTo: number;
}

/** Bounds of one batch; it ends with the event or row that reaches one of them. */
export interface BatchBounds {
  readonly events: number;
  /** Of body text looked at, in UTF-16 code units. */
  readonly size: number;
}

// Rows whose bodies are skipped cost little, but a filter that never matches must still let the
// event loop breathe.
const MAX_ROWS_WITHOUT_MATCH = 2_000;

const FROM_THE_ROW_HOLDING = `WHERE position >=
  coalesce((SELECT max(position) FROM commits WHERE position <= ?), 0) ORDER BY position`;

/**
 * The stored log as one connection reads it: rows, events by position or revision, and the stream
 * index kept in step with them. Positions are plain numbers from 1 in here. Synchronous; every call
 * finishes its statements, so no read transaction stays open between calls and holds back the
 * write-ahead log.
 */
export class EmbeddedLog {
  readonly index = new StreamIndex();
  readonly #database: DatabaseSync;
  readonly #rowHolding: StatementSync;
  readonly #rowsFrom: StatementSync;
  readonly #headersFrom: StatementSync;
  readonly #bodyAt: StatementSync;
  readonly #dataVersion: StatementSync;
  readonly #hashAt: StatementSync;
  #latest: { readonly row: CommitRow; readonly texts: readonly string[] } | null = null;
  #head = 0;
  #commits = 0;
  #seenDataVersion: unknown = null;
  #closed = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const prepare = (sql: string) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    const columns = 'SELECT position, streams, body FROM commits';
    this.#rowHolding = prepare(`${columns} WHERE position <= ? ORDER BY position DESC LIMIT 1`);
    this.#rowsFrom = prepare(`${columns} ${FROM_THE_ROW_HOLDING}`);
    this.#headersFrom = prepare(`SELECT position, streams FROM commits ${FROM_THE_ROW_HOLDING}`);
    this.#bodyAt = prepare('SELECT body FROM commits WHERE position = ?');
    this.#dataVersion = prepare('PRAGMA data_version');
    this.#hashAt = prepare(
      'SELECT hash FROM commits WHERE position <= ? ORDER BY position DESC LIMIT 1',
    );
  }

  /** Position of the last event known, 0 while there is none. */
  get head(): number {
    return this.#head;
  }

  /** Rows known. */
  get commits(): number {
    return this.#commits;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Size of the database without its write-ahead log, in bytes. */
  get bytes(): number {
    return numberPragma(this.#database, 'page_count') * numberPragma(this.#database, 'page_size');
  }

  /** Hash of the last row, the next one's predecessor. */
  lastHash(): Uint8Array {
    if (this.#head === 0) return GENESIS_HASH;
    const row = this.#hashAt.get(this.#head) as unknown as readonly unknown[] | undefined;
    const hash = row?.[0];
    if (!(hash instanceof Uint8Array)) throw corrupt(this.#head, 'its hash is missing');
    return hash;
  }

  /**
   * Takes up rows that another connection has added. O(new rows), reading their small column only:
   * over a million events a second.
   * @throws {LogCorrupt} a gap in positions or in a stream's revisions
   */
  refresh(): void {
    this.assertOpen();
    const version = (this.#dataVersion.get() as unknown as readonly unknown[])[0];
    if (version === this.#seenDataVersion) return;
    this.#guarded(this.#head + 1, () => {
      for (const [position, streams] of rowsOf<[number, string]>(
        this.#headersFrom.iterate(this.#head + 1),
      )) {
        if (position <= this.#head) continue;
        if (position !== this.#head + 1) {
          throw corrupt(this.#head + 1, `the next row stands at ${position}`);
        }
        let next = position;
        readStreams(position, streams, (stream, firstRevision, count) => {
          const known = this.index.lastRevision(stream);
          if (firstRevision !== known + 1) {
            throw corrupt(position, `${stream} goes from revision ${known} to ${firstRevision}`);
          }
          this.index.add(stream, next, count);
          next += count;
        });
        this.#head = next - 1;
        this.#commits++;
      }
    });
    this.#seenDataVersion = version;
  }

  /** Takes up a row this process has just made durable. */
  add(position: number, entries: readonly StreamEntry[]): void {
    let next = position;
    for (const { stream, count } of entries) {
      this.index.add(stream, next, count);
      next += count;
    }
    this.#head = next - 1;
    this.#commits++;
  }

  /**
   * The next events in log order from position `from` on, of the streams that pass. None beyond
   * `head`: a row that another thread has just written is not acknowledged yet.
   */
  batch(from: number, bounds: BatchBounds, passes: StreamTest | null): LogBatch {
    const events: RecordedEvent[] = [];
    let followedTo = from - 1;
    let size = 0;
    let rows = 0;
    if (from > this.#head) return { events, followedTo };
    this.#guarded(from, () => {
      const take = (row: CommitRow): boolean => {
        const max = bounds.events - events.length;
        followedTo = decodeRow(row, from, max, passes, events);
        size += row.body.length;
        return events.length < bounds.events && size < bounds.size;
      };
      if (passes === null) {
        for (const [position, streams, body] of rowsOf<[number, string, string]>(
          this.#rowsFrom.iterate(from),
        )) {
          if (position > this.#head) break;
          if (!take({ position, streams, body })) break;
        }
        return;
      }
      for (const [position, streams] of rowsOf<[number, string]>(this.#headersFrom.iterate(from))) {
        if (position > this.#head) break;
        let wanted = 0;
        const count = readStreams(position, streams, (stream) => {
          if (passes(stream)) wanted++;
        });
        if (wanted > 0) {
          if (!take({ position, streams, body: this.#body(position) })) break;
        } else {
          followedTo = position + count - 1;
          if (++rows === MAX_ROWS_WITHOUT_MATCH) break;
        }
      }
    });
    return { events, followedTo };
  }

  /** Up to `bounds` events of a stream from a revision it has, upwards (step 1) or downwards (−1). */
  streamBatch(
    stream: string,
    from: number,
    step: 1 | -1,
    bounds: BatchBounds,
  ): readonly RecordedEvent[] {
    const events: RecordedEvent[] = [];
    const last = this.index.lastRevision(stream);
    let size = 0;
    for (let revision = from; revision >= 0 && revision <= last; revision += step) {
      const position = this.index.positionOf(stream, revision);
      const text = this.#textAt(position);
      events.push(parseEvent(text, stream, revision, position));
      size += text.length;
      if (events.length === bounds.events || size >= bounds.size) break;
    }
    return events;
  }

  /** The id of a stored event. */
  idAt(stream: string, revision: number): string {
    const position = this.index.positionOf(stream, revision);
    return parseEvent(this.#textAt(position), stream, revision, position).id;
  }

  assertOpen(): void {
    if (this.#closed) throw new StoreUnavailable('the event store is closed');
  }

  close(): void {
    this.#closed = true;
    this.#latest = null;
    this.#database.close();
  }

  /** Rows are immutable, and neighbours are read together: the row read last is kept. */
  #textAt(position: number): string {
    if (this.#latest === null || !holds(this.#latest, position)) {
      const row = this.#guarded(
        position,
        () => this.#rowHolding.get(position) as unknown as [number, string, string] | undefined,
      );
      if (row === undefined) throw corrupt(position, 'no row holds it');
      const found = { position: row[0], streams: row[1], body: row[2] };
      this.#latest = { row: found, texts: eventTexts(found) };
    }
    const text = this.#latest.texts[position - this.#latest.row.position];
    if (text === undefined) throw corrupt(position, 'its row is too short');
    return text;
  }

  #body(position: number): string {
    const row = this.#bodyAt.get(position) as unknown as [string] | undefined;
    if (row === undefined) throw corrupt(position, 'the row vanished');
    return row[0];
  }

  #guarded<T>(position: number, read: () => T): T {
    this.assertOpen();
    try {
      return read();
    } catch (error) {
      const code = sqliteErrorCode(error);
      if (code !== SQLITE_CORRUPT && code !== SQLITE_NOTADB) throw error;
      throw corrupt(position, 'SQLite cannot read on from there', error);
    }
  }
}

function holds(
  latest: { readonly row: CommitRow; readonly texts: readonly string[] },
  position: number,
): boolean {
  const first = latest.row.position;
  return position >= first && position < first + latest.texts.length;
}

/** node:sqlite types rows as records; with `setReturnArrays` they are arrays. */
function rowsOf<Row>(iterator: ReturnType<StatementSync['iterate']>): Iterable<Row> {
  return iterator as unknown as Iterable<Row>;
}
