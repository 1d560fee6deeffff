import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { FacilityId } from '../facilities/facility-code.js';
import {
  decideReportDemand,
  demandOfStream,
  MAX_WAITING,
  streamOfDemand,
  type ReportDemand,
} from './demand.js';

const COMMAND: ReportDemand = {
  ...is.ENTRY,
  facilityId: '31.71.01' as FacilityId,
  asOf: '2017-03-31',
  deadline: '2017-04-19',
  byReason: { backlog: 1_200, first_card: 30 },
};

function decide(command: Partial<ReportDemand>) {
  return decideReportDemand({ ...COMMAND, ...command }, is.contextOf());
}

describe('reporting demand', () => {
  it('states who waits, as of a day, by reason', () => {
    expect(is.soleEvent(decide({}))).toEqual({
      type: 'DemandReported',
      data: {
        ...is.ENTRY,
        asOf: '2017-03-31',
        deadline: '2017-04-19',
        byReason: { backlog: 1_200, first_card: 30 },
      },
    });
  });

  it.each([0, MAX_WAITING])('takes %d', (backlog) => {
    expect(is.codeOf(decide({ byReason: { backlog } }))).toBe('accepted');
  });

  it.each<[string, Partial<ReportDemand>]>([
    ['quantity_out_of_bounds', { byReason: {} }],
    ['quantity_out_of_bounds', { byReason: { backlog: -1 } }],
    ['quantity_out_of_bounds', { byReason: { backlog: 1, moved: 0.5 } }],
    ['quantity_out_of_bounds', { byReason: { backlog: MAX_WAITING + 1 } }],
    ['unknown_facility', { facilityId: '99' as FacilityId }],
    ['occurred_in_future', { occurredAt: is.IN_FUTURE }],
    // Two faults: the first of the table.
    ['quantity_out_of_bounds', { facilityId: '99' as FacilityId, byReason: {} }],
    ['unknown_facility', { facilityId: '99' as FacilityId, occurredAt: is.IN_FUTURE }],
  ])('is refused as %s %#', (code, command) => {
    expect(is.codeOf(decide(command))).toBe(code);
  });

  it('says how many may wait at most', () => {
    expect(decide({ byReason: { backlog: MAX_WAITING + 1 } })).toMatchObject({
      rejection: { details: { most: 100_000_000 } },
    });
  });

  it('stands in a stream of its office', () => {
    expect(streamOfDemand(COMMAND.facilityId)).toBe('demand-31.71.01');
    expect(demandOfStream('demand-31.71.01')).toBe('31.71.01');
    expect(demandOfStream('custody-31.71.01')).toBeNull();
  });
});
