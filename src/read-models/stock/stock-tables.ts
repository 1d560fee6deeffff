import type { ProjectionTable } from '../projection.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { REGION_TABLE } from './region-tree.js';
import { COUNT_NAMES, type CountName, type StockCounts } from './stock-counts.js';

export const STOCK_PROJECTION = 'stock';

const COLUMN_OF: Readonly<Record<CountName, string>> = {
  produced: 'produced',
  usable: 'usable',
  invalid: 'invalid',
  inTransitIn: 'in_transit_in',
  inTransitOut: 'in_transit_out',
  inTransitWithin: 'in_transit_within',
  issued: 'issued',
  destroyed: 'destroyed',
  missing: 'missing',
  unnumbered: 'unnumbered',
};
const COLUMNS = COUNT_NAMES.map((name) => COLUMN_OF[name]);

function countsTable(name: string, owner: string): ProjectionTable {
  const columns = COLUMNS.map((column) => `${column} INTEGER NOT NULL,`).join('\n  ');
  return {
    name,
    key: `${owner}, batch`,
    ddl: `CREATE TABLE ${name} (
  ${owner} TEXT NOT NULL,
  batch TEXT NOT NULL,
  ${columns}
  last_position INTEGER NOT NULL,
  last_recorded_at TEXT NOT NULL,
  last_event_id TEXT NOT NULL,
  PRIMARY KEY (${owner}, batch)
) STRICT, WITHOUT ROWID`,
  };
}

export const STOCK_TABLES: readonly ProjectionTable[] = [
  // Of each account by itself.
  countsTable('stock_own', 'account'),
  // Of each facility with all below it; the nation is 00.
  countsTable('stock_total', 'facility'),
  // What is on its way from one account to another: the regions that hold both can be made anew.
  {
    name: 'stock_transit',
    key: 'consignor, consignee, batch',
    ddl: `CREATE TABLE stock_transit (
  consignor TEXT NOT NULL,
  consignee TEXT NOT NULL,
  batch TEXT NOT NULL,
  blanks INTEGER NOT NULL,
  PRIMARY KEY (consignor, consignee, batch)
) STRICT, WITHOUT ROWID`,
  },
  REGION_TABLE,
];

export interface Movement {
  readonly position: bigint;
  readonly recordedAt: string;
  readonly eventId: string;
}

function addStatement(table: string, owner: string): string {
  const places = COLUMNS.map(() => '?').join(', ');
  const sums = COLUMNS.map((column) => `${column} = ${column} + excluded.${column}`).join(', ');
  const isLater = `excluded.last_position >= ${table}.last_position`;
  const last = ['last_recorded_at', 'last_event_id', 'last_position']
    .map((it) => `${it} = CASE WHEN ${isLater} THEN excluded.${it} ELSE ${table}.${it} END`)
    .join(', ');
  return `INSERT INTO ${table} VALUES (?, ?, ${places}, ?, ?, ?)
    ON CONFLICT (${owner}, batch) DO UPDATE SET ${sums}, ${last}`;
}

const ADD = {
  stock_own: addStatement('stock_own', 'account'),
  stock_total: addStatement('stock_total', 'facility'),
} as const;

export function addCounts(
  database: ReadModelDatabase,
  table: keyof typeof ADD,
  owner: string,
  batch: string,
  counts: StockCounts,
  last: Movement,
): void {
  const values = COUNT_NAMES.map((name) => counts[name]);
  database.run(ADD[table], owner, batch, ...values, last.position, last.recordedAt, last.eventId);
}

/** The counts of a row that selects them under their names in the program. */
export function countsOf(row: Row): StockCounts {
  const entries = COUNT_NAMES.map((name) => [name, Number(row[name] ?? 0)]);
  return Object.fromEntries(entries) as StockCounts;
}

/** SELECT list of the counts of one row, under their names in the program. */
export const NAMED_COUNTS = COUNT_NAMES.map((name) => `${COLUMN_OF[name]} AS ${name}`).join(', ');
