import type { AccountId } from '../../custody/account/account-id.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { Cut } from './as-of.js';
import { decodeMoves } from './day-moves.js';
import { dayOf, startOfDay } from './history-day.js';
import { issuanceAt } from './issued-serials.js';
import type { ScopeCondition } from '../scope.js';
import { RegionHistory } from './region-history.js';

/** An entry that happened by a moment and was recorded after it. */
export interface LateEntry {
  readonly account: string;
  /** Decimal; of the first of `events` that follow each other. */
  readonly position: string;
  readonly eventId: string | null;
  /** How many entries, one after the other, of one account and time. */
  readonly events: number;
  /** When it took effect, and when it was recorded: ISO 8601, UTC. */
  readonly effectiveAt: string;
  readonly recordedAt: string;
  readonly blanks: number;
}

export interface LateEntries {
  readonly events: number;
  /** The first of them, in the order of the log. */
  readonly entries: readonly LateEntry[];
  readonly truncated: boolean;
}

const MOST_NAMED = 100;
/** Powers of two of days: more than a ledger lasts. */
const SPREADS = 16;

interface Found {
  readonly account: string;
  readonly position: number;
  readonly events: number;
  readonly time: number;
  blanks: number;
}

/**
 * Entries that the occurred clock counts at a moment though they were recorded after it: of accounts of a
 * region, or of one account alone.
 */
export function lateEntries(
  database: ReadModelDatabase,
  cut: Cut,
  where: { readonly region: string } | { readonly account: string },
): LateEntries {
  const found = new Map<string, Found>();
  for (const { day, account } of placesToLook(database, cut, wantedBy(database, cut, where)))
    look(database, cut, day, account, found);
  const all = [...found.values()].sort((a, b) => a.position - b.position);
  const line = new CustodyLine(database);
  const entries = all.slice(0, MOST_NAMED).map((it) => named(database, line, it));
  const events = all.reduce((sum, it) => sum + it.events, 0);
  return { events, entries, truncated: all.length > MOST_NAMED };
}

/** A condition that is cheap, and the test of what fulfils it. */
interface Wanted {
  readonly condition: ScopeCondition;
  readonly isWanted: (account: string) => boolean;
}

const ALL: ScopeCondition = { sql: '1', values: [] };

function wantedBy(
  database: ReadModelDatabase,
  cut: Cut,
  where: { readonly region: string } | { readonly account: string },
): Wanted {
  if ('account' in where)
    return { condition: { sql: 'account = ?', values: [where.account] }, isWanted: () => true };
  const { region } = where;
  const regions = new RegionHistory(database);
  const day = dayOf(cut.time);
  const isWanted = (account: string): boolean =>
    regions.regionsOf(account as AccountId, cut.clockNumber, day).includes(region);
  return { condition: regions.candidates(region, 'account') ?? ALL, isWanted };
}

/** Days and accounts whose moves are to be looked through: those of the day itself, and of days with late ones. */
function placesToLook(
  database: ReadModelDatabase,
  cut: Cut,
  { condition, isWanted }: Wanted,
): readonly { readonly day: number; readonly account: string }[] {
  const day = dayOf(cut.time);
  const places = new Map<string, { day: number; account: string }>();
  const add = (at: number, account: string): void => {
    if (isWanted(account)) places.set(`${at} ${account}`, { day: at, account });
  };
  const today = database.all(
    `SELECT DISTINCT account FROM history_moves
     WHERE day = ? AND occurred IS NOT NULL AND ${condition.sql}`,
    day,
    ...condition.values,
  );
  for (const { account } of today) add(day, String(account));
  for (let spread = 0; spread < SPREADS; spread++) {
    const rows = database.all(
      `SELECT effective_day, account FROM history_late
       WHERE spread = ? AND effective_day BETWEEN ? AND ? AND recorded_day >= ?
         AND ${condition.sql}`,
      spread,
      day - 2 ** (spread + 1),
      day,
      day,
      ...condition.values,
    );
    for (const { effective_day, account } of rows) add(Number(effective_day), String(account));
  }
  return [...places.values()];
}

function look(
  database: ReadModelDatabase,
  cut: Cut,
  day: number,
  account: string,
  found: Map<string, Found>,
): void {
  const rows = database.all(
    `SELECT occurred AS moves FROM history_moves
     WHERE day = ? AND account = ? AND occurred IS NOT NULL`,
    day,
    account,
  );
  for (const { moves } of rows) {
    for (const { time, position, events, blanks } of decodeMoves(String(moves), startOfDay(day))) {
      if (time > cut.time) break;
      const late = position + events - 1 - cut.position;
      if (late <= 0) continue;
      const counted = Math.min(late, events);
      const first = position + events - counted;
      const size = counted === events ? blanks : counted;
      // Both ends of a shipment tell of the same entry, and one may split over several times.
      const known = found.get(String(first));
      if (known === undefined)
        found.set(String(first), { account, position: first, events: counted, time, blanks: size });
      else if (known.account === account) known.blanks += size;
    }
  }
}

function named(
  database: ReadModelDatabase,
  line: CustodyLine,
  { account, position, events, time, blanks }: Found,
): LateEntry {
  const entry = database.get(
    'SELECT event_id, account, ledger_time FROM custody_entry AS entry WHERE entry.position = ?',
    position,
  );
  const issued =
    entry === undefined ? issuanceAt(database, line, account as AccountId, position) : null;
  return {
    account: String(entry?.account ?? account),
    position: String(position),
    eventId: entry === undefined ? (issued?.eventId ?? null) : String(entry.event_id),
    events,
    effectiveAt: new Date(time).toISOString(),
    recordedAt: new Date(Number(entry?.ledger_time ?? issued?.ledgerTime ?? 0)).toISOString(),
    blanks,
  };
}
