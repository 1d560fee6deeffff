import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { ShipmentId } from './account-id.js';
import type { CustodyEvent } from './events.js';
import { isParentActing, openPart, shipmentOf } from './incoming-shipment.js';

const RECORDED_AT = Date.parse('2017-04-01T00:31:00Z');

const DISPATCHED: CustodyEvent = {
  type: 'ShipmentDispatched',
  data: {
    ...is.ENTRY,
    shipmentId: '31.71-000001' as ShipmentId,
    to: is.OFFICE,
    basis: 'allocation',
    packages: [
      {
        label: 'carton 1',
        kind: 'carton',
        seal: 'S-1',
        usable: is.json('2017-A/1..5'),
        invalid: is.json('2017-A/50'),
      },
      {
        label: 'carton 2',
        kind: 'carton',
        seal: 'S-2',
        usable: is.json('2017-A/6..10'),
        invalid: is.json('2017-A/52'),
      },
    ],
    carrier: 'Pos',
    vehicle: null,
    expectedBy: '2017-04-03T05:00:00.000Z',
    paperNumber: null,
    approval: null,
  },
};

const REFUSED: CustodyEvent = {
  type: 'ShipmentRefused',
  data: {
    ...is.ENTRY,
    shipmentId: '31.71-000001' as ShipmentId,
    newShipmentId: '31.71.01-000001' as ShipmentId,
    to: is.PARENT,
    usable: is.json('2017-A/1..5'),
    invalid: is.json('2017-A/50'),
    reason: 'wet',
    approval: null,
  },
};

function surrendered(shipmentId: string | null): CustodyEvent {
  return {
    type: 'CardSurrendered',
    data: {
      ...is.ENTRY,
      serial: '2017-A/000000007',
      to: is.PARENT,
      shipmentId: shipmentId as ShipmentId | null,
      findingId: null,
      reason: 'replaced',
    },
  };
}

/** With its sets as text. */
function told(event: CustodyEvent) {
  const shipment = shipmentOf(event, RECORDED_AT);
  return (
    shipment && {
      ...shipment,
      usable: shipment.usable.format(),
      invalid: shipment.invalid.format(),
    }
  );
}

describe('the shipment an entry puts on the road', () => {
  it('of a dispatch holds all its packages, and is due when the sender said', () => {
    expect(told(DISPATCHED)).toEqual({
      shipmentId: '31.71-000001',
      origin: 'dispatch',
      consignor: '31.71',
      consignee: '31.71.01',
      usable: ['2017-A/1..10'],
      invalid: ['2017-A/50', '2017-A/52'],
      expectedBy: Date.parse('2017-04-03T05:00:00.000Z'),
      occurredAt: is.ENTRY.occurredAt,
      recordedAt: RECORDED_AT,
    });
  });

  it('of a refusal goes back under the number of who refused; no time was agreed', () => {
    expect(told(REFUSED)).toEqual({
      shipmentId: '31.71.01-000001',
      origin: 'refusal',
      consignor: '31.71.01',
      consignee: '31.71',
      usable: ['2017-A/1..5'],
      invalid: ['2017-A/50'],
      expectedBy: null,
      occurredAt: is.ENTRY.occurredAt,
      recordedAt: RECORDED_AT,
    });
  });

  it('of a surrender elsewhere is the one card, now invalid', () => {
    expect(told(surrendered('31.71.01-000001'))).toEqual({
      shipmentId: '31.71.01-000001',
      origin: 'surrender',
      consignor: '31.71.01',
      consignee: '31.71',
      usable: [],
      invalid: ['2017-A/7'],
      expectedBy: null,
      occurredAt: is.ENTRY.occurredAt,
      recordedAt: RECORDED_AT,
    });
  });

  it.each([surrendered(null), is.spoiled('2017-A/1'), is.issued('2017-A/000000001')])(
    'is none where nothing was sent: $type',
    (event) => {
      expect(shipmentOf(event, RECORDED_AT)).toBeNull();
    },
  );
});

describe('what of a shipment is still on the road', () => {
  it('is all that its consignee has not settled', () => {
    const some = is.received({ usable: ['2017-A/3..4'], missing: ['2017-A/5'] }, '31-000002');
    const open = openPart(is.given(is.OFFICE, some), is.shipment());
    expect(open.usable.format()).toEqual(['2017-A/1..2', '2017-A/6..10']);
    expect(open.invalid.format()).toEqual(['2017-A/11..20']);
  });
});

describe('who acts for a consignee', () => {
  const closed = '31.73' as typeof is.OFFICE;

  it.each([
    ['its own officer', is.OFFICE, '31.71.01', false],
    ['the office above', is.OFFICE, '31.71', true],
    ['the office above that', is.OFFICE, '31', false],
    ['the successor of a closed office', is.CLOSED, '31.71', false],
    ['the parent of a closed office that is not its successor', is.CLOSED, '31', true],
    ['the parent of a closed office that is its successor', closed, '31', false],
    ['nobody, for a batch', is.BATCH, '31', false],
  ])('as its parent: %s', (_who, account, actor, expected) => {
    const context = is.contextOf({ actor: is.officer(actor) });
    expect(isParentActing(is.given(account), context)).toBe(expected);
  });
});
