import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import { decideRecordSpoilage, type RecordSpoilage } from './record-spoilage.js';

const COMMAND: RecordSpoilage = {
  ...is.ENTRY,
  serials: is.serials('2017-A/2..3'),
  cause: 'chip_failure',
};
const STOCK = is.received({ usable: ['2017-A/1..10'], invalid: ['2017-A/11'] });

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<RecordSpoilage>;
}

function decide({ account = is.given(is.OFFICE, STOCK), command }: Attempt) {
  return decideRecordSpoilage(account, { ...COMMAND, ...command }, is.contextOf());
}

describe('recording spoilage', () => {
  it('makes usable blanks invalid, still in custody', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toEqual({
      type: 'BlanksSpoiled',
      data: { ...is.ENTRY, serials: is.json('2017-A/2..3'), cause: 'chip_failure' },
    });
    expect(is.given(is.OFFICE, STOCK, event).invalid.format()).toEqual([
      '2017-A/2..3',
      '2017-A/11',
    ]);
  });

  it('happens at the vendor too', () => {
    const account = is.given(is.BATCH, is.procured(), is.produced('2017-A/1..10'));
    expect(is.codeOf(decide({ account }))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { serials: is.scattered(10_001) } }],
    ['no_serials', { command: { serials: is.NONE } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['command_not_for_account', { account: is.given(is.EVIDENCE) }],
    ['facility_closed', { account: is.given(is.CLOSED, STOCK) }],
    ['serials_not_usable_here', { command: { serials: is.serials('2017-A/10..11') } }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'too_many_ranges',
      'unknown_facility',
      { account: is.given(is.UNKNOWN), command: { serials: is.scattered(10_001) } },
    ],
    ['facility_closed', 'serials_not_usable_here', { account: is.given(is.CLOSED) }],
    [
      'serials_not_usable_here',
      'occurred_in_future',
      { account: is.given(is.OFFICE), command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });
});
