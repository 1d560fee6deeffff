import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CqrsModule, QueryBus, type Query } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import type { AccountId } from '../custody/account/account-id.js';
import { manifestOf, openPart } from '../custody/account/incoming-shipment.js';
import { FacilityRegister } from '../custody/facilities/facility-register.js';
import { EVENT_STORE } from '../tokens.js';
import { History, appendHistory, uuidOf } from '../../test/support/projection-history.js';
import {
  smallRegister,
  temporaryLedger,
  type TemporaryLedger,
} from '../../test/support/projection-ledger.js';
import { choicesOf, ENTRY, historyOf } from '../../test/support/projection-world.js';
import { HoldingsOf } from './accounts/holdings-of.query.js';
import { BatchByCode } from './batches/batch-by-code.query.js';
import { InvalidCursor } from './cursor.js';
import { SearchFacilities } from './facilities/search-facilities.query.js';
import { ProjectionEngine } from './projection-engine.js';
import { PROJECTIONS } from './projections.js';
import { QUERY_HANDLERS } from './query-handlers.js';
import { ReadModelBehind, ReadModels } from './read-models.js';
import { Scope } from './scope.js';
import { isOverdue } from './shipments/shipment-answer.js';
import { ShipmentById } from './shipments/shipment-by-id.query.js';
import { ShipmentsOf, type ShipmentsPage } from './shipments/shipments-of.query.js';
import { StockOfFacility } from './stock/stock-of-facility.query.js';
import { StockWithin } from './stock/stock-within.query.js';
import { EventsAfter } from './trail/events-after.query.js';
import { EventsOf } from './trail/events-of.query.js';

const CODES = [
  '00',
  '31',
  '31.71',
  '31.71.01',
  '31.71.01.1001',
  '31.71.01.1002',
  '31.71.01.1003',
  '32',
  '32.01',
];
const world = historyOf(choicesOf(31, 900));
const { events } = world.history;
const HEAD = String(events.length);

let ledger: TemporaryLedger;
let app: TestingModule;
let models: ProjectionEngine;
let bus: QueryBus;

beforeAll(async () => {
  ledger = await temporaryLedger(events);
  const { store, readModelsFile: file } = ledger;
  models = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
  const register = FacilityRegister.seed(smallRegister(CODES));
  app = await Test.createTestingModule({
    imports: [CqrsModule.forRoot()],
    providers: [
      ...QUERY_HANDLERS,
      { provide: ReadModels, useValue: models },
      { provide: FacilityRegister, useValue: register },
      { provide: EVENT_STORE, useValue: store },
    ],
  }).compile();
  await app.init();
  bus = app.get(QueryBus);
});
afterAll(async () => {
  await app.close();
  await models.close();
  await ledger.close();
});

function ask<T>(query: Query<T>): Promise<T> {
  return bus.execute(query);
}

async function answered<T>(query: Query<T | null>): Promise<T> {
  const answer = await ask(query);
  if (answer === null) throw new Error('there is an answer');
  return answer;
}

describe('the stock', () => {
  it('of one facility, by itself and with all below it', async () => {
    const answer = await answered(new StockOfFacility(Scope.nation, '31.71', HEAD));
    const account = world.accounts.get('31.71' as AccountId);
    expect(answer).toMatchObject({ facilityId: '31.71', name: 'Kantor 31.71', level: 'regency' });
    expect(answer.position).toBe(HEAD);
    expect(answer.own.usable).toBe(account?.usable.size);
    expect(answer.own.unnumbered).toBe(account?.unnumbered);
    const below = await answered(new StockOfFacility(Scope.nation, '31.71.01', HEAD));
    expect(answer.total.issued).toBe(answer.own.issued + below.total.issued);
    const byBatch = answer.total.byBatch.reduce((sum, { usable }) => sum + usable, 0);
    expect(byBatch).toBe(answer.total.usable);
    expect(events.map(({ id }) => id)).toContain(answer.own.lastMovement?.eventId);
  });

  it('of the nation, whose books close', async () => {
    const { total } = await answered(new StockOfFacility(Scope.nation, '00', HEAD));
    const { produced, usable, invalid, inTransitIn, issued, destroyed, missing } = total;
    expect(produced).toBeGreaterThan(100);
    expect(usable + invalid + inTransitIn + issued + destroyed + missing).toBe(produced);
  });

  it('of a facility there is none of', async () => {
    expect(await ask(new StockOfFacility(Scope.nation, '99'))).toBeNull();
    expect(await ask(new StockWithin(Scope.nation, '99', 'village', null, 10))).toBeNull();
  });

  it('of every village of a province, page by page, those without any too', async () => {
    const first = await answered(new StockWithin(Scope.nation, '31', 'village', null, 2, HEAD));
    const second = await answered(
      new StockWithin(Scope.nation, '31', 'village', first.nextCursor, 2),
    );
    const ids = [...first.items, ...second.items].map(({ facilityId }) => facilityId);
    expect(ids).toEqual(['31.71.01.1001', '31.71.01.1002', '31.71.01.1003']);
    expect(second.nextCursor).toBeNull();
    expect(second.items[0]?.total).toMatchObject({ usable: 0, byBatch: [], lastMovement: null });
    const whole = await answered(new StockWithin(Scope.nation, '31', 'province', null, 10));
    expect(whole.items).toHaveLength(1);
    const own = await answered(new StockOfFacility(Scope.nation, '31', HEAD));
    expect(whole.items[0]?.total).toEqual(own.total);
  });

  it('refuses a cursor of another listing', async () => {
    const foreign = Buffer.from('shipments:5', 'utf8').toString('base64url');
    for (const cursor of [foreign, 'x', '']) {
      await expect(ask(new StockWithin(Scope.nation, '31', 'village', cursor, 2))).rejects.toThrow(
        InvalidCursor,
      );
    }
    const place = Buffer.from('shipments:five', 'utf8').toString('base64url');
    await expect(ask(new ShipmentsOf(Scope.nation, {}, place, 2))).rejects.toThrow(InvalidCursor);
  });
});

