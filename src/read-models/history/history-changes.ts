import type { AccountId } from '../../custody/account/account-id.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { decodeMoves, encodeMoves, normalised, type TimedMove } from './day-moves.js';
import { dayOf, firstDayOf, monthOf, startOfDay } from './history-day.js';
import { addFlow, addLate, addLeg, CLOCKS, OWN, TOTAL, WHOLE_MONTH } from './history-tables.js';
import { moveParts, TRANSFER, WITHIN_MOVE, type Move, type Side } from './move.js';
import type { RegionHistory } from './region-history.js';

/** Moves of one account and batch in one day, by one clock. */
interface DayChanges {
  readonly clock: number;
  readonly account: AccountId;
  readonly batch: string;
  readonly day: number;
  readonly flows: Map<number, number>;
  readonly moves: TimedMove[];
  /** See `normalised`. */
  isExact: boolean;
}

interface Leg {
  readonly clock: number;
  readonly consignor: AccountId;
  readonly consignee: AccountId;
  readonly day: number;
  readonly batch: string;
  blanks: number;
}

/** One side of a move, at the time it counts from by a clock. */
export interface Change extends Omit<TimedMove, 'move' | 'consignee'> {
  readonly clock: number;
  readonly batch: string;
  readonly side: Side;
  /** Whether it is about part of what an event moved. */
  readonly isPart: boolean;
}

/** What a stretch of the log changes in the history, gathered so that each row is written once, in key order. */
export class HistoryChanges {
  readonly #days = new Map<string, DayChanges>();
  readonly #legs = new Map<string, Leg>();
  readonly #late = new Map<string, number>();
  /** Changes of one account, batch and day often follow each other. */
  #latest: DayChanges | null = null;

  add({ clock, batch, side, isPart, ...timed }: Change): void {
    const { account, move, consignee } = side;
    const changes = this.#day(clock, account, batch, dayOf(timed.time));
    changes.flows.set(move, (changes.flows.get(move) ?? 0) + timed.blanks);
    changes.moves.push({ ...timed, move, consignee });
    if (isPart) changes.isExact = true;
    if (consignee !== null) this.#send(changes, consignee, move, timed.blanks);
  }

  /** Blanks whose entry was recorded on a later day than it took effect; negative when that no longer counts. */
  late(account: AccountId, batch: string, days: readonly [number, number], blanks: number): void {
    const [effective, recorded] = days;
    if (recorded <= effective) return;
    const key = `${effective} ${recorded} ${account} ${batch}`;
    this.#late.set(key, (this.#late.get(key) ?? 0) + blanks);
  }

