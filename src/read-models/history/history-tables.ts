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
  events INTEGER NOT NULL,
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
  {
    name: 'history_correction',
    key: 'position',
    ddl: `CREATE TABLE history_correction (
  position INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL,
  corrected_to INTEGER NOT NULL
) STRICT;
CREATE INDEX history_correction_by_event ON history_correction (event_id, position)`,
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
export function addFlow(
  database: ReadModelDatabase,
  table: FlowTable,
  key: readonly [clock: number, owner: string, period: number, batch: string, move: number],
  blanks: number,
): void {
  if (blanks === 0) return;
  database.run(ADD[table].add, ...key, blanks);
  if (blanks < 0) database.run(ADD[table].clear, ...key);
}

const ADD = Object.fromEntries(
  FLOW_TABLES.map((name) => [
    name,
    {
      add: `INSERT INTO ${name} VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (clock, owner, period, batch, move) DO UPDATE SET blanks = blanks + excluded.blanks`,
      clear: `DELETE FROM ${name}
        WHERE clock = ? AND owner = ? AND period = ? AND batch = ? AND move = ? AND blanks = 0`,
    },
  ]),
) as Readonly<Record<FlowTable, { readonly add: string; readonly clear: string }>>;
