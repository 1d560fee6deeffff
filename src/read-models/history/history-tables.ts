import type { ProjectionTable } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { SIGNED_MOVES, TRANSFER } from './move.js';

export const HISTORY_PROJECTION = 'history';

/** Stored as 0 and 1. */
export const CLOCKS = ['recorded', 'occurred'] as const;
export type Clock = (typeof CLOCKS)[number];

/** Whose flows a row has: those of an account by itself, or of a region with all below it. */
export const OWN = 0;
export const TOTAL = 1;
/** The day of a row that has a whole month; the others count from 1. */
export const WHOLE_MONTH = 0;

/*
 * Rows of both clocks are one, and days stand beside their month: an entry as it comes touches few pages.
 */
export const HISTORY_TABLES: readonly ProjectionTable[] = [
  {
    name: 'history_flow',
    key: 'owner, month, kind, day, batch, move',
    ddl: `CREATE TABLE history_flow (
  owner TEXT NOT NULL,
  month INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  day INTEGER NOT NULL,
  batch TEXT NOT NULL,
  move INTEGER NOT NULL,
  recorded INTEGER NOT NULL,
  occurred INTEGER NOT NULL,
  PRIMARY KEY (owner, month, kind, day, batch, move)
) STRICT, WITHOUT ROWID`,
  },
  // The moves of a day one by one, see day-moves.ts; null where a clock has none.
  {
    name: 'history_moves',
    key: 'day, account, batch',
    ddl: `CREATE TABLE history_moves (
  day INTEGER NOT NULL,
  account TEXT NOT NULL,
  batch TEXT NOT NULL,
  recorded TEXT,
  occurred TEXT,
  PRIMARY KEY (day, account, batch)
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

const LEGS = adder('history_leg', ['clock', 'consignor', 'consignee', 'day', 'batch']);
const LATE = adder('history_late', ['spread', 'effective_day', 'recorded_day', 'account', 'batch']);

/** Where flows are kept. */
export interface FlowKey {
  readonly owner: string;
  /** Months since January 1970. */
  readonly month: number;
  /** {@link OWN} or {@link TOTAL}. */
  readonly kind: number;
  /** Of the month, or {@link WHOLE_MONTH}. */
  readonly day: number;
  readonly batch: string;
  readonly move: number;
}

const ADD_FLOW = `INSERT INTO history_flow VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (owner, month, kind, day, batch, move) DO UPDATE
  SET recorded = recorded + excluded.recorded, occurred = occurred + excluded.occurred`;
const ADD_AND_LOOK = `${ADD_FLOW} RETURNING recorded = 0 AND occurred = 0 AS is_empty`;
const CLEAR_FLOW = `DELETE FROM history_flow
  WHERE owner = ? AND month = ? AND kind = ? AND day = ? AND batch = ? AND move = ?`;

/** @param blanks by the recorded clock, and by the occurred one */
export function addFlow(
  database: ReadModelDatabase,
  { owner, month, kind, day, batch, move }: FlowKey,
  blanks: readonly [number, number],
): void {
  const [recorded, occurred] = blanks;
  if (recorded === 0 && occurred === 0) return;
  const key = [owner, month, kind, day, batch, move] as const;
  // What moved serials adds up to nothing only where something is taken back; other moves go either way.
  const isSigned = recorded < 0 || occurred < 0 || move >= TRANSFER || SIGNED_MOVES.has(move);
  if (!isSigned) database.run(ADD_FLOW, ...key, recorded, occurred);
  else if (database.get(ADD_AND_LOOK, ...key, recorded, occurred)?.is_empty === 1)
    database.run(CLEAR_FLOW, ...key);
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
