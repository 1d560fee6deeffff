import type { AccountId } from '../../custody/account/account-id.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { Cut } from './as-of.js';
import { decodeMoves, upToPosition, type TimedMove } from './day-moves.js';
import { dayOf, startOfDay } from './history-day.js';
import { issuanceAt } from './issued-serials.js';
import { moveParts, type HistoryPlace } from './move.js';
import { RegionHistory } from './region-history.js';

/** One side of what an entry moved, or several issuances that follow each other. */
export interface MovedEntry {
  readonly account: string;
  readonly batch: string;
  readonly from: HistoryPlace;
  readonly to: HistoryPlace;
  readonly blanks: number;
  readonly counterparty: string | null;
  /** By the clock in question, ISO 8601, UTC. */
  readonly time: string;
  /** Decimal; of the first of `events` that follow each other. */
  readonly position: string;
  readonly events: number;
  readonly type: string;
  readonly eventId: string | null;
}

interface Span {
  /** What counts at it is left out. */
  readonly first: Cut;
  readonly last: Cut;
  readonly region: string;
  /** As a page before gave it. */
  readonly after: string | null;
  readonly limit: number;
}

interface Placed {
  readonly account: string;
  readonly batch: string;
  readonly move: TimedMove;
  readonly place: string;
}

/** In order of time, position, account, batch and move. Reads no more days than the page needs. */
export function entriesBetween(
  database: ReadModelDatabase,
  { first, last, region, after, limit }: Span,
): { readonly entries: readonly MovedEntry[]; readonly next: string | null } {
  const regions = new RegionHistory(database);
  const line = new CustodyLine(database);
  const found: Placed[] = [];
  const firstDay = after === null ? dayOf(first.time) : Number(after.split('.')[0]);
  const days = database.all(
    'SELECT DISTINCT day FROM history_moves WHERE day BETWEEN ? AND ? ORDER BY day',
    firstDay,
    dayOf(last.time),
  );
  for (const { day } of days) {
    for (const placed of movesOfDay(database, Number(day), { first, last, region, regions }))
      if (after === null || placed.place > after) found.push(placed);
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.place ?? null) : null;
  return { entries: page.map((it) => entryOf(database, line, it)), next };
}

function movesOfDay(
  database: ReadModelDatabase,
  day: number,
  span: Pick<Span, 'first' | 'last' | 'region'> & { readonly regions: RegionHistory },
): readonly Placed[] {
  const { first, last, region, regions } = span;
  const found: Placed[] = [];
  const narrowed = regions.candidates(region, 'account');
  const rows = database.iterate(
    `SELECT account, batch, ${last.clock} AS moves FROM history_moves
     WHERE day = ? AND ${last.clock} IS NOT NULL AND ${narrowed?.sql ?? '1'}`,
    day,
    ...(narrowed?.values ?? []),
  );
  for (const row of rows) {
    const [account, batch] = [String(row.account), String(row.batch)];
    if (!regions.regionsOf(account as AccountId, last.clockNumber, day).includes(region)) continue;
    for (const move of decodeMoves(String(row.moves), startOfDay(day))) {
      const counted = between(move, first, last);
      if (counted === null) continue;
      const time = String(counted.time - startOfDay(day)).padStart(8, '0');
      const position = String(counted.position).padStart(16, '0');
      const place = [day, time, position, account, batch, counted.move].join('.');
      found.push({ account, batch, move: counted, place });
    }
  }
  return found.sort((a, b) => (a.place < b.place ? -1 : 1));
}

/** The part of a move that counts at the later cut and not yet at the earlier. */
export function between(move: TimedMove, first: Cut, last: Cut): TimedMove | null {
  const counted = countedAt(move, last);
  if (counted === null) return null;
  const before = countedAt(move, first);
  if (before === null) return counted;
  const events = counted.events - before.events;
  if (events === 0) return null;
  return { ...counted, position: counted.position + before.events, events, blanks: events };
}

function countedAt(move: TimedMove, cut: Cut): TimedMove | null {
  if (move.time > cut.time) return null;
  return cut.isExact ? upToPosition(move, cut.position) : move;
}

function entryOf(database: ReadModelDatabase, line: CustodyLine, placed: Placed): MovedEntry {
  const { account, batch, move } = placed;
  const entry = database.get(
    'SELECT type, event_id FROM custody_entry AS entry WHERE entry.position = ?',
    move.position,
  );
  const issued =
    entry === undefined ? issuanceAt(database, line, account as AccountId, move.position) : null;
  const { from, to } = moveParts(move.move);
  return {
    ...{ account, batch, from, to, blanks: move.blanks, counterparty: move.consignee },
    time: new Date(move.time).toISOString(),
    position: String(move.position),
    events: move.events,
    type: String(entry?.type ?? 'BlankIssued'),
    eventId: entry === undefined ? (issued?.eventId ?? null) : String(entry.event_id),
  };
}
