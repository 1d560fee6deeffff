import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type {
  Cell,
  ColumnType,
  ExportRow,
  ExportTable,
} from '../read-models/exports/export-table.js';
import type { EncodingOptions } from './encoding-options.js';

/** A row group is closed at so many rows, or so many characters of text: that much is held in memory. */
const GROUP_ROWS = 4_096;
const GROUP_LENGTH = 8 * 1_024 * 1_024;

type Element = Omit<SchemaElement, 'name' | 'repetition_type'>;

const ELEMENTS: Readonly<Record<ColumnType, Element>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  count: { type: 'INT64' },
  position: { type: 'INT64' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
};

/** Apache Parquet, compressed with Snappy. The position is in the metadata under `blangko.position`. */
export async function* parquetOf(
  { name, position, columns, rows }: ExportTable,
  { signal }: EncodingOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = columns.map((column) => ({
    name: column.name,
    repetition_type: 'OPTIONAL',
    ...ELEMENTS[column.type],
  }));
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...schema],
    kvMetadata: [
      { key: 'blangko.export', value: name },
      { key: 'blangko.position', value: position },
    ],
    createdBy: 'blangko',
  });
  for await (const group of rowGroups(rows(signal))) {
    const columnData = columns.map((column, index) => ({
      name: column.name,
      data: group.map((row) => stored(column.type, row[index] ?? null)),
      // It would be kept in memory until the end, for every group.
      offsetIndex: false,
    }));
    await writer.write({ columnData, rowGroupSize: group.length });
    yield taken(bytes);
  }
  await writer.finish();
  yield taken(bytes);
}

/** What was written since the last time; the writer goes on at the beginning of its buffer. */
function taken(bytes: ByteWriter): Uint8Array {
  const copy = bytes.getBytes().slice();
  bytes.index = 0;
  return copy;
}

function stored(type: ColumnType, cell: Cell): string | bigint | Date | null {
  if (cell === null) return null;
  if (typeof cell === 'number') return BigInt(cell);
  return type === 'instant' ? new Date(String(cell)) : cell;
}

async function* rowGroups(
  batches: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<readonly ExportRow[], void, undefined> {
  let group: ExportRow[] = [];
  let length = 0;
  for await (const batch of batches)
    for (const row of batch) {
      group.push(row);
      for (const cell of row) if (typeof cell === 'string') length += cell.length;
      if (group.length < GROUP_ROWS && length < GROUP_LENGTH) continue;
      yield group;
      group = [];
      length = 0;
    }
  if (group.length > 0) yield group;
}
