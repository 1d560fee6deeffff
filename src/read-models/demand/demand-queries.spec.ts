import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askedLedger, type AskedLedger } from '../../../test/support/asked-ledger.js';
import { dispatched, serials } from '../../../test/support/asked-shipments.js';
import { demandReported, issued } from '../../../test/support/demand-events.js';
import { History, metadataOf } from '../../../test/support/projection-history.js';
import { ENTRY } from '../../../test/support/projection-world.js';
import type { IssuanceReason } from '../../custody/account/events.js';
import type { FacilityId, Level } from '../../custody/facilities/facility-code.js';
import { InvalidCursor } from '../cursor.js';
import { Scope } from '../scope.js';
import {
  ProposedAllocation,
  ProposedAllocationHandler,
  TooManyCartons,
  type AllocationAsked,
} from './allocation.query.js';
import type { DemandOrder } from './demand-answer.js';
import { DemandOfFacility, DemandOfFacilityHandler } from './demand-of-facility.query.js';
import { DemandWithin, DemandWithinHandler } from './demand-within.query.js';

const NATION = Scope.nation;
const BANTEN = new Scope('36' as FacilityId);
const CODES = ['00', '31', '31.71', '31.71.01', '31.72', '31.73', '36', '36.01'];

/** Made at the office itself: in a world this small no shipment need bring them. */
function made(history: History, office: string, first: number, last: number): void {
  const data = { ...ENTRY, serials: serials(first, last), deliveryNo: 'D' };
  const rest = { qualitySample: null, chipManifest: null };
  history.add(`custody-${office}`, { type: 'BlanksProduced', data: { ...data, ...rest } } as never);
}

/**
 * Central Jakarta (31.71) reports for all of it on 30 March, a district of it issues; North Jakarta
 * (31.72) reports twice, and issues between; 31.73 reports nothing.
 */
function story(): History {
  const history = new History();
  let number = 0;
  const issue = (office: string, reason: IssuanceReason, day: string, count: number): void => {
    for (let nth = 0; nth < count; nth++)
      history.add(`custody-${office}`, issued(10_000 + ++number, reason, day));
  };
  made(history, '00', 1, 4_000);
  made(history, '31.71', 5_001, 5_090);
  made(history, '31.71.01', 5_101, 5_110);
  made(history, '31.72', 5_201, 5_235);
  history.add('custody-00', dispatched('00-000001', '31.71.01', 101, 150));
  const report = (office: string, ...said: Parameters<typeof demandReported>) =>
    history.add(`demand-${office}`, demandReported(...said));
  report('31.71', '2017-03-30', '2017-04-19', { backlog: 1_000, lost: 20 });
  report('31.71', '2017-03-29', null, { backlog: 5 });
  report('31.72', '2017-03-20', null, { backlog: 500 });
  report('31.72', '2017-03-30', '2018-06-27', { backlog: 490 });
  report('31.72', '2017-04-02', '2018-06-27', { backlog: 480 });
  report('36', '2017-03-30', '2017-03-31', { first_card: 300 });
  issue('31.71.01', 'backlog', '2017-03-30', 3);
  issue('31.71.01', 'backlog', '2017-03-31', 40);
  issue('31.71', 'moved', '2017-04-01', 17);
  issue('31.72', 'backlog', '2017-03-25', 30);
  issue('31.72', 'backlog', '2017-03-02', 5);
  return history;
}

let ledger: AskedLedger;

beforeAll(async () => {
  ledger = await askedLedger(story().events, CODES);
});
afterAll(() => ledger.close());

function facility(id: string, today: string | null = '2017-04-01', scope = NATION) {
  const { models, register } = ledger;
  const handler = new DemandOfFacilityHandler(models, register);
  return handler.execute(new DemandOfFacility(scope, id, today));
}

