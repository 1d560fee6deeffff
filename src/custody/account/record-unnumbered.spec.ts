import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import {
  decideRecordUnnumbered,
  MAX_UNNUMBERED,
  type RecordUnnumbered,
} from './record-unnumbered.js';

const COMMAND: RecordUnnumbered = {
  ...is.ENTRY,
  count: 12,
  bag: 'K-1',
  seal: 'S-1',
  source: 'sack',
};

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<RecordUnnumbered>;
}

function decide({ account = is.given(is.OFFICE), command }: Attempt) {
  return decideRecordUnnumbered(account, { ...COMMAND, ...command }, is.contextOf());
}

describe('recording unnumbered cards', () => {
  it('adds to their own balance', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toEqual({
      type: 'UnnumberedCardsRecorded',
      data: { ...is.ENTRY, count: 12, bag: 'K-1', seal: 'S-1', source: 'sack' },
    });
    expect(is.given(is.OFFICE, event, event).unnumbered).toBe(24);
  });

  it.each([1, MAX_UNNUMBERED])('takes %d', (count) => {
    expect(is.codeOf(decide({ command: { count } }))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['quantity_out_of_bounds', { command: { count: 0 } }],
    ['quantity_out_of_bounds', { command: { count: -1 } }],
    ['quantity_out_of_bounds', { command: { count: 1.5 } }],
    ['quantity_out_of_bounds', { command: { count: MAX_UNNUMBERED + 1 } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED) }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'quantity_out_of_bounds',
      'unknown_facility',
      { account: is.given(is.UNKNOWN), command: { count: 0 } },
    ],
    [
      'facility_closed',
      'occurred_in_future',
      { account: is.given(is.CLOSED), command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    [
      'quantity_out_of_bounds',
      { command: { count: 0 } },
      { details: { count: 0, most: 10_000_000 } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
