import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import { decideRecoverBlanks, type RecoverBlanks } from './recover-blanks.js';

const COMMAND: RecoverBlanks = {
  ...is.ENTRY,
  serials: is.serials('2017-A/5'),
  as: 'usable',
  kind: 'found',
  place: 'Serang',
};
const HISTORY = [is.received({ usable: ['2017-A/1..3'], missing: ['2017-A/4..5'] })];

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<RecoverBlanks>;
}

function decide({ account = is.given(is.OFFICE, ...HISTORY), command }: Attempt) {
  return decideRecoverBlanks(account, { ...COMMAND, ...command }, is.contextOf());
}

describe('recovering blanks', () => {
  it.each(['usable', 'invalid'] as const)('makes the missing %s again', (as) => {
    const event = is.soleEvent(decide({ command: { as } }));
    expect(event).toEqual({
      type: 'BlanksRecovered',
      data: { ...is.ENTRY, serials: is.json('2017-A/5'), as, kind: 'found', place: 'Serang' },
    });
    const after = is.given(is.OFFICE, ...HISTORY, event);
    expect(after.missing.format()).toEqual(['2017-A/4']);
    expect(after[as].intersects(is.serials('2017-A/5'))).toBe(true);
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { serials: is.scattered(10_001) } }],
    ['no_serials', { command: { serials: is.NONE } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED, ...HISTORY) }],
    ['serials_not_missing_here', { command: { serials: is.serials('2017-A/3..4') } }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'no_serials',
      'unknown_facility',
      { account: is.given(is.UNKNOWN), command: { serials: is.NONE } },
    ],
    [
      'serials_not_missing_here',
      'occurred_in_future',
      { account: is.given(is.OFFICE), command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });
});
