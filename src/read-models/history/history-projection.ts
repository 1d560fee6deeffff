import { REGISTER_STREAM, type FacilityEvent } from '../../custody/facilities/facility-events.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { CustodyLine } from '../custody-line/custody-line.js';
import { CUSTODY_LINE_PROJECTION } from '../custody-line/custody-tables.js';
import type { IssuanceColumns } from '../issuance-columns.js';
import type { LogSegment } from '../log-segment.js';
import { accountEntry, type Projection } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { registeredProjections } from '../registry.js';
import { currentMonth } from './as-of.js';
import { closeMonths, HistoryChanges, remakeTotals } from './history-changes.js';
import { HISTORY_PROJECTION, HISTORY_TABLES, OWN, TOTAL } from './history-tables.js';
import { keepIssuedSerials } from './issued-serials.js';
import { entryMoves, ISSUED_MOVE, type HistoryEntry } from './move.js';
import { OccurredClock } from './occurred-clock.js';
import { RegionHistory } from './region-history.js';

const RECORDED = 0;

/**
 * What moved, by day and month, of each account and each region, on both clocks: from it follows the stock at any
 * instant. Rests on the custody line, which must have taken the same stretch in before.
 */
export const historyProjection: Projection = {
  name: HISTORY_PROJECTION,
  version: 2,
  tables: HISTORY_TABLES,
  apply: (segment, database) => {
    assertFollows(database, segment);
    const changes = new HistoryChanges();
    const regions = new RegionHistory(database);
    const entries = entriesOf(segment);
    for (const entry of entries) record(changes, entry);
    recordIssuances(changes, segment.issuances);
    keepIssuedSerials(database, new CustodyLine(database), segment.issuances);
    const span = { before: firstPosition(segment) - 1, through: Number(segment.through) };
    new OccurredClock(database, changes).take(entries, segment.issuances, span);
    const closedBefore = currentMonth(database);
    keepTimes(database, segment);
    const month = currentMonth(database);
    changes.writeOwn(database, closedBefore);
    closeMonths(database, closedBefore, month, OWN);
    if (hasMoved(segment, regions)) remakeTotals(database, regions, month);
    else {
      changes.writeTotals(database, regions, closedBefore);
      closeMonths(database, closedBefore, month, TOTAL);
    }
  },
};

/** @throws {Error} the custody line has not taken the stretch in, or has halted before it */
function assertFollows(database: ReadModelDatabase, { through }: LogSegment): void {
  const line = registeredProjections(database).get(CUSTODY_LINE_PROJECTION);
  if (line === undefined || (line.position ?? -1n) >= through) return;
  throw new Error(`the custody line is only at ${String(line.position ?? 0n)}`);
}

function entriesOf({ events, eventTimes }: LogSegment): readonly HistoryEntry[] {
  return events.flatMap((recorded, index): readonly HistoryEntry[] => {
    const entry = accountEntry(recorded);
    if (entry === null) return [];
    const { account, event } = entry;
    const ledgerTime = eventTimes[index] ?? 0;
    return [{ account, event, ledgerTime, moves: entryMoves(account, event) }];
  });
}

function record(changes: HistoryChanges, { event, ledgerTime, moves }: HistoryEntry): void {
  const position = Number(event.position);
  for (const { batch, blanks, sides } of moves) {
    const at = { clock: RECORDED, batch, time: ledgerTime, position, events: 1, blanks };
    for (const side of sides) changes.add({ ...at, side, isPart: true });
  }
}

/** What follows each other in one account at one time is one move of several events. */
function recordIssuances(changes: HistoryChanges, issuances: IssuanceColumns): void {
  const { count, accounts, batches, account, batch, position, ledgerTime } = issuances;
  for (let row = 0, next = 0; row < count; row = next) {
    const [owner, of, time] = [account[row], batch[row], ledgerTime[row] ?? 0];
    next = row + 1;
    while (
      next < count &&
      account[next] === owner &&
      batch[next] === of &&
      ledgerTime[next] === time &&
      position[next] === (position[next - 1] ?? 0) + 1
    )
      next++;
    const [issuer, batchCode] = [accounts[owner ?? 0], batches[of ?? 0]];
    if (issuer === undefined || batchCode === undefined) continue;
    const events = next - row;
    const at = { clock: RECORDED, batch: batchCode, time, position: position[row] ?? 0 };
    const side = { account: issuer, move: ISSUED_MOVE, consignee: null };
    changes.add({ ...at, events, blanks: events, side, isPart: false });
  }
}

/** The last position of each ledger time. */
function keepTimes(database: ReadModelDatabase, segment: LogSegment): void {
  const { events, eventTimes, issuances } = segment;
  const times = new Map<number, number>();
  const see = (time: number, position: number): void => {
    if (position > (times.get(time) ?? 0)) times.set(time, position);
  };
  for (const [index, { position }] of events.entries())
    see(eventTimes[index] ?? 0, Number(position));
  for (let row = 0; row < issuances.count; row++)
    see(issuances.ledgerTime[row] ?? 0, issuances.position[row] ?? 0);
  for (const [time, position] of [...times].sort(([a], [b]) => a - b))
    database.run('INSERT OR REPLACE INTO history_time VALUES (?, ?)', time, position);
}

function hasMoved({ events, eventTimes }: LogSegment, regions: RegionHistory): boolean {
  let moved = false;
  for (const [index, event] of events.entries()) {
    if (event.stream !== REGISTER_STREAM) continue;
    // The codec lets no other event into this stream.
    const change = event as Recorded<FacilityEvent>;
    moved = regions.take(change, eventTimes[index] ?? 0) || moved;
  }
  return moved;
}

function firstPosition({ events: [event], issuances }: LogSegment): number {
  const issued = issuances.count > 0 ? (issuances.position[0] ?? Infinity) : Infinity;
  return Math.min(issued, event === undefined ? Infinity : Number(event.position));
}
