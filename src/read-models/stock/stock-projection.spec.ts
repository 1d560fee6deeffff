import { describe, expect, it } from '@jest/globals';
import { CHOICES, moved } from '../../../test/support/history-arbitraries.js';
import fc from 'fast-check';
import type { AccountId } from '../../custody/account/account-id.js';
import { openPart } from '../../custody/account/incoming-shipment.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { choicesOf, historyOf, type World } from '../../../test/support/projection-world.js';
import { ProjectionRunner } from '../projection-runner.js';
import { ReadModelDatabase, type Row } from '../read-model-database.js';
import { registerProjections } from '../registry.js';
import { segmentOf } from '../segment-builder.js';
import { noCounts, type CountName } from './stock-counts.js';
import { sizeByBatch } from './stock-movements.js';
import { stockProjection } from './stock-projection.js';
import { countsOf, NAMED_COUNTS } from './stock-tables.js';

type Counts = Record<CountName, number>;
type Table = Map<string, Counts>;

function projected(events: readonly RecordedEvent[], cuts: readonly number[]): ReadModelDatabase {
  const database = ReadModelDatabase.open(':memory:');
  registerProjections(database, [stockProjection]);
  const runner = new ProjectionRunner(stockProjection, database, (_name, halt) => {
    throw new Error(halt.reason);
  });
  const decoded = events.map(decodeEvent);
  let from = 0;
  for (const cut of [...cuts, decoded.length]) {
    const part = decoded.slice(from, from + cut);
    if (part.length > 0) runner.take(segmentOf(part));
    from += cut;
  }
  return database;
}

function tableOf(database: ReadModelDatabase, name: 'stock_own' | 'stock_total'): Table {
  const owner = name === 'stock_own' ? 'account' : 'facility';
  const rows = database.all(`SELECT ${owner} AS owner, batch, ${NAMED_COUNTS} FROM ${name}`);
  const entries = rows.map((row): [string, Counts] => [keyOf(row), { ...countsOf(row) }]);
  return new Map(entries.filter(([, counts]) => Object.values(counts).some((it) => it !== 0)));
}

function keyOf(row: Row): string {
  return `${String(row.owner)} ${String(row.batch)}`;
}

/** The owners each account counts for, by its place in the books of this world. */
type Regions = (account: string) => readonly string[];

function add(table: Table, owner: string, batch: string, name: CountName, size: number): void {
  if (size === 0) return;
  const key = `${owner} ${batch}`;
  const counts = table.get(key) ?? noCounts();
  table.set(key, counts);
  counts[name] += size;
}

/** A fresh fold that shares nothing with the projection: straight from the accounts. */
function expectedOf(world: World, regions: Regions): Table {
  const table: Table = new Map();
  for (const [id, account] of world.accounts) {
    for (const owner of regions(id)) {
      for (const name of ['usable', 'invalid', 'issued', 'missing', 'destroyed'] as const)
        for (const { batch, size } of sizeByBatch(account[name]))
          add(table, owner, batch, name, size);
      for (const { batch, size } of sizeByBatch(account.batch?.produced ?? SerialSet.empty))
        add(table, owner, batch, 'produced', size);
      add(table, owner, '', 'unnumbered', account.unnumbered);
    }
  }
  for (const shipment of world.shipments.values()) {
    const { consignor, consignee } = shipment;
    const account = world.accounts.get(consignee);
    if (account === undefined) throw new Error('the consignee is in the world');
    const { usable, invalid } = openPart(account, shipment);
    const [from, to] = [regions(consignor), regions(consignee)];
    for (const { batch, size } of sizeByBatch(usable.union(invalid))) {
      for (const owner of from) add(table, owner, batch, 'inTransitOut', size);
      for (const owner of to) add(table, owner, batch, 'inTransitIn', size);
      for (const owner of from.filter((it) => to.includes(it)))
        add(table, owner, batch, 'inTransitWithin', size);
    }
  }
  return table;
}

function itself(account: string): readonly string[] {
  return [account];
}

function byCode(account: string): readonly string[] {
  if (account === '00' || /^[BE]\./.test(account)) return ['00'];
  const parts = account.split('.');
  return [...parts.map((_, index) => parts.slice(0, index + 1).join('.')), '00'];
}

function sortedTable(table: Table): readonly (readonly [string, Counts])[] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : 1));
}

const CUTS = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 10 });

