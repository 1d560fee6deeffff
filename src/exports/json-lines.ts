import type { ExportTable } from '../read-models/exports/export-table.js';
import type { EncodingOptions } from './encoding-options.js';
import { textChunks } from './text-chunks.js';

/** JSON Lines: an object a row. Positions and revisions are decimal strings, as everywhere in JSON. */
export function jsonLinesOf(
  table: ExportTable,
  { signal }: EncodingOptions,
): AsyncIterable<Uint8Array> {
  return textChunks(lines(table, signal));
}

async function* lines(
  { columns, rows }: ExportTable,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const openings = columns.map(
    ({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
  );
  for await (const batch of rows(signal)) {
    let text = '';
    for (const row of batch) {
      for (const [index, cell] of row.entries())
        text += `${openings[index] ?? ''}${JSON.stringify(typeof cell === 'bigint' ? String(cell) : cell)}`;
      text += '}\n';
    }
    yield text;
  }
}
