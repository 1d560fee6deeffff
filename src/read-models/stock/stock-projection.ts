import { accountParts, type AccountId } from '../../custody/account/account-id.js';
import { REGISTER_STREAM, type FacilityEvent } from '../../custody/facilities/facility-events.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { accountEntry, type Projection } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import { issuanceId, type IssuanceColumns } from '../issuance-columns.js';
import { RegionTree } from './region-tree.js';
import { noCounts, type CountName } from './stock-counts.js';
import { stockMovements, type TransitChange } from './stock-movements.js';
import {
  addCounts,
  countsOf,
  NAMED_COUNTS,
  STOCK_PROJECTION,
  STOCK_TABLES,
  type Movement,
} from './stock-tables.js';

interface Sum {
  readonly account: AccountId;
  readonly batch: string;
  readonly counts: Record<CountName, number>;
  last: Movement;
}

/** Changes gathered in memory, so that each row is written once for many events. */
class PendingChanges {
  readonly sums = new Map<string, Sum>();
  readonly transit = new Map<string, TransitChange>();
  /** Entries of one account and batch often follow each other. */
  #latest: Sum | null = null;

  add(account: AccountId, batch: string, count: CountName, change: number, last: Movement): void {
    const sum = this.#sum(account, batch, last);
    sum.counts[count] += change;
    sum.last = later(sum.last, last);
  }

  issue(account: AccountId, batch: string, blanks: number, last: Movement): void {
    const sum = this.#sum(account, batch, last);
    sum.counts.usable -= blanks;
    sum.counts.issued += blanks;
    sum.last = later(sum.last, last);
  }

  send(leg: TransitChange, last: Movement): void {
    const { consignor, consignee, batch, change } = leg;
    this.addTransit(leg);
    this.add(consignor, batch, 'inTransitOut', change, last);
    this.add(consignee, batch, 'inTransitIn', change, last);
  }

  addTransit(leg: TransitChange): void {
    const key = `${leg.consignor}/${leg.consignee}/${leg.batch}`;
    const before = this.transit.get(key)?.change ?? 0;
    this.transit.set(key, { ...leg, change: before + leg.change });
  }

  #sum(account: AccountId, batch: string, last: Movement): Sum {
    const latest = this.#latest;
    if (latest !== null && latest.account === account && latest.batch === batch) return latest;
    this.#latest = this.#find(account, batch, last);
    return this.#latest;
  }

  #find(account: AccountId, batch: string, last: Movement): Sum {
    const key = `${account}/${batch}`;
    const known = this.sums.get(key);
    if (known !== undefined) return known;
    // What names no account has no regions either: the event at hand is then to blame.
    accountParts(account);
    const sum = { account, batch, counts: noCounts(), last };
    this.sums.set(key, sum);
    return sum;
  }
}

/** Of each account and batch, and of each region: see `StockCounts`. */
export const stockProjection: Projection = {
  name: STOCK_PROJECTION,
  version: 1,
  tables: STOCK_TABLES,
  apply: (segment, database) => {
    const regions = new RegionTree(database);
    const pending = new PendingChanges();
    let hasMoved = false;
    for (const event of segment.events) {
      // The codec lets no other event into this stream.
      if (event.stream === REGISTER_STREAM)
        hasMoved = regions.take(event as FacilityEvent) || hasMoved;
      else gather(event, pending);
    }
    gatherIssuances(segment.issuances, pending);
    flushOwn(database, pending);
    if (hasMoved || segment.size > REMAKE_FROM) remakeTotals(database, regions);
    else flushTotals(database, pending, regions);
  },
};

/** From so many events in one stretch it costs less to make all totals anew than to change them. */
const REMAKE_FROM = 10_000;

function movementOf({ position, id, metadata }: Recorded): Movement {
  return { position, recordedAt: metadata.recordedAt, eventId: id };
}

function later(a: Movement, b: Movement): Movement {
  return b.position < a.position ? a : b;
}

function addTo(
  counts: Record<CountName, number>,
  change: Readonly<Record<CountName, number>>,
): void {
  for (const name of Object.keys(change) as CountName[]) counts[name] += change[name];
}

function gather(event: Recorded, pending: PendingChanges): void {
  const entry = accountEntry(event);
  if (entry === null) return;
  const last = movementOf(event);
  const { counts, transit } = stockMovements(entry.account, entry.event);
  for (const { account, batch, count, change } of counts)
    pending.add(account, batch, count, change, last);
  for (const leg of transit) pending.send(leg, last);
}

