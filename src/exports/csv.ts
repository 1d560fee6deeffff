import type { Cell, ExportTable } from '../read-models/exports/export-table.js';
import type { EncodingOptions } from './encoding-options.js';
import { textChunks } from './text-chunks.js';

const BYTE_ORDER_MARK = '\ufeff';
const LINE_END = '\r\n';
/** What makes a spreadsheet take a cell for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * CSV by RFC 4180, in UTF-8, with a header. Null is an empty cell. A text that a spreadsheet would take for
 * a formula begins with an apostrophe and is quoted; numbers are plain digits.
 */
export function csvOf(
  table: ExportTable,
  { signal, hasByteOrderMark = false }: EncodingOptions,
): AsyncIterable<Uint8Array> {
  return textChunks(lines(table, signal, hasByteOrderMark));
}

async function* lines(
  { columns, rows }: ExportTable,
  signal: AbortSignal,
  hasByteOrderMark: boolean,
): AsyncGenerator<string, void, undefined> {
  const header = lineOf(columns.map(({ name }) => name));
  yield hasByteOrderMark ? BYTE_ORDER_MARK + header : header;
  for await (const batch of rows(signal)) yield batch.map(lineOf).join('');
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}${LINE_END}`;
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  if (FORMULA.test(cell)) return quoted(`'${cell}`);
  return NEEDS_QUOTES.test(cell) ? quoted(cell) : cell;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
