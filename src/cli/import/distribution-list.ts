import { parse } from 'csv-parse/sync';
import { UserError } from '../user-error.js';
import { COLUMNS, type ColumnName, type LineFault } from './line-fault.js';

/** One package of a distribution list, as written. */
export interface ListLine {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly cells: Readonly<Record<ColumnName, string>>;
}

export interface DistributionList {
  readonly lines: readonly ListLine[];
  readonly faults: readonly LineFault[];
}

/** Most packages of one list. */
const MAX_LINES = 100_000;

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a distribution list: UTF-8, cells parted by commas, or by semicolons if the header is, with the header
 * `consignor,consignee,basis,label,kind,seal,usable,invalid,carrier,vehicle,expected_by,paper_number,occurred_at`.
 * A line is one package.
 * @throws {UserError} the file is no such list
 */
export function parseDistributionList(bytes: Uint8Array): DistributionList {
  const [header, ...rows] = parseCsv(bytes);
  if (header?.record.join(',') !== COLUMNS.join(','))
    throw new UserError(`line 1 must be the header ${COLUMNS.join(',')}`);
  if (rows.length === 0) throw new UserError('the list has a header, but no line below it');
  if (rows.length > MAX_LINES)
    throw new UserError(`the list has ${rows.length} lines; at most ${MAX_LINES} are taken`);
  const faults: LineFault[] = [];
  const lines = rows.flatMap(({ record, info }) => {
    const line = info.lines;
    if (record.length === COLUMNS.length) return [{ line, cells: cellsOf(record) }];
    const column = COLUMNS[Math.min(record.length, COLUMNS.length - 1)] ?? 'occurred_at';
    const why = `the line has ${record.length} cells, not ${COLUMNS.length}`;
    faults.push({ line, column, why });
    return [];
  });
  return { lines, faults };
}

function parseCsv(bytes: Uint8Array): readonly CsvRow[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Spreadsheets set to Indonesian write semicolons, as the comma there begins the decimals.
    const delimiter = /^[^\r\n,]*;/.test(text) ? ';' : ',';
    const lenient = { trim: true, relax_column_count: true, skip_empty_lines: true };
    const options = { info: true, delimiter, ...lenient };
    // With `info` each record comes with where it stands, which the package's types do not say.
    return parse(text, options) as unknown as readonly CsvRow[];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`the file is no CSV in UTF-8: ${why}`, { cause: error });
  }
}

function cellsOf(record: readonly string[]): ListLine['cells'] {
  const entries = COLUMNS.map((column, at) => [column, record[at] ?? '']);
  return Object.fromEntries(entries) as ListLine['cells'];
}
