import type { Figure } from './figures.js';

const HEADS = ['name', 'in flight', 'median', 'min', 'max', 'unit', 'peer', 'of peer', 'ratio'];
const TEXT_COLUMNS = new Set(['name', 'unit', 'peer']);

/** The figures as a Markdown table, so that a page can hold it as it was printed. */
export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map(rowOf);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const isText = HEADS.map((head) => TEXT_COLUMNS.has(head));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) =>
      isText[column] === true
        ? cell.padEnd(widths[column] ?? 0)
        : cell.padStart(widths[column] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    isText[column] === true ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return `${[line(HEADS), line(rule), ...rows.map(line)].join('\n')}\n`;
}

function rowOf(figure: Figure): readonly string[] {
  const { name, inFlight, unit, median, min, max, peer, peerMedian, ratio, note } = figure;
  return [
    name,
    inFlight === null ? '' : String(inFlight),
    numberText(median),
    numberText(min),
    numberText(max),
    unit,
    note === '' ? peer : `${peer} (${note})`,
    numberText(peerMedian),
    ratio === null ? '' : ratio.toFixed(2),
  ];
}

function numberText(value: number | null): string {
  if (value === null) return '';
  const places = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
}
