import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { ShipmentId } from './account-id.js';
import { evolveAccount, heldBy } from './custody-account.js';
import type { CustodyEvent, CustodyEventOf } from './events.js';

const ARRIVED = is.received({ usable: ['2017-A/1..5'], invalid: ['2017-A/11'] });

function refusalOf(newShipmentId: string): CustodyEvent {
  return {
    type: 'ShipmentRefused',
    data: {
      ...is.ENTRY,
      shipmentId: '31-000009' as ShipmentId,
      newShipmentId: newShipmentId as ShipmentId,
      to: is.PARENT,
      usable: is.json('2017-A/50'),
      invalid: [],
      reason: 'wet',
      approval: null,
    },
  };
}

/** A reversal as no decision makes it. */
function undone(to: string, from = 'usable'): CustodyEvent {
  const posting = { from: { place: from }, to: { place: to }, serials: is.json('2017-A/1') };
  return reversalOf(posting as never);
}

function reversalOf(posting: CustodyEventOf<'EntryReversed'>['data']['postings'][number]) {
  return {
    type: 'EntryReversed' as const,
    data: {
      ...is.ENTRY,
      eventId: 'entry-0',
      revision: '0',
      entryType: 'BlanksSpoiled' as const,
      postings: [posting],
      unnumbered: 0,
      reason: 'wrong account',
      approval: is.APPROVED,
    },
  };
}

const returned = reversalOf({
  from: { place: 'usable' },
  to: { place: 'transit', shipmentId: '31-000077' as ShipmentId, state: 'usable' },
  serials: is.json('2017-A/1'),
});

describe('the custody account', () => {
  it('holds what is usable and what is invalid', () => {
    expect(heldBy(is.given(is.OFFICE, ARRIVED)).format()).toEqual(['2017-A/1..5', '2017-A/11']);
  });

  it('leaves the earlier state as it was', () => {
    const before = is.given(is.OFFICE, ARRIVED);
    evolveAccount(before, is.spoiled('2017-A/1'));
    expect(before.usable.format()).toEqual(['2017-A/1..5']);
  });

  it.each<[string, () => unknown]>([
    ['a batch procured twice', () => is.given(is.BATCH, is.procured(), is.procured())],
    ['production without a batch', () => is.given(is.OFFICE, is.produced('2017-A/1'))],
    [
      'a serial produced twice',
      () => is.given(is.BATCH, is.procured(), is.produced('2017-A/1'), is.produced('2017-A/1')),
    ],
    ['a batch closed that was never procured', () => is.given(is.BATCH, is.batchClosed)],
    ['a serial received twice', () => is.given(is.OFFICE, ARRIVED, ARRIVED)],
    [
      'a blank spoiled that is not here',
      () => is.given(is.OFFICE, ARRIVED, is.spoiled('2017-A/6')),
    ],
    [
      'a blank issued that is invalid',
      () => is.given(is.OFFICE, ARRIVED, is.issued('2017-A/000000011')),
    ],
    ['a gap in the shipment numbers', () => is.given(is.OFFICE, refusalOf('31.71.01-000002'))],
    [
      'the shipment number of another account',
      () => is.given(is.OFFICE, refusalOf('31.71-000001')),
    ],
    [
      'more unnumbered cards destroyed than held',
      () =>
        is.given(is.OFFICE, ARRIVED, is.unnumbered(1), {
          type: 'BlanksDestroyed',
          data: {
            ...is.ENTRY,
            serials: [],
            unnumbered: 2,
            method: 'cut',
            place: 'Bogor',
            witnesses: [],
            approval: is.APPROVED,
          },
        }),
    ],
    [
      'production undone',
      () => is.given(is.BATCH, is.procured(), is.produced('2017-A/1'), undone('unproduced')),
    ],
    ['a return to a shipment that never came here', () => is.given(is.OFFICE, ARRIVED, returned)],
    ['a shipment number that is none', () => is.given(is.OFFICE, refusalOf('31.71.01'))],
    [
      'an event of another kind',
      () => is.given(is.OFFICE, { type: 'DemandReported', data: is.ENTRY } as never),
    ],
    [
      'a place there is none of, left',
      () => is.given(is.OFFICE, ARRIVED, undone('usable', 'attic')),
    ],
    ['a place there is none of, entered', () => is.given(is.OFFICE, ARRIVED, undone('attic'))],
  ])('throws at %s', (_what, fold) => {
    expect(fold).toThrow(expect.objectContaining({ name: 'InvariantViolation' }));
  });
});