async function listed(
  order: DemandOrder,
  {
    level = 'regency',
    within = '00',
    scope = NATION,
  }: { level?: Level; within?: string; scope?: Scope } = {},
) {
  const { models, register } = ledger;
  const handler = new DemandWithinHandler(models, register);
  const asked = { within, level, order, today: '2017-04-01' };
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await handler.execute(new DemandWithin(scope, asked, cursor, 2));
    if (page === null) return null;
    found.push(...page.items.map(({ code }) => code));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

function proposed(asked: Partial<AllocationAsked>, scope = NATION) {
  const { models, register } = ledger;
  const all = { consignor: '31', blanks: 700, carton: 100, deadline: null, coverDays: 0 };
  const query = new ProposedAllocation(scope, { ...all, today: '2017-04-01', ...asked });
  return new ProposedAllocationHandler(models, register).execute(query);
}

describe('who waits at an office', () => {
  it('is what it last reported for the latest day, less those served since, in all of it', async () => {
    expect(await facility('31.71')).toMatchObject({
      ...{ code: '31.71', waiting: 980, asOf: '2017-03-30', nextDeadline: '2017-04-19' },
      byReason: [
        { reason: 'backlog', residents: 960 },
        { reason: 'lost', residents: 20 },
      ],
      byDeadline: [{ deadline: '2017-04-19', residents: 980 }],
      // Its own 90 and its district's 10 less 60 issued, and what is on its way there.
      ...{ usable: 40, coming: 50, uncovered: 890, today: '2017-04-01' },
      ...{ issued: 60, issuedPerDay: 2, daysOfCover: 20, daysToServe: 490 },
    });
  });

  it('tells its reports, the last recorded first', async () => {
    const reports = (await facility('31.71'))?.reports ?? [];
    expect(reports.map(({ asOf, deadline, byReason }) => [asOf, deadline, byReason])).toEqual([
      ['2017-03-29', null, [{ reason: 'backlog', residents: 5 }]],
      [
        ...['2017-03-30', '2017-04-19'],
        [
          { reason: 'backlog', residents: 1_000 },
          { reason: 'lost', residents: 20 },
        ],
      ],
    ]);
  });

  it('is told as of a day: later reports and issuances do not count', async () => {
    // 30 were served while 10 fewer waited: 20 came in 10 days.
    expect(await facility('31.72')).toMatchObject({ waiting: 490, newPerDay: 2, issued: 30 });
    expect(await facility('31.72', '2017-03-21')).toMatchObject({ waiting: 500, newPerDay: null });
    expect(await facility('31.72', '2017-03-26')).toMatchObject({ waiting: 470, issued: 35 });
    // In the 13 days from the report that is a week older or more.
    expect(await facility('31.72', '2017-04-02')).toMatchObject({ waiting: 480, newPerDay: 0.77 });
    // A report of the day before tells no rate.
    expect(await facility('31.71')).toMatchObject({ newPerDay: null });
    expect(await facility('31.71', '2017-03-30')).toMatchObject({ waiting: 1_020 });
    const noReport = { waiting: 0, asOf: null, newPerDay: null, daysOfCover: null };
    expect(await facility('31.73')).toMatchObject(noReport);
  });

  it('takes the day of the latest event for today, unless another is given', async () => {
    // The events of the story were recorded on 1 April 2017.
    expect((await facility('31.72', null))?.today).toBe('2017-04-01');
    const history = new History();
    const metadata = { ...metadataOf(0), recordedAt: '2017-04-09T17:00:00.000Z' };
    history.add('demand-31', demandReported('2017-04-01', null, { lost: 1 }), { metadata });
    const late = await askedLedger(history.events, CODES);
    const question = new DemandOfFacility(NATION, '31', null);
    const answer = await new DemandOfFacilityHandler(late.models, late.register).execute(question);
    await late.close();
    expect(answer?.today).toBe('2017-04-10');
  });

  it('is answered only where it may be seen', async () => {
    expect(await facility('31.71', null, BANTEN)).toBeNull();
    expect((await facility('36.01', null, BANTEN))?.code).toBe('36.01');
    expect(await facility('99')).toBeNull();
    expect(await listed('code', { scope: BANTEN })).toBeNull();
    expect(await listed('code', { scope: BANTEN, within: '36' })).toEqual(['36.01']);
  });
});

describe('offices in order', () => {
  it.each([
    ['code', ['31.71', '31.72', '31.73', '36.01']],
    // 31.72 has nothing left, and the others issue nothing.
    ['cover', ['31.72', '31.71', '31.73', '36.01']],
    ['waiting', ['31.71', '31.72', '31.73', '36.01']],
    ['deadline', ['31.71', '31.72', '31.73', '36.01']],
  ] as const)('by %s, page by page', async (order, codes) => {
    expect(await listed(order)).toEqual(codes);
  });

  it('of provinces, rolled up from those below', async () => {
    expect(await listed('waiting', { level: 'province' })).toEqual(['31', '36']);
    const province = await facility('31');
    expect(province).toMatchObject({ waiting: 1_470, usable: 40, coming: 50, issued: 90 });
  });

  it('refuse a cursor of another order', async () => {
    const { models, register } = ledger;
    const handler = new DemandWithinHandler(models, register);
    const asked = { within: '00', level: 'regency', order: 'code', today: null } as const;
    const page = await handler.execute(new DemandWithin(NATION, asked, null, 1));
    const other = new DemandWithin(NATION, { ...asked, order: 'cover' }, page?.nextCursor ?? '', 1);
    await expect(handler.execute(other)).rejects.toThrow(InvalidCursor);
  });
});

describe('an allocation', () => {
  it('is proposed of the figures of each child, and moves nothing', async () => {
    const answer = await proposed({});
    expect(answer).toMatchObject({
      ...{ consignor: '31', asked: 700, usable: 0, cartons: 7, blanks: 700, left: 0, unplaced: 0 },
      stages: [
        { kind: 'deadline', deadline: '2017-04-19', residents: 980, uncoveredAfter: 190 },
        { kind: 'deadline', deadline: '2018-06-27', residents: 1_470, cartons: 0 },
        { kind: 'waiting' },
        { kind: 'cover' },
      ],
    });
    expect(answer?.areas.map(({ code, cartons, reason }) => [code, cartons, reason.code])).toEqual([
      ['31.71', 7, 'deadline_short'],
      ['31.72', 0, 'deadlines_first'],
      ['31.73', 0, 'no_report'],
    ]);
    expect(answer?.areas[0]).toMatchObject({
      ...{ name: 'Kantor 31.71', waiting: 980, supply: 90, newPerDay: 2 },
      daysOfCover: { before: 45, after: 395 },
    });
  });

  it('gives what its holder has where no number is named, and says who is in no report of a child', async () => {
    const answer = await proposed({ consignor: '00', blanks: null });
    expect(answer).toMatchObject({ asked: 3_950, usable: 3_950, unplaced: 0 });
    const below = await proposed({ consignor: '31.71', blanks: 500 });
    expect(below).toMatchObject({ cartons: 0, left: 500, unplaced: 980 });
  });

  it('is refused where it would be of too many cartons', async () => {
    await expect(proposed({ blanks: 100_001, carton: 1 })).rejects.toThrow(TooManyCartons);
    expect((await proposed({ blanks: 100_000, carton: 1 }))?.left).toBeGreaterThan(90_000);
  });

  it('is of what may be seen', async () => {
    expect(await proposed({}, BANTEN)).toBeNull();
    expect(await proposed({ consignor: '99' })).toBeNull();
    expect((await proposed({ consignor: '36' }, BANTEN))?.unplaced).toBe(300);
  });
});
