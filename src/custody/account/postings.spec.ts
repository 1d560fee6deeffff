import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import * as is from '../../../test/support/custody-given.js';
import type { AccountId, ShipmentId } from './account-id.js';
import { emptyAccount, evolveAccount, type CustodyAccount } from './custody-account.js';
import type { CustodyEvent, CustodyEventOf } from './events.js';
import { postingsOf, reversedPostings, serialSetOf, serialsMovedBy } from './postings.js';

const ARRIVED = is.received({
  usable: ['2017-A/1..20'],
  invalid: ['2017-A/21..30'],
  missing: ['2017-A/31..35'],
});
const SHIPMENT = '31-000009' as ShipmentId;

function reversal(event: CustodyEvent): CustodyEvent {
  return {
    type: 'EntryReversed',
    data: {
      ...is.ENTRY,
      eventId: 'entry',
      revision: '1',
      entryType: 'BlanksSpoiled',
      postings: reversedPostings(postingsOf(event)),
      unnumbered: event.type === 'BlanksDestroyed' ? event.data.unnumbered : 0,
      reason: 'typed twice',
      approval: is.APPROVED,
    },
  };
}

/** One event of each type, each following from ARRIVED, and how many serials it moves. */
const EVENTS: readonly (readonly [CustodyEvent, number])[] = [
  [is.procured(), 0],
  [is.batchClosed, 0],
  [
    is.received(
      { usable: ['2017-A/40'], invalid: ['2017-A/41'], missing: ['2017-A/42'] },
      SHIPMENT,
    ),
    3,
  ],
  [is.spoiled('2017-A/1..3'), 3],
  [is.issued('2017-A/000000004'), 1],
  [is.unnumbered(2), 0],
  [
    {
      type: 'ShipmentDispatched',
      data: {
        ...is.ENTRY,
        shipmentId: '31.71.01-000001' as ShipmentId,
        to: '31.71' as AccountId,
        basis: 'return',
        packages: [
          { label: 'a', kind: 'carton', seal: 's', usable: is.json('2017-A/1..2'), invalid: [] },
          {
            label: 'b',
            kind: 'bag',
            seal: 's',
            usable: is.json('2017-A/5'),
            invalid: is.json('2017-A/21'),
          },
        ],
        carrier: 'Pos',
        vehicle: null,
        expectedBy: '2017-04-03T05:00:00.000Z',
        paperNumber: null,
        approval: null,
      },
    },
    4,
  ],
  [
    {
      type: 'ShipmentRefused',
      data: {
        ...is.ENTRY,
        shipmentId: SHIPMENT,
        newShipmentId: '31.71.01-000001' as ShipmentId,
        to: '31' as AccountId,
        usable: is.json('2017-A/40..41'),
        invalid: is.json('2017-A/42'),
        reason: 'wet',
        approval: null,
      },
    },
    3,
  ],
  [
    {
      type: 'BlanksDestroyed',
      data: {
        ...is.ENTRY,
        serials: is.json('2017-A/22..23'),
        unnumbered: 0,
        method: 'cut',
        place: 'Bogor',
        witnesses: [],
        approval: is.APPROVED,
      },
    },
    2,
  ],
  [
    {
      type: 'BlanksReportedMissing',
      data: {
        ...is.ENTRY,
        fromUsable: is.json('2017-A/6'),
        fromInvalid: is.json('2017-A/24'),
        kind: 'lost',
        policeReport: null,
        shipmentId: null,
        approval: null,
      },
    },
    2,
  ],
  [
    {
      type: 'BlanksReportedMissing',
      data: {
        ...is.ENTRY,
        fromUsable: is.json('2017-A/40'),
        fromInvalid: is.json('2017-A/41'),
        kind: 'stolen',
        policeReport: null,
        shipmentId: SHIPMENT,
        approval: null,
      },
    },
    2,
  ],
  [
    {
      type: 'BlanksRecovered',
      data: {
        ...is.ENTRY,
        serials: is.json('2017-A/31'),
        as: 'invalid',
        kind: 'found',
        place: 'x',
      },
    },
    1,
  ],
  [
    {
      type: 'StockCounted',
      data: {
        ...is.ENTRY,
        bookRevision: '0',
        scope: { states: ['usable'], batches: null },
        seenUsable: [],
        seenInvalid: [],
        short: { usable: is.json('2017-A/7..9'), invalid: [] },
        surplus: is.json('2017-A/99'),
        misclassified: [],
        moved: [],
      },
    },
    3,
  ],
  [
    { type: 'CustodianChanged', data: { ...is.ENTRY, from: null, to: 'budi', countEventId: 'x' } },
    0,
  ],
  [
    {
      type: 'OccurrenceCorrected',
      data: {
        ...is.ENTRY,
        eventId: 'x',
        revision: '0',
        correctedTo: is.day('2017-03-31'),
        reason: 'x',
      },
    },
    0,
  ],
  [
    {
      type: 'TransitIncidentReported',
      data: { ...is.ENTRY, shipmentId: SHIPMENT, kind: 'fire', place: 'x', policeReport: null },
    },
    0,
  ],
];

