import {
  LogCorrupt,
  type LogPart,
  type LogPartReader,
  type RecordedEvent,
  type TextRun,
} from '../event-store.js';
import { corrupt, decodeRow, readStreams, skimRow } from './commit-row.js';
import { openForReading } from './data-format.js';
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteErrorCode } from './sqlite-error.js';

/** From the first event of a row to the last event of another, or to one within it. */
export interface LogRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts the log, as it stands, into ranges of about as many events each, so that several threads can
 * read it at once: in order, without gaps between them, at most `parts`, and none for an empty log.
 * O(parts log n).
 * @param to the last position wanted; default: the end
 * @throws {StoreUnavailable} there is no ledger at `file`
 */
export function logRanges(file: string, parts: number, to = Infinity): readonly LogRange[] {
  const database = openForReading(file);
  try {
    const last = database
      .prepare('SELECT position, streams FROM commits ORDER BY position DESC LIMIT 1')
      .get();
    if (last === undefined) return [];
    const position = Number(last.position);
    const end = position - 1 + readStreams(position, String(last.streams), () => undefined);
    const head = Math.min(end, to);
    if (head < 1) return [];
    const rowFrom = database.prepare(
      'SELECT min(position) AS first FROM commits WHERE position >= ?',
    );
    const starts = [1];
    for (let part = 1; part < parts; part++) {
      const first = rowFrom.get(1 + Math.floor((head * part) / parts))?.first;
      if (typeof first !== 'number' || first > head) break;
      if (first > (starts.at(-1) ?? 1)) starts.push(first);
    }
    return starts.map((from, index) => ({ from, to: (starts[index + 1] ?? head + 1) - 1 }));
  } finally {
    database.close();
  }
}

/** What {@link readLogPart} is given. */
export interface LogRangeSource {
  readonly file: string;
  readonly range: LogRange;
}

/** The ranges as any thread can be given them. */
export function logParts(
  file: string,
  { to, events }: { readonly to: bigint; readonly events: number },
): readonly LogPart[] {
  const parts = Math.max(1, Math.ceil(Number(to) / events));
  return logRanges(file, parts, Number(to)).map((range) => ({
    module: import.meta.url,
    source: { file, range } satisfies LogRangeSource,
  }));
}

/** See {@link LogPartReader}. */
export const readLogPart: LogPartReader['readLogPart'] = (source, skim) => {
  const { file, range } = source as LogRangeSource;
  return readLogRange(file, range, skim);
};

/** As text, or as bytes where runs of it are offered. */
type Body = string | Uint8Array;

/** Returns the last position taken. */
function takeRow(
  { position, streams, body }: { position: number; streams: string; body: Body },
  to: number,
  skim: ((run: TextRun) => boolean) | undefined,
  into: RecordedEvent[],
): number {
  const wanted = to - position + 1;
  if (typeof body === 'string')
    return decodeRow({ position, streams, body }, position, wanted, null, into);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const row = { position, streams, body: bytes };
  const end = skim === undefined ? null : skimRow(row, wanted, skim, into);
  return end ?? decodeRow({ ...row, body: bytes.toString() }, position, wanted, null, into);
}

/**
 * The events of a range, a row at a time, each parsed in full. Needs no index of the log; what
 * relates one row to another, `verifyLog` checks. Synchronous: for threads that do nothing else.
 * @param skim see {@link LogPartReader}; it is not offered a row that the range cuts
 * @throws {LogCorrupt} a row does not parse, or the range's rows do not follow one another
 */
export function* readLogRange(
  file: string,
  { from, to }: LogRange,
  skim?: (run: TextRun) => boolean,
): Generator<readonly RecordedEvent[], void, undefined> {
  const database = openForReading(file);
  let next = from;
  try {
    const body = skim === undefined ? 'body' : 'CAST(body AS BLOB)';
    const rows = database.prepare(
      `SELECT position, streams, ${body} FROM commits WHERE position BETWEEN ? AND ? ORDER BY position`,
    );
    rows.setReturnArrays(true);
    const found = rows.iterate(from, to) as unknown as Iterable<[number, string, Body]>;
    for (const [position, streams, body] of found) {
      if (position !== next) throw corrupt(next, `the next row stands at ${position}`);
      const events: RecordedEvent[] = [];
      next = takeRow({ position, streams, body }, to, skim, events) + 1;
      yield events;
    }
  } catch (error) {
    if (error instanceof LogCorrupt) throw error;
    const code = sqliteErrorCode(error);
    if (code !== SQLITE_CORRUPT && code !== SQLITE_NOTADB) throw error;
    throw corrupt(next, 'SQLite cannot read on from there', error);
  } finally {
    database.close();
  }
  if (next !== to + 1) throw corrupt(next, `the range ends before position ${to}`);
}
