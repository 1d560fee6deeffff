/** What became of one row. */
export interface RowResult {
  readonly name: string;
  readonly fault: string;
  readonly how: string;
  readonly count: string;
  readonly result: string;
  readonly seconds: string;
}

const HEADS = ['row', 'fault', 'how', 'count', 'result', 'seconds'] as const;

function cellsOf(row: RowResult): readonly string[] {
  const cells = [row.name, row.fault, row.how, row.count, row.result, row.seconds];
  return cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' '));
}

/** The results as a Markdown table. */
export function faultsTable(results: readonly RowResult[]): string {
  return tableOf(results.map(cellsOf));
}

/**
 * The text of a page whose table has these results in it: each in the place of the line that began
 * with the same row before, in the order of `names`; lines of other rows stay.
 */
export function pageWith(
  page: string,
  results: readonly RowResult[],
  names: readonly string[],
): string {
  const lines = page.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| row '));
  if (first === -1) throw new Error('the page has no table of rows');
  const after = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  const kept = new Map<string, readonly string[]>();
  for (const line of lines.slice(first + 2, after)) {
    const cells = line.slice(1, -1).split(/(?<!\\)\|/);
    kept.set(
      (cells[0] ?? '').trim(),
      cells.map((cell) => cell.trim()),
    );
  }
  for (const result of results) kept.set(result.name, cellsOf(result));
  const rows = names.flatMap((name) => {
    const found = kept.get(name);
    return found === undefined ? [] : [found];
  });
  const table = tableOf(rows).trimEnd().split('\n');
  return [...lines.slice(0, first), ...table, ...lines.slice(after)].join('\n');
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) =>
      HEADS[column] === 'seconds'
        ? cell.padStart(widths[column] ?? 0)
        : cell.padEnd(widths[column] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    HEADS[column] === 'seconds' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return `${[line(HEADS), line(rule), ...rows.map(line)].join('\n')}\n`;
}
