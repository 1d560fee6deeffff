import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import exceljs from 'exceljs';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { propertyRuns } from '../../test/support/property-runs.js';
import type { ExportRow, ExportTable } from '../read-models/exports/export-table.js';
import { EXPORT_FORMAT_NAMES, EXPORT_FORMATS } from './export-format.js';
import { MAX_CELL_LENGTH, MAX_SHEET_ROWS, xlsxOf } from './xlsx.js';

const COLUMNS = [
  { name: 'position', type: 'position' },
  { name: 'recordedAt', type: 'instant' },
  { name: 'name', type: 'text' },
  { name: 'blanks', type: 'count' },
  { name: 'data', type: 'json' },
] as const;

/** Rows that are made only when they are asked for. */
class Source {
  made = 0;
  isStopped = false;

  constructor(
    private readonly rows: number,
    private readonly rowAt: (index: number) => ExportRow,
    private readonly failsAt = Infinity,
  ) {}

  get table(): ExportTable {
    return { name: 'events', position: '4247', columns: COLUMNS, rows: () => this.#batches() };
  }

  async *#batches(): AsyncGenerator<readonly ExportRow[], void, undefined> {
    try {
      while (this.made < this.rows) {
        const batch: ExportRow[] = [];
        while (batch.length < 100 && this.made < this.rows) batch.push(this.rowAt(this.made++));
        if (this.made > this.failsAt) throw new Error('the log does not answer');
        yield await Promise.resolve(batch);
      }
    } finally {
      this.isStopped = true;
    }
  }
}

const never = new AbortController().signal;

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function synthetic(index: number): ExportRow {
  const data = JSON.stringify({ serial: `2017-A/${index * 7919}`, note: 'x'.repeat(index % 90) });
  return [BigInt(index + 1), '2017-04-01T00:00:00.000Z', `Kantor ${index}`, index, data];
}

function given(...rows: readonly ExportRow[]): ExportTable {
  return new Source(rows.length, (index) => rows[index] ?? []).table;
}

const row = fc.tuple(
  fc.bigInt({ min: 0n, max: 2n ** 62n }),
  fc.constantFrom('2017-04-01T00:00:00.123Z', '2026-12-31T23:59:59.999Z'),
  fc.option(
    fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'a', '😀'),
    }),
  ),
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.json(),
);

function inJson(rows: readonly ExportRow[]): readonly object[] {
  return rows.map((cells) =>
    Object.fromEntries(
      COLUMNS.map(({ name }, index) => {
        const cell = cells[index] ?? null;
        return [name, typeof cell === 'bigint' ? String(cell) : cell];
      }),
    ),
  );
}

async function jsonLines(table: ExportTable): Promise<readonly object[]> {
  const text = (await bytesOf(EXPORT_FORMATS.jsonl.encode(table, { signal: never }))).toString();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as object);
}

describe('an export as text', () => {
  it('says the same in CSV and in JSON Lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const lines = await jsonLines(given(...rows));
        expect(lines).toEqual(inJson(rows));
        const csv = await bytesOf(EXPORT_FORMATS.csv.encode(given(...rows), { signal: never }));
        const records = parse(csv, { columns: true }) as readonly Record<string, string>[];
        const read = records.map((record) =>
          Object.fromEntries(
            Object.entries(record).map(([name, text]) => [
              name,
              /^'[=+\-@\t\r\n]/.test(text) ? text.slice(1) : text,
            ]),
          ),
        );
        const shown = lines.map((line) =>
          Object.fromEntries(
            Object.entries(line).map(([name, value]) => [
              name,
              value === null ? '' : String(value).replace(/^'(?=[=+\-@\t\r\n])/, ''),
            ]),
          ),
        );
        expect(read).toEqual(shown);
      }),
      propertyRuns(100),
    );
  });

  it('leaves a spreadsheet no formula, and numbers as they are', async () => {
    const texts = ['=1+1', '+62', '-2', '@SUM(A1)', '\tx', '\rx', 'a=b', 'it"s'];
    const table = given(...texts.map((text): ExportRow => [1n, null, text, -5, null]));
    const csv = await bytesOf(EXPORT_FORMATS.csv.encode(table, { signal: never }));
    const lines = csv.toString('utf8').split('\r\n');
    expect(lines[0]).toBe('position,recordedAt,name,blanks,data');
    expect(lines.slice(1)).toEqual([
      `1,,"'=1+1",-5,`,
      `1,,"'+62",-5,`,
      `1,,"'-2",-5,`,
      `1,,"'@SUM(A1)",-5,`,
      `1,,"'\tx",-5,`,
      `1,,"'\rx",-5,`,
      '1,,a=b,-5,',
      '1,,"it""s",-5,',
      '',
    ]);
    const options = { signal: never, hasByteOrderMark: true };
    const marked = await bytesOf(EXPORT_FORMATS.csv.encode(given(), options));
    expect(marked.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  });
});

