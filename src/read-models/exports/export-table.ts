/** What the cells of a column hold, besides null where it says so. */
export type ColumnType =
  /** Text of one meaning: a code, an id, a name. */
  | 'text'
  /** A safe integer. */
  | 'count'
  /** A position or revision, as a bigint: larger than a number can hold on some engines. */
  | 'position'
  /** ISO 8601, UTC with milliseconds. */
  | 'instant'
  /** Canonical JSON (RFC 8785), as text. */
  | 'json';

export type Cell = string | number | bigint | null;

export interface ExportColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Cells in the order of the columns. */
export type ExportRow = readonly Cell[];

/** Rows of any number, that hold for one position of the log. */
export interface ExportTable {
  /** For names of files and sheets: letters alone. */
  readonly name: string;
  /** Decimal; fixed before the first row. Nothing later is in the rows. */
  readonly position: string;
  readonly columns: readonly ExportColumn[];
  /**
   * The rows, in batches; a batch may be empty. Pulls only on demand, and once.
   * @param signal stops the reading, also where it finds nothing for long: it throws its reason
   */
  readonly rows: (signal: AbortSignal) => AsyncIterable<readonly ExportRow[]>;
}

/** How columns are made of things: name, type, and the cell of one of them. */
export type ColumnOf<T> = readonly [string, ColumnType, (item: T) => Cell];

export function columnsOf<T>(columns: readonly ColumnOf<T>[]): readonly ExportColumn[] {
  return columns.map(([name, type]) => ({ name, type }));
}

export function rowOf<T>(columns: readonly ColumnOf<T>[], item: T): ExportRow {
  return columns.map(([, , cell]) => cell(item));
}
