/** The columns of a distribution list, in the order of its header. */
export const COLUMNS = [
  'consignor',
  'consignee',
  'basis',
  'label',
  'kind',
  'seal',
  'usable',
  'invalid',
  'carrier',
  'vehicle',
  'expected_by',
  'paper_number',
  'occurred_at',
] as const;
export type ColumnName = (typeof COLUMNS)[number];

/** What is wrong with one cell of a file. */
export interface LineFault {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly column: ColumnName;
  readonly why: string;
}

/** `list.csv:12: usable (column 7): …` */
export function formatFault(file: string, { line, column, why }: LineFault): string {
  return `${file}:${line}: ${column} (column ${COLUMNS.indexOf(column) + 1}): ${why}`;
}
