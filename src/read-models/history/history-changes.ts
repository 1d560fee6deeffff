import type { AccountId } from '../../custody/account/account-id.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { decodeMoves, encodeMoves, normalised, type TimedMove } from './day-moves.js';
import { dayOf, monthOf, startOfDay } from './history-day.js';
import { addFlow, addLate, addLeg } from './history-tables.js';
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

  /** Writes everything but the totals of regions. */
  writeOwn(database: ReadModelDatabase): void {
    const months = new FlowSums();
    for (const [, changes] of inKeyOrder(this.#days)) {
      const { clock, account, batch, day, flows } = changes;
      for (const [move, blanks] of [...flows].sort(([a], [b]) => a - b)) {
        addFlow(database, 'history_own_day', [clock, account, day, batch, move], blanks);
        months.add(clock, account, monthOf(day), batch, move, blanks);
      }
      writeMoves(database, changes);
    }
    months.write(database, 'history_own_month');
    for (const [, { clock, consignor, consignee, day, batch, blanks }] of inKeyOrder(this.#legs))
      addLeg(database, [clock, consignor, consignee, day, batch], blanks);
    for (const [key, blanks] of inKeyOrder(this.#late)) {
      const [effective = '', recorded = '', account = '', batch = ''] = key.split(' ');
      addLate(database, [Number(effective), Number(recorded), account, batch], blanks);
    }
  }

  /** Adds what changed to the totals of the regions. */
  writeTotals(database: ReadModelDatabase, regions: RegionHistory): void {
    const totals = new RegionTotals(regions);
    for (const { clock, account, batch, day, flows } of this.#days.values())
      for (const [move, blanks] of flows) totals.add(clock, account, batch, day, move, blanks);
    for (const leg of this.#legs.values()) totals.send(leg);
    totals.write(database);
  }
}

/** Flows of regions, each account's added to every region it stood in. */
class RegionTotals {
  readonly #days = new FlowSums();
  readonly #months = new FlowSums();

  constructor(private readonly regions: RegionHistory) {}

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
    this.#days.write(database, 'history_total_day');
    this.#months.write(database, 'history_total_month');
  }

  #count(
    clock: number,
    region: string,
    batch: string,
    day: number,
    move: number,
    blanks: number,
  ): void {
    this.#days.add(clock, region, day, batch, move, blanks);
    this.#months.add(clock, region, monthOf(day), batch, move, blanks);
  }
}

class FlowSums {
  readonly #sums = new Map<string, number>();

  add(
    clock: number,
    owner: string,
    period: number,
    batch: string,
    move: number,
    blanks: number,
  ): void {
    const key = `${clock} ${owner} ${String(period).padStart(6, '0')} ${batch} ${move}`;
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + blanks);
  }

  write(database: ReadModelDatabase, table: Parameters<typeof addFlow>[1]): void {
    for (const [key, blanks] of inKeyOrder(this.#sums)) {
      const [clock = '', owner = '', period = '', batch = '', move = ''] = key.split(' ');
      const numbers = [Number(clock), owner, Number(period), batch, Number(move)] as const;
      addFlow(database, table, numbers, blanks);
    }
  }
}

/** Every total anew from the accounts' own flows, after a facility has moved. */
export function remakeTotals(database: ReadModelDatabase, regions: RegionHistory): void {
  database.run('DELETE FROM history_total_day');
  database.run('DELETE FROM history_total_month');
  const totals = new RegionTotals(regions);
  for (const row of database.iterate('SELECT * FROM history_own_day')) {
    const [clock, day] = [Number(row.clock), Number(row.period)];
    const [move, blanks] = [Number(row.move), Number(row.blanks)];
    totals.add(clock, String(row.owner) as AccountId, String(row.batch), day, move, blanks);
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

function writeMoves(database: ReadModelDatabase, changes: DayChanges): void {
  const { clock, day, account, batch, moves, isExact } = changes;
  const key = [clock, day, account, batch] as const;
  const start = startOfDay(day);
  const where = 'WHERE clock = ? AND day = ? AND account = ? AND batch = ?';
  const row = database.get(`SELECT moves FROM history_moves ${where}`, ...key);
  const before = row === undefined ? [] : decodeMoves(String(row.moves), start);
  const after = normalised([...before, ...moves], isExact);
  if (after.length > 0)
    database.run(
      'INSERT OR REPLACE INTO history_moves VALUES (?, ?, ?, ?, ?)',
      ...key,
      encodeMoves(after, start),
    );
  else if (row !== undefined) database.run(`DELETE FROM history_moves ${where}`, ...key);
}

function inKeyOrder<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
