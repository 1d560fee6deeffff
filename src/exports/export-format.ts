import type { ExportTable } from '../read-models/exports/export-table.js';
import { csvOf } from './csv.js';
import type { EncodingOptions } from './encoding-options.js';
import { jsonLinesOf } from './json-lines.js';
import { parquetOf } from './parquet.js';
import { xlsxOf } from './xlsx.js';

interface ExportFormat {
  readonly mediaType: string;
  /**
   * The bytes of a whole file, pulled only on demand: what is read ahead of them is bounded. A source
   * that throws has it throw, so that what came before is never taken for the whole.
   */
  readonly encode: (table: ExportTable, options: EncodingOptions) => AsyncIterable<Uint8Array>;
}

/** By the ending of its file's name. */
export const EXPORT_FORMATS = {
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', encode: csvOf },
  jsonl: { mediaType: 'application/jsonl; charset=utf-8', encode: jsonLinesOf },
  xlsx: {
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    encode: xlsxOf,
  },
  parquet: { mediaType: 'application/vnd.apache.parquet', encode: parquetOf },
} as const satisfies Readonly<Record<string, ExportFormat>>;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;

export const EXPORT_FORMAT_NAMES = Object.keys(EXPORT_FORMATS) as readonly ExportFormatName[];

/** `blangko-events-4247.csv`: nothing of it is the caller's. */
export function exportFileName({ name, position }: ExportTable, format: ExportFormatName): string {
  return `blangko-${name}-${position}.${format}`;
}
