import type { ProjectionTable } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';

export const HISTORY_PROJECTION = 'history';

/** Stored as 0 and 1. */
export const CLOCKS = ['recorded', 'occurred'] as const;
export type Clock = (typeof CLOCKS)[number];

/** What moved in a day, or in a month, of an account by itself or of a region with all below it. */
export const FLOW_TABLES = [
  'history_own_day',
  'history_own_month',
  'history_total_day',
  'history_total_month',
] as const;
export type FlowTable = (typeof FLOW_TABLES)[number];

function flowTable(name: FlowTable): ProjectionTable {
  return {
    name,
    key: 'clock, owner, period, batch, move',
    ddl: `CREATE TABLE ${name} (
  clock INTEGER NOT NULL,
  owner TEXT NOT NULL,
  period INTEGER NOT NULL,
  batch TEXT NOT NULL,
  move INTEGER NOT NULL,
  blanks INTEGER NOT NULL,
  PRIMARY KEY (clock, owner, period, batch, move)
) STRICT, WITHOUT ROWID`,
  };
}

export const HISTORY_TABLES: readonly ProjectionTable[] = [
  ...FLOW_TABLES.map(flowTable),
  // The moves of a day one by one, see day-moves.ts.
  {
    name: 'history_moves',
    key: 'clock, day, account, batch',
    ddl: `CREATE TABLE history_moves (
  clock INTEGER NOT NULL,
  day INTEGER NOT NULL,
  account TEXT NOT NULL,
  batch TEXT NOT NULL,
  moves TEXT NOT NULL,
  PRIMARY KEY (clock, day, account, batch)
) STRICT, WITHOUT ROWID`,
  },
  // What went out of transits (negative), or into them, between two accounts: regions may hold both.
  {
    name: 'history_leg',
    key: 'clock, consignor, consignee, day, batch',
    ddl: `CREATE TABLE history_leg (
  clock INTEGER NOT NULL,
  consignor TEXT NOT NULL,
  consignee TEXT NOT NULL,
  day INTEGER NOT NULL,
  batch TEXT NOT NULL,
  blanks INTEGER NOT NULL,
  PRIMARY KEY (clock, consignor, consignee, day, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_leg_by_consignee ON history_leg (consignee)`,
  },
  // Every ledger time, and the last position that has it.
  {
    name: 'history_time',
    key: 'ledger_time',
    ddl: `CREATE TABLE history_time (
  ledger_time INTEGER PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT`,
  },
  // Entries that were recorded on a later day than they happened; spread is the power of two of days between.
  {
    name: 'history_late',
    key: 'spread, effective_day, recorded_day, account, batch',
    ddl: `CREATE TABLE history_late (
  spread INTEGER NOT NULL,
  effective_day INTEGER NOT NULL,
  recorded_day INTEGER NOT NULL,
  account TEXT NOT NULL,
  batch TEXT NOT NULL,
  blanks INTEGER NOT NULL,
  PRIMARY KEY (spread, effective_day, recorded_day, account, batch)
) STRICT, WITHOUT ROWID`,
  },
  // No entry into the place has a later effective time; for a shipment, its id stands for the account.
  {
    name: 'history_bound',
    key: 'place',
    ddl: `CREATE TABLE history_bound (
  place TEXT PRIMARY KEY,
  latest INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
  },
  // All corrections of when an entry happened, by the revision of the entry.
  {
    name: 'history_correction',
    key: 'account, revision, position',
    ddl: `CREATE TABLE history_correction (
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  position INTEGER NOT NULL,
  corrected_to INTEGER NOT NULL,
  PRIMARY KEY (account, revision, position)
) STRICT, WITHOUT ROWID`,
  },
  // Entries about cards without a number, and when they count on the occurred clock; null: not any more.
  {
    name: 'history_unnumbered',
    key: 'account, revision',
    ddl: `CREATE TABLE history_unnumbered (
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ledger_time INTEGER NOT NULL,
  stated INTEGER NOT NULL,
  counted_at INTEGER,
  cards INTEGER NOT NULL,
  PRIMARY KEY (account, revision)
) STRICT, WITHOUT ROWID`,
  },
  // Which serial an issuance is of, by its revision; see issued-serials.ts.
  {
    name: 'history_issued',
    key: 'account, block',
    ddl: `CREATE TABLE history_issued (
  account TEXT NOT NULL,
  block INTEGER NOT NULL,
  serials BLOB NOT NULL,
  PRIMARY KEY (account, block)
) STRICT, WITHOUT ROWID`,
  },
  {
    name: 'history_parent',
    key: 'facility, position',
    ddl: `CREATE TABLE history_parent (
  facility TEXT NOT NULL,
  position INTEGER NOT NULL,
  parent TEXT NOT NULL,
  effective_day INTEGER NOT NULL,
  recorded_day INTEGER NOT NULL,
  PRIMARY KEY (facility, position)
) STRICT, WITHOUT ROWID`,
  },
];

/** Adds to a row, which is made when there is none and goes when nothing is left of it. */
function adder(
  table: string,
  keys: readonly string[],
): { readonly add: string; readonly clear: string } {
  const places = keys.map(() => '?').join(', ');
  const where = keys.map((key) => `${key} = ?`).join(' AND ');
  return {
    add: `INSERT INTO ${table} VALUES (${places}, ?) ON CONFLICT (${keys.join(', ')})
      DO UPDATE SET blanks = blanks + excluded.blanks RETURNING blanks`,
    clear: `DELETE FROM ${table} WHERE ${where}`,
  };
}

function addTo(
  database: ReadModelDatabase,
  { add, clear }: ReturnType<typeof adder>,
  key: readonly (string | number)[],
  blanks: number,
): void {
  if (blanks === 0) return;
  if (database.get(add, ...key, blanks)?.blanks === 0) database.run(clear, ...key);
}

const FLOW_KEYS = ['clock', 'owner', 'period', 'batch', 'move'];
const FLOWS = Object.fromEntries(
  FLOW_TABLES.map((name) => [name, adder(name, FLOW_KEYS)]),
) as Readonly<Record<FlowTable, ReturnType<typeof adder>>>;
const LEGS = adder('history_leg', ['clock', 'consignor', 'consignee', 'day', 'batch']);
const LATE = adder('history_late', ['spread', 'effective_day', 'recorded_day', 'account', 'batch']);

export function addFlow(
  database: ReadModelDatabase,
  table: FlowTable,
  key: readonly [clock: number, owner: string, period: number, batch: string, move: number],
  blanks: number,
): void {
  addTo(database, FLOWS[table], key, blanks);
}

export function addLeg(
  database: ReadModelDatabase,
  key: readonly [clock: number, consignor: string, consignee: string, day: number, batch: string],
  blanks: number,
): void {
  addTo(database, LEGS, key, blanks);
}

export function addLate(
  database: ReadModelDatabase,
  key: readonly [effectiveDay: number, recordedDay: number, account: string, batch: string],
  blanks: number,
): void {
  const [effectiveDay, recordedDay] = key;
  addTo(database, LATE, [spreadOf(recordedDay - effectiveDay), ...key], blanks);
}

/** Of so many days, at least 1: between 2 to the spread, inclusive, and twice as many. */
export function spreadOf(days: number): number {
  return Math.floor(Math.log2(days));
}
