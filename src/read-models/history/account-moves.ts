import type { AccountId } from '../../custody/account/account-id.js';
import type { Officer } from '../../custody/account/events.js';
import type { SerialRange } from '../../custody/serials/serial-range.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import type { CustodyLine } from '../custody-line/custody-line.js';
import { isInTransit, type PlaceName } from '../custody-line/places.js';
import type { StoryEntry } from '../custody-line/story-entry.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { Cut } from './as-of.js';
import { decodeMoves, type TimedMove } from './day-moves.js';
import { dayOf, firstDayOf, monthOf, startOfDay } from './history-day.js';
import { OWN, WHOLE_MONTH } from './history-tables.js';
import { issuedRun } from './issued-serials.js';
import { between } from './moved-entries.js';
import { moveParts, type HistoryPlace } from './move.js';

/** A move in the books of one account. */
export interface AccountMoved {
  readonly batch: string;
  readonly move: TimedMove;
}

/** Between two cuts of one clock, in the order of time and position. */
export function* accountMovesBetween(
  database: ReadModelDatabase,
  account: AccountId,
  first: Cut,
  last: Cut,
): Generator<AccountMoved, void, undefined> {
  const [firstDay, lastDay] = [dayOf(first.time), dayOf(last.time)];
  const days = database.all(
    `SELECT DISTINCT month, day FROM history_flow
     WHERE owner = ? AND month BETWEEN ? AND ? AND kind = ? AND day <> ? ORDER BY month, day`,
    account,
    monthOf(firstDay),
    monthOf(lastDay),
    OWN,
    WHOLE_MONTH,
  );
  for (const row of days) {
    const day = firstDayOf(Number(row.month)) + Number(row.day) - 1;
    if (day < firstDay || day > lastDay) continue;
    const rows = database.all(
      `SELECT batch, ${last.clock} AS moves FROM history_moves
       WHERE day = ? AND account = ? AND ${last.clock} IS NOT NULL`,
      day,
      account,
    );
    const moved = rows.flatMap(({ batch, moves }) =>
      decodeMoves(String(moves), startOfDay(day)).flatMap((move): AccountMoved[] => {
        const counted = between(move, first, last);
        return counted === null ? [] : [{ batch: String(batch), move: counted }];
      }),
    );
    yield* moved.sort(
      ({ move: a }, { move: b }) => a.time - b.time || a.position - b.position || a.move - b.move,
    );
  }
}

/** What was moved by whom: of several issuances, the serials of each officer apart. */
export interface MovedSerials {
  readonly officer: Officer;
  readonly ranges: readonly SerialRange[];
}

/** An entry behind a move, and the serials: all that the entry moved so, or some of it. */
export interface MoveDetails {
  readonly entry: StoryEntry | null;
  readonly serials: readonly MovedSerials[];
}

export function detailsOf(
  database: ReadModelDatabase,
  line: CustodyLine,
  account: AccountId,
  { batch, move }: AccountMoved,
): MoveDetails {
  const entry = line.entryAt(move.position);
  if (entry === null) {
    const issued = issuedRun(database, line, account, move);
    return { entry: issued.first, serials: issued.serials };
  }
  const { from, to } = moveParts(move.move);
  const ranges = line
    .rangesOf(move.position)
    .filter((it) => it.batch === batch && isPlace(it.from, from) && isPlace(it.to, to))
    .map(({ first, last }) => ({ batch: batch as BatchCode, first, last }));
  return { entry, serials: [{ officer: entry.actor, ranges }] };
}

/** Whether a place of the custody line is one of the books of an account. */
function isPlace(name: PlaceName, place: HistoryPlace): boolean {
  return isInTransit(name) ? place === 'transitIn' || place === 'transitOut' : name === place;
}