const SURRENDER: CustodyEventOf<'CardSurrendered'> = {
  type: 'CardSurrendered',
  data: {
    ...is.ENTRY,
    serial: '2017-A/000000004',
    to: is.OFFICE,
    shipmentId: null,
    findingId: null,
    reason: 'moved',
  },
};

const STATES = ['usable', 'invalid', 'issued', 'missing', 'destroyed'] as const;

function balances(account: CustodyAccount): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(STATES.map((state) => [state, account[state].format()]));
}

/** What each state gains by the postings, less what it loses. */
function gains(event: CustodyEvent): Readonly<Record<string, number>> {
  const gain = Object.fromEntries(STATES.map((state) => [state, 0]));
  for (const { from, to, serials } of postingsOf(event)) {
    if (from.place in gain) gain[from.place] = (gain[from.place] ?? 0) - serials.size;
    if (to.place in gain) gain[to.place] = (gain[to.place] ?? 0) + serials.size;
  }
  return gain;
}

describe('the postings of an event', () => {
  it.each(EVENTS.map(([event, count]) => [event.type, count, event] as const))(
    'of %s move %d serials, each once, and change every balance by just that',
    (type, count, event) => {
      const postings = postingsOf(event);
      expect(postings.every(({ serials }) => !serials.isEmpty)).toBe(true);
      expect(postings.reduce((sum, { serials }) => sum + serials.size, 0)).toBe(count);
      expect(serialsMovedBy(event).size).toBe(count);
      const batch = type === 'BatchProcured' ? [] : [is.procured()];
      const before = is.given(is.OFFICE, ...batch, ARRIVED);
      const after = evolveAccount(before, event);
      const changes = STATES.map((state) => [state, after[state].size - before[state].size]);
      expect(Object.fromEntries(changes)).toEqual(gains(event));
    },
  );

  it.each(
    EVENTS.filter(
      ([{ type }]) => !['ShipmentDispatched', 'ShipmentRefused', 'BatchProcured'].includes(type),
    ).map(([event]) => [event.type, event] as const),
  )('of %s reverse exactly', (_type, event) => {
    const before = is.given(is.OFFICE, is.procured(), ARRIVED);
    const after = [event, reversal(event)].reduce(evolveAccount, before);
    expect(balances(after)).toEqual(balances(before));
    expect(after.settled.get(SHIPMENT)?.size ?? 0).toBe(0);
    expect(reversedPostings(postingsOf(reversal(event)))).toEqual(
      postingsOf(event).map((posting) => ({ ...posting, serials: posting.serials.toJson() })),
    );
  });

  it('of a surrender elsewhere put the card, invalid, on the road', () => {
    const shipmentId = '31.71.01-000001' as ShipmentId;
    const [posting] = postingsOf({ ...SURRENDER, data: { ...SURRENDER.data, shipmentId } });
    expect(posting?.to).toEqual({ place: 'transit', shipmentId, state: 'invalid' });
  });

  it('are undone from the last to the first', () => {
    const postings = postingsOf(ARRIVED);
    expect(postings.length).toBeGreaterThan(1);
    expect(reversedPostings(postings).map(({ to }) => to)).toEqual(
      postings.map(({ from }) => from).reverse(),
    );
  });

  it('are a fault where the serial or the event is none', () => {
    expect(() => serialSetOf('2017-A')).toThrow('not a serial number');
    expect(() => postingsOf({ type: 'DemandReported' } as never)).toThrow(
      expect.objectContaining({ name: 'InvariantViolation' }),
    );
  });

  it('of a surrender take the card from the issued', () => {
    const after = is.given(is.OFFICE, ARRIVED, is.issued('2017-A/000000004'), SURRENDER);
    expect(after.issued.isEmpty).toBe(true);
    expect(after.invalid.has('2017-A' as never, 4)).toBe(true);
  });

  it('never change how many serials an account and its roads hold', () => {
    const indexes = fc.uniqueArray(fc.nat(EVENTS.length - 1), { maxLength: EVENTS.length });
    const total = (account: CustodyAccount): number =>
      STATES.reduce((sum, state) => sum + account[state].size, 0);
    fc.assert(
      fc.property(indexes, (order) => {
        let account = evolveAccount(emptyAccount(is.OFFICE), ARRIVED);
        for (const index of order) {
          const [event] = EVENTS[index] ?? [];
          if (event === undefined) continue;
          let next: CustodyAccount;
          try {
            next = evolveAccount(account, event);
          } catch {
            // It does not follow from the account as it is: then nothing of it may count.
            continue;
          }
          const postings = postingsOf(event);
          const arrived = postings.filter(({ from }) => from.place === 'transit');
          const left = postings.filter(({ to }) => to.place === 'transit');
          const size = (list: typeof postings): number =>
            list.reduce((sum, { serials }) => sum + serials.size, 0);
          expect(total(next)).toBe(total(account) + size(arrived) - size(left));
          account = next;
        }
      }),
      propertyRuns(),
    );
  });
});