describe('an export as Parquet', () => {
  it('is read back as it was, in row groups, and knows its position', async () => {
    const source = new Source(9_000, synthetic);
    const file = await bytesOf(EXPORT_FORMATS.parquet.encode(source.table, { signal: never }));
    const buffer = new Uint8Array(file).buffer;
    const metadata = parquetMetadata(buffer);
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([4096, 4096, 808]);
    expect(metadata.key_value_metadata).toEqual(
      expect.arrayContaining([{ key: 'blangko.position', value: '4247' }]),
    );
    const rows = await parquetReadObjects({ file: buffer });
    const expected = Array.from({ length: 9_000 }, (_, index) => {
      const [position, recordedAt, name, blanks, data] = synthetic(index);
      return {
        position,
        recordedAt: new Date(String(recordedAt)),
        name,
        blanks: BigInt(blanks ?? 0),
        data,
      };
    });
    expect(rows).toEqual(expected);
  });

  it('may have no rows, and empty cells', async () => {
    const empty = await bytesOf(EXPORT_FORMATS.parquet.encode(given(), { signal: never }));
    expect(Number(parquetMetadata(new Uint8Array(empty).buffer).num_rows)).toBe(0);
    const one = given([1n, null, null, 0, null]);
    const file = await bytesOf(EXPORT_FORMATS.parquet.encode(one, { signal: never }));
    const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer });
    expect(rows).toEqual([{ position: 1n, recordedAt: null, name: null, blanks: 0n, data: null }]);
  });
});

async function bookOf(file: Buffer): Promise<exceljs.Workbook> {
  const book = new exceljs.Workbook();
  await book.xlsx.load(new Uint8Array(file).buffer);
  return book;
}

describe('an export as XLSX', () => {
  it('goes on in further sheets where one is full, and tells its position', async () => {
    const source = new Source(250, synthetic);
    const file = await bytesOf(xlsxOf(source.table, { signal: never, sheetRows: 101 }));
    const book = await bookOf(file);
    expect(book.worksheets.map(({ name, rowCount }) => [name, rowCount])).toEqual([
      ['events', 101],
      ['events 2', 101],
      ['events 3', 51],
      ['Info', 5],
    ]);
    const third = book.getWorksheet('events 3')?.getRow(2).values as unknown[];
    expect(third.slice(1)).toEqual([201, ...synthetic(200).slice(1)]);
    expect(book.getWorksheet('Info')?.getCell('B2').value).toBe('4247');
    expect(book.getWorksheet('Info')?.getCell('B3').value).toBe(250);
  });

  it('keeps to the bounds of Excel', async () => {
    // https://support.microsoft.com/office/excel-specifications-and-limits
    expect([MAX_SHEET_ROWS, MAX_CELL_LENGTH]).toEqual([2 ** 20, 2 ** 15 - 1]);
    const long = 'x'.repeat(40_000);
    const table = given([2n ** 60n, null, '=1+1', 1, long], [1n, null, 'a', 2, 'short']);
    const book = await bookOf(await bytesOf(xlsxOf(table, { signal: never })));
    const values = book.getWorksheet('events')?.getRow(2).values as unknown[];
    expect(values[1]).toBe(String(2n ** 60n));
    expect(values[3]).toBe('=1+1');
    expect(String(values[5])).toHaveLength(MAX_CELL_LENGTH);
    expect(String(values[5])).toMatch(/^x+ … \[cut: 40000 characters\]$/);
    expect(book.getWorksheet('Info')?.getCell('B5').value).toBe(1);
  });
});

describe.each(EXPORT_FORMAT_NAMES)('an export as %s', (format) => {
  const encode = (source: Source, signal = never): AsyncIterator<Uint8Array> =>
    EXPORT_FORMATS[format].encode(source.table, { signal })[Symbol.asyncIterator]();

  it('reads no further than a slow reader has come', async () => {
    const source = new Source(200_000, synthetic);
    const bytes = encode(source);
    await bytes.next();
    // Whatever runs ahead has all the time it wants.
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    const ahead = source.made;
    expect(ahead).toBeLessThan(40_000);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(source.made).toBe(ahead);
    await bytes.return?.();
    expect([source.made, source.isStopped]).toEqual([ahead, true]);
  });

  it('has no end when its rows fail', async () => {
    const source = new Source(60_000, synthetic, 50_000);
    const file = bytesOf({ [Symbol.asyncIterator]: () => encode(source) });
    await expect(file).rejects.toThrow('the log does not answer');
  });
});
