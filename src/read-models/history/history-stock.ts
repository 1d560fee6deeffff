import type { AccountId } from '../../custody/account/account-id.js';
import type { ReadModelDatabase, Row } from '../read-model-database.js';
import { addCountsTo, noCounts, NO_BATCH, type StockCounts } from '../stock/stock-counts.js';
import type { BatchStock } from '../stock/stock-answer.js';
import { currentMonth, type Cut } from './as-of.js';
import { decodeMoves, upToPosition, type TimedMove } from './day-moves.js';
import { dayOf, firstDayOf, monthOf, startOfDay } from './history-day.js';
import { OWN, TOTAL, WHOLE_MONTH } from './history-tables.js';
import { countsOfMoves, moveParts, TRANSFER, WITHIN_MOVE } from './move.js';
import { RegionHistory } from './region-history.js';

/** Blanks by batch and move: what has moved since the ledger began, up to a cut. */
export type Flows = ReadonlyMap<string, ReadonlyMap<number, number>>;
type Sums = Map<string, Map<number, number>>;

/** What one account, or one region, held at a moment. */
export interface StockThen extends StockCounts {
  readonly byBatch: readonly BatchStock[];
}

/** Of an account by itself. */
export function ownFlows(database: ReadModelDatabase, cut: Cut, account: AccountId): Flows {
  const day = dayOf(cut.time);
  const sums = earlierFlows(database, OWN, cut, account);
  const rows = database.all(
    `SELECT batch, ${cut.clock} AS moves FROM history_moves
     WHERE day = ? AND account = ? AND ${cut.clock} IS NOT NULL`,
    day,
    account,
  );
  for (const row of rows)
    for (const { move, blanks } of countedOf(row, day, cut))
      add(sums, String(row.batch), move, blanks);
  return sums;
}

/**
 * Of regions with all below them, in order; one of them may hold another.
 * Reads the day of the cut once, whatever their number.
 */
export function regionFlows(
  database: ReadModelDatabase,
  cut: Cut,
  regions: readonly string[],
): ReadonlyMap<string, Flows> {
  const found = new Map(regions.map((it) => [it, earlierFlows(database, TOTAL, cut, it)]));
  const history = new RegionHistory(database);
  const day = dayOf(cut.time);
  const wantedOf = (account: string): readonly Sums[] =>
    history
      .regionsOf(account as AccountId, cut.clockNumber, day)
      .flatMap((region) => found.get(region) ?? []);
  const [only = ''] = regions;
  const narrowed = regions.length === 1 ? history.candidates(only, 'account') : null;
  const rows = database.iterate(
    `SELECT account, batch, ${cut.clock} AS moves FROM history_moves
     WHERE day = ? AND ${cut.clock} IS NOT NULL AND ${narrowed?.sql ?? '1'}`,
    day,
    ...(narrowed?.values ?? []),
  );
  for (const row of rows) {
    const here = wantedOf(String(row.account));
    if (here.length === 0) continue;
    const batch = String(row.batch);
    for (const { move, blanks, consignee } of countedOf(row, day, cut)) {
      for (const sums of here) add(sums, batch, move, blanks);
      if (consignee === null) continue;
      const { from, to } = moveParts(move);
      const sent = (to === 'transitOut' ? blanks : 0) - (from === 'transitOut' ? blanks : 0);
      const there = wantedOf(consignee);
      for (const sums of here.filter((it) => there.includes(it)))
        add(sums, batch, WITHIN_MOVE, sent);
    }
  }
  return found;
}

/** What flows come to. */
export function stockOfFlows(flows: Flows): StockThen {
  const sums = noCounts();
  const byBatch: BatchStock[] = [];
  for (const [batch, moves] of [...flows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const counts = countsOfMoves(moves);
    addCountsTo(sums, counts);
    const isEmpty = Object.values(counts).every((it) => it === 0);
    if (batch !== NO_BATCH && !isEmpty) byBatch.push({ batch, ...counts });
  }
  return { ...sums, byBatch };
}

/** What one flow is more than an earlier one; moves that add up to nothing are left out. */
export function differenceOf(later: Flows, earlier: Flows): Flows {
  const sums: Sums = new Map();
  for (const [batch, moves] of later)
    for (const [move, blanks] of moves) add(sums, batch, move, blanks);
  for (const [batch, moves] of earlier)
    for (const [move, blanks] of moves) add(sums, batch, move, -blanks);
  for (const [batch, moves] of sums) {
    for (const [move, blanks] of moves) if (blanks === 0) moves.delete(move);
    if (moves.size === 0) sums.delete(batch);
  }
  return sums;
}

/** Before the day of the cut: whole months, and the days of its own. */
function earlierFlows(
  database: ReadModelDatabase,
  kind: number,
  { clock, time }: Cut,
  owner: string,
): Sums {
  const sums: Sums = new Map();
  const day = dayOf(time);
  const month = monthOf(day);
  const ofMonth = day - firstDayOf(month) + 1;
  const take = (rows: readonly Row[]): void => {
    for (const row of rows) add(sums, String(row.batch), Number(row.move), Number(row.blanks));
  };
  const columns = `batch, move, ${clock} AS blanks`;
  const first = database.get('SELECT min(month) AS month FROM history_flow WHERE owner = ?', owner);
  const open = currentMonth(database);
  // Each month by its key: the days of all months stand between.
  for (let at = Number(first?.month ?? month); at < month; at++)
    take(
      database.all(
        `SELECT ${columns} FROM history_flow
         WHERE owner = ? AND month = ? AND kind = ? AND day ${at < open ? '=' : '<>'} ?`,
        ...([owner, at, kind, WHOLE_MONTH] as const),
      ),
    );
  // Transfers between regions take place as a day begins.
  take(
    database.all(
      `SELECT ${columns} FROM history_flow
       WHERE owner = ? AND month = ? AND kind = ? AND day > ? AND day <= ?
         AND (day < ? OR move >= ${TRANSFER})`,
      ...([owner, month, kind, WHOLE_MONTH, ofMonth, ofMonth] as const),
    ),
  );
  return sums;
}

function* countedOf(row: Row, day: number, cut: Cut): Generator<TimedMove, void, undefined> {
  for (const move of decodeMoves(String(row.moves), startOfDay(day))) {
    if (move.time > cut.time) return;
    const counted = cut.isExact ? upToPosition(move, cut.position) : move;
    if (counted !== null) yield counted;
  }
}

function add(sums: Sums, batch: string, move: number, blanks: number): void {
  const moves = sums.get(batch) ?? new Map<number, number>();
  sums.set(batch, moves);
  moves.set(move, (moves.get(move) ?? 0) + blanks);
}