/** Rows of one account and batch mostly follow each other: their sum is written down once. */
function gatherIssuances(issuances: IssuanceColumns, pending: PendingChanges): void {
  const { count, accounts, batches, account, batch, position, recordedAt } = issuances;
  for (let row = 0, next = 1; row < count; row = next, next++) {
    while (next < count && account[next] === account[row] && batch[next] === batch[row]) next++;
    const last = {
      position: BigInt(position[next - 1] ?? 0),
      recordedAt: new Date(recordedAt[next - 1] ?? 0).toISOString(),
      eventId: issuanceId(issuances, next - 1),
    };
    const [from, of] = [accounts[account[row] ?? 0], batches[batch[row] ?? 0]];
    if (from !== undefined && of !== undefined) pending.issue(from, of, next - row, last);
  }
}

/** Adds up what changed, over the regions of today. */
function flushTotals(
  database: ReadModelDatabase,
  pending: PendingChanges,
  regions: RegionTree,
): void {
  const totals = new Totals(regions);
  for (const { account, batch, counts, last } of pending.sums.values())
    totals.add(account, batch, counts, last);
  for (const leg of pending.transit.values()) totals.send(leg);
  totals.write(database);
}

/** In key order, which costs a B-tree several times less than at random. */
function flushOwn(database: ReadModelDatabase, { sums, transit }: PendingChanges): void {
  for (const [, { account, batch, counts, last }] of inKeyOrder(sums))
    addCounts(database, 'stock_own', account, batch, counts, last);
  for (const [, leg] of inKeyOrder(transit)) recordTransit(database, leg);
}

function inKeyOrder<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function recordTransit(database: ReadModelDatabase, leg: TransitChange): void {
  const { consignor, consignee, batch, change } = leg;
  if (change === 0) return;
  const key = [consignor, consignee, batch] as const;
  database.run(
    `INSERT INTO stock_transit VALUES (?, ?, ?, ?) ON CONFLICT (consignor, consignee, batch)
     DO UPDATE SET blanks = blanks + excluded.blanks`,
    ...key,
    change,
  );
  database.run(
    'DELETE FROM stock_transit WHERE consignor = ? AND consignee = ? AND batch = ? AND blanks = 0',
    ...key,
  );
}

/** Sums over regions, each an account's counts added to every region it stands in. */
class Totals {
  readonly #sums = new Map<string, Sum>();

  constructor(private readonly regions: RegionTree) {}

  add(
    account: AccountId,
    batch: string,
    counts: Readonly<Record<CountName, number>>,
    last: Movement,
  ): void {
    for (const region of this.regions.regionsOf(account)) {
      const sum = this.#sum(region, batch, last);
      addTo(sum.counts, counts);
      sum.last = later(sum.last, last);
    }
  }

  /** A region that holds both ends has the shipment within it; both ends have been added before. */
  send({ consignor, consignee, batch, change }: TransitChange): void {
    const there = this.regions.regionsOf(consignee);
    for (const region of this.regions.regionsOf(consignor)) {
      const sum = this.#sums.get(`${region}/${batch}`);
      if (sum !== undefined && there.includes(region)) sum.counts.inTransitWithin += change;
    }
  }

  write(database: ReadModelDatabase): void {
    for (const [, { account, batch, counts, last }] of inKeyOrder(this.#sums))
      addCounts(database, 'stock_total', account, batch, counts, last);
  }

  #sum(region: string, batch: string, last: Movement): Sum {
    const key = `${region}/${batch}`;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const sum = { account: region as AccountId, batch, counts: noCounts(), last };
    this.#sums.set(key, sum);
    return sum;
  }
}

/** After a facility moved: every total anew from the accounts' own counts. */
function remakeTotals(database: ReadModelDatabase, regions: RegionTree): void {
  database.run('DELETE FROM stock_total');
  const totals = new Totals(regions);
  const own = database.iterate(
    `SELECT account, batch, ${NAMED_COUNTS}, CAST(last_position AS TEXT) AS position,
       last_recorded_at, last_event_id FROM stock_own`,
  );
  for (const row of own) {
    const last = {
      position: BigInt(String(row.position)),
      recordedAt: String(row.last_recorded_at),
      eventId: String(row.last_event_id),
    };
    totals.add(String(row.account) as AccountId, String(row.batch), countsOf(row), last);
  }
  for (const row of database.iterate('SELECT * FROM stock_transit')) {
    totals.send({
      consignor: String(row.consignor) as AccountId,
      consignee: String(row.consignee) as AccountId,
      batch: String(row.batch),
      change: Number(row.blanks),
    });
  }
  totals.write(database);
}
