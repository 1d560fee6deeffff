import { parentPort, workerData } from 'node:worker_threads';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type {
  Cell,
  ColumnType,
  ExportColumn,
  ExportRow,
} from '../read-models/exports/export-table.js';

/*
 * A thread that makes a Parquet file: to encode and compress a row group takes long enough to hold up everybody.
 */

/** What the thread is started with. */
export interface ParquetWorkerData {
  readonly columns: readonly ExportColumn[];
  /** Kept in the file. */
  readonly facts: readonly { readonly key: string; readonly value: string }[];
}

/** Further rows, or 'end': then the rest of the file is wanted. */
export type ParquetWorkerRequest = readonly ExportRow[] | 'end';

/** Bytes of the file that are ready; null for none. One answer to each request. */
export type ParquetWorkerAnswer = Uint8Array<ArrayBuffer> | null;

/** A row group is closed at so many rows, or so many characters of text: that much is held in memory. */
const GROUP_ROWS = 4_096;
const GROUP_LENGTH = 8 * 1_024 * 1_024;

const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, 'name' | 'repetition_type'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  count: { type: 'INT64' },
  position: { type: 'INT64' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
};

const { columns, facts } = workerData as ParquetWorkerData;
const bytes = new ByteWriter();
const schema: SchemaElement[] = columns.map(({ name, type }) => ({
  name,
  repetition_type: 'OPTIONAL',
  ...ELEMENTS[type],
}));
const writer = new ParquetWriter({
  writer: bytes,
  schema: [{ name: 'root', num_children: columns.length }, ...schema],
  kvMetadata: [...facts],
  createdBy: 'blangko',
});
let group: ExportRow[] = [];
let length = 0;

function add(row: ExportRow): void {
  group.push(row);
  for (const cell of row) if (typeof cell === 'string') length += cell.length;
  if (group.length >= GROUP_ROWS || length >= GROUP_LENGTH) write();
}

function write(): void {
  if (group.length === 0) return;
  const columnData = columns.map(({ name, type }, index) => ({
    name,
    data: group.map((row) => stored(type, row[index] ?? null)),
    // It would be kept in memory until the end, for every group.
    offsetIndex: false,
  }));
  void writer.write({ columnData, rowGroupSize: group.length });
  group = [];
  length = 0;
}

function stored(type: ColumnType, cell: Cell): string | bigint | Date | null {
  if (cell === null) return null;
  if (typeof cell === 'number') return BigInt(cell);
  return type === 'instant' ? new Date(String(cell)) : cell;
}

/** What was written since the last time; the writer goes on at the beginning of its buffer. */
function taken(): ParquetWorkerAnswer {
  if (bytes.index === 0) return null;
  const copy = bytes.getBytes().slice();
  bytes.index = 0;
  return copy;
}

parentPort?.on('message', (request: ParquetWorkerRequest) => {
  if (request === 'end') {
    write();
    void writer.finish();
  } else request.forEach(add);
  const answer: ParquetWorkerAnswer = taken();
  parentPort?.postMessage(answer, answer === null ? [] : [answer.buffer]);
});