describe('a question for a position', () => {
  it('waits until the read models hold it', async () => {
    const waiting = ask(new StockOfFacility(Scope.nation, '32.01', String(events.length + 1)));
    const type = 'UnnumberedCardsRecorded';
    const data = { ...ENTRY, count: 4, bag: 'K', seal: 'S', source: 'field' };
    const before = (await answered(new StockOfFacility(Scope.nation, '32.01'))).own.unnumbered;
    const { revision } = events.findLast(({ stream }) => stream === 'custody-32.01') ?? {
      revision: -1n,
    };
    const changes = { id: uuidOf(1_000_000), revision: revision + 1n };
    const next = new History().add('custody-32.01', { type, data }, changes);
    await appendHistory(ledger.store, [next]);
    const after = await waiting;
    expect(after?.own.unnumbered).toBe(before + 4);
    expect(BigInt(after?.position ?? 0)).toBe(BigInt(events.length + 1));
  });

  it('gives up on one that does not come', async () => {
    const never = ask(new StockOfFacility(Scope.nation, '32.01', String(events.length + 99)));
    await expect(never).rejects.toThrow(ReadModelBehind);
  }, 20_000);
});

describe('shipments', () => {
  it('are answered with what the consignee has left open', async () => {
    const states = new Set<string>();
    for (const shipment of world.shipments.values()) {
      const answer = await answered(new ShipmentById(Scope.nation, shipment.shipmentId, HEAD));
      const consignee = world.accounts.get(shipment.consignee);
      if (consignee === undefined) throw new Error('the consignee is in the world');
      const open = openPart(consignee, shipment);
      expect(answer.open.usable.ranges).toEqual(open.usable.format());
      expect(answer.open.invalid.ranges).toEqual(open.invalid.format());
      const [left, all] = [manifestOf(open).size, manifestOf(shipment).size];
      const state = left === 0 ? 'closed' : left === all ? 'in_transit' : 'partly_settled';
      expect([answer.state, answer.blanks, answer.openBlanks]).toEqual([state, all, left]);
      const settled = answer.entries.reduce((sum, { blanks }) => sum + blanks, 0);
      expect(settled).toBe(all - left);
      const packed = answer.packages.flatMap((it) => [it.usable.count, it.invalid.count]);
      expect(packed.reduce((sum, count) => sum + count, 0)).toBe(all);
      states.add(state);
    }
    expect([...states].sort()).toEqual(['closed', 'in_transit', 'partly_settled']);
    expect(await ask(new ShipmentById(Scope.nation, '31-999999'))).toBeNull();
  });

  it('are listed by either end and state, the latest first, page by page', async () => {
    const all = [...world.shipments.values()].filter(({ consignee }) => consignee === '31');
    const listed: string[] = [];
    let cursor: string | null = null;
    do {
      const page: ShipmentsPage = await answered(
        new ShipmentsOf(Scope.nation, { consignee: '31' }, cursor, 3),
      );
      expect(page.items.length).toBeLessThanOrEqual(3);
      listed.push(...page.items.map(({ shipmentId }) => shipmentId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(listed).toEqual(all.map(({ shipmentId }) => shipmentId).reverse());
    const closed = await answered(new ShipmentsOf(Scope.nation, { state: 'closed' }, null, 1_000));
    const open = await answered(new ShipmentsOf(Scope.nation, { state: 'open' }, null, 1_000));
    expect(closed.items.length + open.items.length).toBe(world.shipments.size);
    expect(open.items.every(({ openBlanks }) => openBlanks > 0)).toBe(true);
    const sent = await answered(
      new ShipmentsOf(Scope.nation, { consignor: 'B.2017-A' }, null, 1_000),
    );
    expect(new Set(sent.items.map(({ consignor }) => consignor))).toEqual(new Set(['B.2017-A']));
  });

  it('are overdue by the clock of whoever asks, while anything of them is open', async () => {
    const { items } = await answered(new ShipmentsOf(Scope.nation, {}, null, 1_000));
    const due = items.find(({ state, expectedBy }) => state !== 'closed' && expectedBy !== null);
    const closed = items.find(({ state, expectedBy }) => state === 'closed' && expectedBy !== null);
    if (due === undefined || closed === undefined) throw new Error('there are both');
    const time = Date.parse(due.expectedBy ?? '');
    expect([isOverdue(due, time), isOverdue(due, time + 1)]).toEqual([false, true]);
    expect(isOverdue(closed, time + 1)).toBe(false);
  });
});

describe('batches and accounts', () => {
  it('a batch with its books', async () => {
    const answer = await answered(new BatchByCode(Scope.nation, '2017-A', HEAD));
    const { batch } = world.accounts.get('B.2017-A' as AccountId) ?? {};
    expect(answer).toMatchObject({
      batch: '2017-A',
      contract: 'CONTOH/KTR/1',
      quantityContracted: 400,
      closed: batch?.isClosed,
    });
    expect(answer.produced).toBe(batch?.produced.size);
    const { produced, balance, ...places } = answer.books;
    expect(balance).toBe(0);
    expect(Object.values(places).reduce((sum, it) => sum + it, 0)).toBe(produced);
    expect(await ask(new BatchByCode(Scope.nation, 'NONE'))).toBeNull();
  });

  it('what an account holds, as ranges', async () => {
    for (const [id, account] of world.accounts) {
      if (id === '32.01') continue;
      const answer = await answered(new HoldingsOf(Scope.nation, id));
      expect(answer.usable).toEqual({
        count: account.usable.size,
        ranges: account.usable.format(),
        truncated: false,
      });
      expect(answer.missing.ranges).toEqual(account.missing.format());
      expect([answer.issuedCount, answer.destroyedCount]).toEqual([
        account.issued.size,
        account.destroyed.size,
      ]);
      const stream = events.filter((it) => it.stream === `custody-${id}`);
      const revision = stream.length === 0 ? null : String(stream.length - 1);
      expect([answer.revision, answer.unnumbered]).toEqual([revision, account.unnumbered]);
      const incoming = [...world.shipments.values()].filter(
        (it) => it.consignee === id && !manifestOf(openPart(account, it)).isEmpty,
      );
      expect(answer.incoming).toHaveLength(incoming.length);
      expect(await ask(new HoldingsOf(Scope.nation, id))).toEqual(answer);
    }
    for (const none of ['nobody', '99', 'B.NONE', 'E.NONE'])
      expect(await ask(new HoldingsOf(Scope.nation, none))).toBeNull();
  });
});

describe('the trail', () => {
  it('gives the log page by page', async () => {
    const first = await ask(new EventsAfter(Scope.nation, null, 7));
    expect(first.items.map(({ position }) => position)).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
    ]);
    expect([first.next, first.hasMore]).toEqual(['7', true]);
    const second = await ask(new EventsAfter(Scope.nation, first.next, 1));
    expect(second.items[0]).toMatchObject({
      id: events[7]?.id,
      type: events[7]?.type,
      position: '8',
    });
    const end = await ask(new EventsAfter(Scope.nation, String(events.length + 1), 5));
    expect(end).toEqual({ items: [], next: String(events.length + 1), hasMore: false });
  });

  it('gives the entries of one account, in order', async () => {
    const stream = events.filter((it) => it.stream === 'custody-B.2017-A');
    const first = await answered(new EventsOf(Scope.nation, 'B.2017-A', null, 3));
    expect(first.items.map(({ revision, id }) => [revision, id])).toEqual(
      stream.slice(0, 3).map(({ revision, id }) => [String(revision), id]),
    );
    expect(first.next).toBe('2');
    const rest = await answered(new EventsOf(Scope.nation, 'B.2017-A', first.next, 1_000));
    expect(rest.items).toHaveLength(stream.length - 3);
    expect(rest.hasMore).toBe(false);
    for (const none of ['nobody', '99', 'B.NONE', 'E.NONE'])
      expect(await ask(new EventsOf(Scope.nation, none, null, 3))).toBeNull();
    expect(await answered(new EventsOf(Scope.nation, '31.71.01.1001', '999999', 3))).toMatchObject({
      items: [],
    });
  });
});

describe('facilities', () => {
  it('are found by name and code', async () => {
    const found = await ask(new SearchFacilities('31.71.01', 1));
    expect(found).toEqual([
      {
        facilityId: '31.71.01',
        code: '31.71.01',
        name: 'Kantor 31.71.01',
        level: 'district',
        parent: '31.71',
        isOpen: true,
        path: 'Kec. Kantor 31.71.01, Kantor 31.71, Prov. Kantor 31',
      },
    ]);
  });
});