  #day(clock: number, account: AccountId, batch: string, day: number): DayChanges {
    const latest = this.#latest;
    if (
      latest !== null &&
      latest.account === account &&
      latest.day === day &&
      latest.clock === clock &&
      latest.batch === batch
    )
      return latest;
    const key = `${clock} ${String(day).padStart(6, '0')} ${account} ${batch}`;
    const known = this.#days.get(key);
    const none = { flows: new Map<number, number>(), moves: [], isExact: false };
    const changes = known ?? { clock, account, batch, day, ...none };
    if (known === undefined) this.#days.set(key, changes);
    this.#latest = changes;
    return changes;
  }

  #send(
    { clock, account, day, batch }: DayChanges,
    consignee: AccountId,
    move: Move,
    size: number,
  ): void {
    const { from, to } = moveParts(move);
    const blanks = (to === 'transitOut' ? size : 0) - (from === 'transitOut' ? size : 0);
    const key = `${clock} ${account} ${consignee} ${day} ${batch}`;
    const leg = this.#legs.get(key);
    if (leg === undefined)
      this.#legs.set(key, { clock, consignor: account, consignee, day, batch, blanks });
    else leg.blanks += blanks;
  }

  /** Writes everything but the totals of regions. @param closedBefore months before it have rows of their own */
  writeOwn(database: ReadModelDatabase, closedBefore: number): void {
    const flows = new FlowSums(OWN, closedBefore);
    const days = new Map<string, DayChanges[]>();
    for (const changes of this.#days.values()) {
      const { clock, account, batch, day } = changes;
      for (const [move, blanks] of changes.flows)
        flows.add(clock, account, day, batch, move, blanks);
      const key = `${String(day).padStart(6, '0')} ${account} ${batch}`;
      const same = days.get(key);
      if (same === undefined) days.set(key, [changes]);
      else same.push(changes);
    }
    flows.write(database);
    for (const [, same] of inKeyOrder(days)) writeMoves(database, same);
    for (const [, { clock, consignor, consignee, day, batch, blanks }] of inKeyOrder(this.#legs))
      addLeg(database, [clock, consignor, consignee, day, batch], blanks);
    for (const [key, blanks] of inKeyOrder(this.#late)) {
      const [effective = '', recorded = '', account = '', batch = ''] = key.split(' ');
      addLate(database, [Number(effective), Number(recorded), account, batch], blanks);
    }
  }

  /** Adds what changed to the totals of the regions. */
  writeTotals(database: ReadModelDatabase, regions: RegionHistory, closedBefore: number): void {
    const totals = new RegionTotals(regions, closedBefore);
    for (const { clock, account, batch, day, flows } of this.#days.values())
      for (const [move, blanks] of flows) totals.add(clock, account, batch, day, move, blanks);
    for (const leg of this.#legs.values()) totals.send(leg);
    totals.write(database);
  }
}

/** Flows of regions, each account's added to every region it stood in. */
class RegionTotals {
  readonly #flows: FlowSums;

  constructor(
    private readonly regions: RegionHistory,
    closedBefore: number,
  ) {
    this.#flows = new FlowSums(TOTAL, closedBefore);
  }

  add(
    clock: number,
    account: AccountId,
    batch: string,
    day: number,
    move: number,
    blanks: number,
  ): void {
    const spans = this.regions.spansOf(account, clock);
    let before: readonly string[] | null = null;
    for (const [index, { from, regions }] of spans.entries()) {
      const next = spans[index + 1];
      if (next !== undefined && next.from <= day) continue;
      if (before === null) {
        for (const region of regions) this.#count(clock, region, batch, day, move, blanks);
      } else {
        // What the account has had until then moves with it.
        for (const region of regions.filter((it) => before?.includes(it) === false))
          this.#count(clock, region, batch, from, move + TRANSFER, blanks);
        for (const region of before.filter((it) => !regions.includes(it)))
          this.#count(clock, region, batch, from, move + TRANSFER, -blanks);
      }
      before = regions;
    }
  }

  /** A region that holds both ends has the shipment within it, from the day that it does. */
  send({ clock, consignor, consignee, batch, day, blanks }: Leg): void {
    const days = [day];
    for (const account of [consignor, consignee])
      for (const { from } of this.regions.spansOf(account, clock)) if (from > day) days.push(from);
    let before: readonly string[] = [];
    for (const at of [...new Set(days)].sort((a, b) => a - b)) {
      const there = this.regions.regionsOf(consignee, clock, at);
      const both = this.regions.regionsOf(consignor, clock, at).filter((it) => there.includes(it));
      const move = at === day ? WITHIN_MOVE : WITHIN_MOVE + TRANSFER;
      for (const region of both.filter((it) => !before.includes(it)))
        this.#count(clock, region, batch, at, move, blanks);
      for (const region of before.filter((it) => !both.includes(it)))
        this.#count(clock, region, batch, at, move, -blanks);
      before = both;
    }
  }

  write(database: ReadModelDatabase): void {
    this.#flows.write(database);
  }

  #count(
    clock: number,
    region: string,
    batch: string,
    day: number,
    move: number,
    blanks: number,
  ): void {
    this.#flows.add(clock, region, day, batch, move, blanks);
  }
}

/** Flows of days, and of the months that the days are in where these are over. */
class FlowSums {
  readonly #sums = new Map<string, [number, number]>();

  constructor(
    private readonly kind: number,
    private readonly closedBefore: number,
  ) {}

  add(
    clock: number,
    owner: string,
    day: number,
    batch: string,
    move: number,
    blanks: number,
  ): void {
    const month = monthOf(day);
    this.#count(`${owner} ${month} ${day - firstDayOf(month) + 1} ${batch} ${move}`, clock, blanks);
    if (month < this.closedBefore)
      this.#count(`${owner} ${month} ${WHOLE_MONTH} ${batch} ${move}`, clock, blanks);
  }

  write(database: ReadModelDatabase): void {
    for (const [key, blanks] of inKeyOrder(this.#sums)) {
      const [owner = '', month = '', day = '', batch = '', move = ''] = key.split(' ');
      const numbers = { month: Number(month), day: Number(day), move: Number(move) };
      addFlow(database, { owner, kind: this.kind, batch, ...numbers }, blanks);
    }
  }

  #count(key: string, clock: number, blanks: number): void {
    const sum = this.#sums.get(key) ?? [0, 0];
    sum[clock === 0 ? 0 : 1] += blanks;
    this.#sums.set(key, sum);
  }
}

/** Every total anew from the accounts' own flows, after a facility has moved. */
export function remakeTotals(
  database: ReadModelDatabase,
  regions: RegionHistory,
  closedBefore: number,
): void {
  database.run('DELETE FROM history_flow WHERE kind = ?', TOTAL);
  const totals = new RegionTotals(regions, closedBefore);
  const own = database.iterate(
    'SELECT * FROM history_flow WHERE kind = ? AND day <> ?',
    OWN,
    WHOLE_MONTH,
  );
  for (const row of own) {
    const day = firstDayOf(Number(row.month)) + Number(row.day) - 1;
    const [account, batch] = [String(row.owner) as AccountId, String(row.batch)];
    for (const [clock, blanks] of [row.recorded, row.occurred].entries())
      if (blanks !== 0) totals.add(clock, account, batch, day, Number(row.move), Number(blanks));
  }
  for (const row of database.iterate('SELECT * FROM history_leg'))
    totals.send({
      clock: Number(row.clock),
      consignor: String(row.consignor) as AccountId,
      consignee: String(row.consignee) as AccountId,
      day: Number(row.day),
      batch: String(row.batch),
      blanks: Number(row.blanks),
    });
  totals.write(database);
}

const CLOSE_MONTH = `INSERT INTO history_flow
  SELECT owner, month, kind, ${WHOLE_MONTH}, batch, move, sum(recorded), sum(occurred)
  FROM history_flow WHERE month >= ? AND month < ? AND kind = ? AND day <> ${WHOLE_MONTH}
  GROUP BY owner, month, kind, batch, move
  HAVING sum(recorded) <> 0 OR sum(occurred) <> 0`;

/** Gives the months from one up to another rows of their own: they are over. Once a month, so it may read all rows. */
export function closeMonths(
  database: ReadModelDatabase,
  from: number,
  before: number,
  kind: number,
): void {
  if (from < before) database.run(CLOSE_MONTH, from, before, kind);
}

/** @param same of one day, account and batch, by one clock or by both */
function writeMoves(database: ReadModelDatabase, same: readonly DayChanges[]): void {
  const [{ day, account, batch } = { day: 0, account: '', batch: '' }] = same;
  const key = [day, account, batch] as const;
  const start = startOfDay(day);
  const where = 'WHERE day = ? AND account = ? AND batch = ?';
  const row = database.get(`SELECT recorded, occurred FROM history_moves ${where}`, ...key);
  const texts = CLOCKS.map((clock) => {
    const text = row?.[clock];
    return typeof text === 'string' ? text : null;
  });
  for (const { clock, moves, isExact } of same) {
    const before = texts[clock] ?? null;
    const known = before === null ? [] : decodeMoves(before, start);
    const after = normalised([...known, ...moves], isExact);
    texts[clock] = after.length === 0 ? null : encodeMoves(after, start);
  }
  const [recorded = null, occurred = null] = texts;
  if (recorded === null && occurred === null) {
    if (row !== undefined) database.run(`DELETE FROM history_moves ${where}`, ...key);
  } else {
    const sql = 'INSERT OR REPLACE INTO history_moves VALUES (?, ?, ?, ?, ?)';
    database.run(sql, ...key, recorded, occurred);
  }
}

function inKeyOrder<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