describe('the stock of random legal histories', () => {
  it('equals a fresh fold of the accounts, however the log is cut into batches', () => {
    fc.assert(
      fc.property(CHOICES, CUTS, (choices, cuts) => {
        const world = historyOf(choices);
        const database = projected(world.history.events, cuts);
        const own = sortedTable(tableOf(database, 'stock_own'));
        const total = sortedTable(tableOf(database, 'stock_total'));
        database.close();
        expect(own).toEqual(sortedTable(expectedOf(world, itself)));
        expect(total).toEqual(sortedTable(expectedOf(world, byCode)));
      }),
      { numRuns: 150 },
    );
  });

  it('meets entries of every kind that moves blanks', () => {
    const { kinds } = historyOf(choicesOf(1, 3_000));
    for (const type of [
      'BlanksProduced',
      'ShipmentDispatched',
      'ShipmentReceived',
      'ShipmentRefused',
      'BlankIssued',
      'CardSurrendered',
      'BlanksSpoiled',
      'BlanksDestroyed',
      'BlanksReportedMissing',
      'BlanksRecovered',
      'StockCounted',
      'EntryReversed',
      'UnnumberedCardsRecorded',
      'TransitIncidentReported',
    ])
      expect([type, (kinds.get(type) ?? 0) >= 10]).toEqual([type, true]);
  });

  it('closes the books of the nation', () => {
    const database = projected(historyOf(choicesOf(2, 2_000)).history.events, [17]);
    const nation = [...tableOf(database, 'stock_total')].filter(([key]) => /^00 ./.test(key));
    database.close();
    expect(nation).toHaveLength(2);
    for (const [, counts] of nation) {
      const { usable, invalid, inTransitIn, issued, destroyed, missing, produced } = counts;
      expect(usable + invalid + inTransitIn + issued + destroyed + missing).toBe(produced);
      expect([counts.inTransitOut, counts.inTransitWithin]).toEqual([inTransitIn, inTransitIn]);
      expect(produced).toBeGreaterThan(0);
    }
  });

  it('adds up level by level: own and children make the total', () => {
    const database = projected(historyOf(choicesOf(3, 2_000)).history.events, []);
    const [own, total] = [tableOf(database, 'stock_own'), tableOf(database, 'stock_total')];
    database.close();
    const children: Readonly<Record<string, readonly string[]>> = {
      '31': ['31.71'],
      '31.71': ['31.71.01'],
      '31.71.01': ['31.71.01.1001', '31.71.01.1002'],
      '32': ['32.01'],
    };
    for (const [parent, below] of Object.entries(children)) {
      for (const name of ['usable', 'invalid', 'issued', 'missing', 'inTransitIn'] as const) {
        const key = `${parent} 2017-A`;
        const parts = below.map((it) => total.get(`${it} 2017-A`)?.[name] ?? 0);
        const sum = parts.reduce((all, it) => all + it, own.get(key)?.[name] ?? 0);
        expect([key, name, total.get(key)?.[name] ?? 0]).toEqual([key, name, sum]);
      }
    }
  });
});

describe('a facility that moves', () => {
  const moves = [
    moved('31.71.01', '32.01', '2022-12-08'),
    // Recorded later, in force earlier: the other one stands.
    moved('31.71.01', '31.71', '2020-01-01'),
  ];

  function afterMove(account: string): readonly string[] {
    return byCode(account).flatMap((it) => {
      if (!account.startsWith('31.71.01')) return [it];
      return it === '31.71' ? ['32.01'] : it === '31' ? ['32'] : [it];
    });
  }

  it.each([[[]], [[5]], [[60, 1, 1]]])('takes its stock with it (batches cut at %j)', (cuts) => {
    const world = historyOf(choicesOf(4, 400));
    for (const event of moves) world.history.add('register-facilities', event);
    for (const choice of choicesOf(5, 400)) world.step(choice);
    const database = projected(world.history.events, cuts);
    const total = sortedTable(tableOf(database, 'stock_total'));
    database.close();
    expect(total).toEqual(sortedTable(expectedOf(world, afterMove)));
    expect(total).not.toEqual(sortedTable(expectedOf(world, byCode)));
  });

  it('names the last movement of an account and of its region', () => {
    const world = historyOf(choicesOf(6, 300));
    const database = projected(world.history.events, [40]);
    const office = '31.71.01' as AccountId;
    const row = database.get(
      'SELECT max(last_position) AS last FROM stock_own WHERE account = ?',
      office,
    );
    const region = database.get(
      'SELECT max(last_position) AS last FROM stock_total WHERE facility = ?',
      '00',
    );
    const last = database.get('SELECT max(last_position) AS last FROM stock_own');
    database.close();
    expect(Number(row?.last)).toBeGreaterThan(0);
    expect(region).toEqual(last);
  });
});
