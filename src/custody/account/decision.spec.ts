import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { FacilityId } from '../facilities/facility-code.js';
import type { AccountId } from './account-id.js';
import {
  actingFor,
  approvalRefusal,
  consigneeClosedRefusal,
  offending,
  type FacilityDirectory,
} from './decision.js';

const { facilities } = is.contextOf();

describe('the facility an officer of another office acts for', () => {
  it.each<[string, AccountId, string, string | null]>([
    ['its own officer', is.OFFICE, '31.71.01', null],
    ['an officer of the office above', is.OFFICE, '31.71', '31.71.01'],
    ['an officer two offices above', is.OFFICE, '31', null],
    ['an officer of a stranger', is.OFFICE, '31.72', null],
    ['the successor of a closed office', is.CLOSED, '31.71', '31.72'],
    ['the parent of a closed office', is.CLOSED, '31', '31.72'],
    ['a stranger to a closed office', is.CLOSED, '31.71.01', null],
    ['an officer of an office with no successor', is.OFFICE, 'none', null],
    ['anyone, for a batch', is.BATCH, '31', null],
    ['anyone, for an unknown office', is.UNKNOWN, '31', null],
  ])('%s', (_who, account, actor, expected) => {
    expect(actingFor(account, is.officer(actor), facilities)).toBe(expected);
  });

  it('is none for the former successor of an office that is open', () => {
    const reopened: FacilityDirectory = {
      get: (facilityId) => ({
        facilityId,
        parent: '31' as FacilityId,
        isOpen: true,
        successor: '31.71' as FacilityId,
      }),
    };
    expect(actingFor(is.CLOSED, is.officer('31.71'), reopened)).toBeNull();
  });
});

describe('a refusal', () => {
  it('says where a closed facility has no successor', () => {
    const closed: FacilityDirectory = {
      get: (facilityId) => ({ facilityId, parent: null, isOpen: false, successor: null }),
    };
    expect(consigneeClosedRefusal(is.OFFICE, closed)).toMatchObject({
      code: 'facility_closed',
      details: { facility: '31.71.01', successor: 'none' },
    });
  });

  it('names the first twenty of the offending ranges', () => {
    expect(offending(is.scattered(21)).serials).toEqual(is.scattered(20).format());
    expect(offending(is.NONE).serials).toEqual([]);
  });

  it('of an approval is none where none is needed and none is given', () => {
    expect(approvalRefusal(null, false, is.contextOf())).toBeNull();
  });
});
