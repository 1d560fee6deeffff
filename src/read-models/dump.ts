import { createHash } from 'node:crypto';
import type { Projection } from './projection.js';
import { PROJECTIONS } from './projections.js';
import { ReadModelDatabase, type Row } from './read-model-database.js';

/** Lines kept of a difference between two files. */
const MAX_DIFFERENCES = 20;

/**
 * Every row of every read model as a line of text, in one order: two files that hold the same give
 * the same lines, however they came about. The first lines tell the projections' positions.
 */
export function* dumpReadModels(
  file: string,
  projections: readonly Projection[] = PROJECTIONS,
): Generator<string, void, undefined> {
  const database = ReadModelDatabase.openReadOnly(file);
  try {
    yield* linesOf(database, projections);
  } finally {
    database.close();
  }
}

function* linesOf(
  database: ReadModelDatabase,
  projections: readonly Projection[],
): Generator<string, void, undefined> {
  for (const row of database.iterateExact(
    'SELECT name, version, position FROM projection ORDER BY name',
  ))
    yield `projection ${textOf(row)}`;
  const tables = projections.flatMap((projection) => projection.tables);
  for (const { name, key } of tables) {
    const rows = database.iterateExact(`SELECT * FROM ${name} ORDER BY ${key}`);
    for (const row of rows) yield `${name} ${textOf(row)}`;
  }
}

function textOf(row: Row): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    return typeof value === 'bigint' ? String(value) : value;
  });
}

/** SHA-256 of {@link dumpReadModels}, in lower-case hex. */
export function hashReadModels(
  file: string,
  projections: readonly Projection[] = PROJECTIONS,
): string {
  const hash = createHash('sha256');
  for (const line of dumpReadModels(file, projections)) hash.update(`${line}\n`, 'utf8');
  return hash.digest('hex');
}

/** A row that only one of two files has. */
export interface RowDifference {
  readonly projection: string;
  readonly table: string;
  /** As JSON; null where the row is not there at all. */
  readonly expected: string | null;
  readonly actual: string | null;
}

export interface RowComparison {
  /** Rows compared. */
  readonly rows: number;
  /** The first 20 of each table. */
  readonly differences: readonly RowDifference[];
}

/** Compares the named projections' rows in two open databases, reading both once, in key order. */
export function compareRows(
  expected: ReadModelDatabase,
  actual: ReadModelDatabase,
  projections: readonly Projection[],
): RowComparison {
  let rows = 0;
  const differences: RowDifference[] = [];
  for (const projection of projections) {
    for (const { name, key } of projection.tables) {
      const compared = compareTable(expected, actual, name, key);
      rows += compared.rows;
      for (const difference of compared.differences)
        differences.push({ projection: projection.name, table: name, ...difference });
    }
  }
  return { rows, differences };
}

function compareTable(
  expected: ReadModelDatabase,
  actual: ReadModelDatabase,
  table: string,
  key: string,
): { rows: number; differences: Omit<RowDifference, 'projection' | 'table'>[] } {
  const sql = `SELECT * FROM ${table} ORDER BY ${key}`;
  const columns = key.split(', ');
  const differences: Omit<RowDifference, 'projection' | 'table'>[] = [];
  const wanted = expected.iterateExact(sql);
  const found = actual.iterateExact(sql);
  let rows = 0;
  let left = wanted.next();
  let right = found.next();
  while (left.done !== true || right.done !== true) {
    rows += 1;
    const order =
      left.done === true
        ? 1
        : right.done === true
          ? -1
          : compareKeys(left.value, right.value, columns);
    const one = order <= 0 && left.done !== true ? left.value : null;
    const other = order >= 0 && right.done !== true ? right.value : null;
    if (!isSameRow(one, other) && differences.length < MAX_DIFFERENCES)
      differences.push({ expected: rowText(one), actual: rowText(other) });
    if (order <= 0) left = wanted.next();
    if (order >= 0) right = found.next();
  }
  return { rows, differences };
}

function isSameRow(one: Row | null, other: Row | null): boolean {
  if (one === null || other === null) return false;
  return Object.entries(one).every(([column, value]) => {
    const counterpart = other[column];
    return value instanceof Uint8Array && counterpart instanceof Uint8Array
      ? Buffer.compare(value, counterpart) === 0
      : value === counterpart;
  });
}

function rowText(row: Row | null): string | null {
  return row === null ? null : textOf(row);
}

/** Texts here are ASCII, so the program orders them as SQLite does. */
function compareKeys(a: Row, b: Row, columns: readonly string[]): number {
  for (const column of columns) {
    const left = a[column];
    const right = b[column];
    if (left === right) continue;
    if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : 1;
    return String(left) < String(right) ? -1 : 1;
  }
  return 0;
}

/**
 * Compares two files that somebody writes, as they are at one moment: none may change before `onOpened` is
 * called. Null, and `onOpened` is called all the same, where they are not of the same events.
 */
export function compareFiles(
  files: { readonly expected: string; readonly actual: string },
  projections: readonly Projection[],
  onOpened: () => void,
): RowComparison | null {
  const expected = ReadModelDatabase.openReadOnly(files.expected);
  try {
    const actual = ReadModelDatabase.openReadOnly(files.actual);
    try {
      return expected.snapshot(() =>
        actual.snapshot(() => {
          const isOfSame = positionsOf(expected) === positionsOf(actual);
          onOpened();
          return isOfSame ? compareRows(expected, actual, projections) : null;
        }),
      );
    } finally {
      actual.close();
    }
  } finally {
    expected.close();
  }
}

/** Reading them also takes hold of the moment. */
function positionsOf(database: ReadModelDatabase): string {
  const sql = 'SELECT name, version, position FROM projection ORDER BY name';
  return [...database.iterateExact(sql)].map(textOf).join();
}
