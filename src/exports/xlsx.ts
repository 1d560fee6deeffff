import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import exceljs from 'exceljs';
import type { Cell, ExportRow, ExportTable } from '../read-models/exports/export-table.js';
import type { EncodingOptions } from './encoding-options.js';

/** Of a sheet, its header included; Excel's own bound. */
export const MAX_SHEET_ROWS = 1_048_576;
/** Characters of a cell; Excel's own bound. */
export const MAX_CELL_LENGTH = 32_767;
/** Excel keeps fifteen digits of a number. */
const MAX_EXACT = 999_999_999_999_999n;
/** Held of the file before the rows wait, in bytes. */
const BUFFER_BYTES = 256 * 1_024;

export interface XlsxOptions extends EncodingOptions {
  /** Rows of one sheet, its header included; for tests. */
  readonly sheetRows?: number | undefined;
}

/** As much of the stream writer of exceljs as its types do not show. */
interface SheetWriter extends exceljs.Worksheet {
  /** What is written so far is piped to one stream of the archive. */
  readonly stream: { readonly pipes: readonly ArchivePipe[] };
}

/** Of the readable-stream 2 that the archive is made with: a `writableNeedDrain` came later. */
interface ArchivePipe extends NodeJS.EventEmitter {
  readonly _writableState: { readonly needDrain: boolean };
}

interface BookWriter extends exceljs.stream.xlsx.WorkbookWriter {
  readonly zip: NodeJS.EventEmitter & { abort(): void };
}

/**
 * An Excel workbook: as many sheets as the rows need, each with a header, and at last a sheet `Info` with the
 * position. A text longer than a cell can be is cut, says so at its end, and is counted in `Info`.
 */
export async function* xlsxOf(
  table: ExportTable,
  options: XlsxOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const out = new PassThrough({ highWaterMark: BUFFER_BYTES });
  const writing = new BookOf(table, out, { ...options, signal }).write().catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of out) yield chunk as Uint8Array;
  } finally {
    ending.abort();
    out.destroy();
    await writing;
  }
}

class BookOf {
  readonly #book: BookWriter;
  readonly #sheets: SheetWriter[] = [];
  #rows = 0;
  #rowsOfSheet = 0;
  #cut = 0;

  constructor(
    private readonly table: ExportTable,
    private readonly out: Writable,
    private readonly options: XlsxOptions,
  ) {
    this.#book = new exceljs.stream.xlsx.WorkbookWriter({ stream: out }) as BookWriter;
    // Without these a file that nobody takes any more would end the process.
    this.#book.zip.on('error', (error: Error) => out.destroy(error));
    out.on('error', () => undefined);
  }

  async write(): Promise<void> {
    const { table, options } = this;
    const { signal, sheetRows = MAX_SHEET_ROWS } = options;
    try {
      this.#begin();
      for await (const batch of table.rows(signal)) {
        for (const row of batch) {
          if (this.#rowsOfSheet === sheetRows) this.#begin();
          this.#add(row);
        }
        await this.#drained();
      }
      this.#tell();
      await this.#book.commit();
    } catch (error) {
      this.#book.zip.abort();
      throw error;
    }
  }

  /** Another sheet, when the last one is full. */
  #begin(): void {
    const { name, columns } = this.table;
    this.#sheets.at(-1)?.commit();
    const number = this.#sheets.length + 1;
    const sheet = this.#book.addWorksheet(number === 1 ? name : `${name} ${number}`, {
      views: [{ state: 'frozen', ySplit: 1 }],
    }) as SheetWriter;
    this.#sheets.push(sheet);
    sheet.addRow(columns.map((column) => column.name)).commit();
    this.#rowsOfSheet = 1;
  }

  #add(row: ExportRow): void {
    this.#sheets.at(-1)?.addRow(row.map(this.#cell)).commit();
    this.#rowsOfSheet++;
    this.#rows++;
  }

  readonly #cell = (cell: Cell): string | number | null => {
    if (typeof cell === 'bigint') return cell > MAX_EXACT ? String(cell) : Number(cell);
    if (typeof cell !== 'string' || cell.length <= MAX_CELL_LENGTH) return cell;
    this.#cut++;
    const mark = ` … [cut: ${cell.length} characters]`;
    return cell.slice(0, MAX_CELL_LENGTH - mark.length).toWellFormed() + mark;
  };

  #tell(): void {
    const { name, position } = this.table;
    this.#sheets.at(-1)?.commit();
    const info = this.#book.addWorksheet('Info');
    const facts = [
      ['export', name],
      ['position', position],
      ['rows', this.#rows],
      ['sheets', this.#sheets.length],
      ['cells cut', this.#cut],
    ];
    for (const fact of facts) info.addRow(fact).commit();
    info.commit();
  }

  /** Until the archive takes more: the stream writer itself never waits. */
  async #drained(): Promise<void> {
    const { signal } = this.options;
    for (const { stream } of this.#sheets.slice(-1))
      for (const pipe of stream.pipes)
        if (pipe._writableState.needDrain) await once(pipe, 'drain', { signal });
  }
}
