import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { CustodyEvent } from './events.js';
import { decideHandOverCustody, type HandOverCustody } from './hand-over-custody.js';

const ARRIVED = is.received({ usable: ['2017-A/1..5'] });
const STOCK = is.given(is.OFFICE, ARRIVED);
const COMMAND: HandOverCustody = {
  ...is.ENTRY,
  bookRevision: 0n,
  scope: { states: ['usable', 'invalid'], batches: null },
  seenUsable: is.serials('2017-A/1..4'),
  seenInvalid: is.NONE,
  from: null,
  to: 'budi',
};

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<HandOverCustody>;
  readonly booksThen?: ReturnType<typeof is.given> | null;
}

function decide({ account = STOCK, command, booksThen }: Attempt) {
  return decideHandOverCustody(
    account,
    { ...COMMAND, ...command },
    booksThen === undefined ? STOCK : booksThen,
    is.contextOf(),
  );
}

const HANDED_OVER: CustodyEvent = {
  type: 'CustodianChanged',
  data: { ...is.ENTRY, from: null, to: 'budi', countEventId: 'StockCounted#0' },
};
const HISTORY = [ARRIVED, HANDED_OVER];

describe('handing over custody', () => {
  it('is a count and the change of custodian that names it', () => {
    const decision = decide({});
    expect(decision).toMatchObject({
      ok: true,
      events: [
        { type: 'StockCounted', data: { short: { usable: is.json('2017-A/5') } } },
        HANDED_OVER,
      ],
    });
    const account = is.given(is.OFFICE, ARRIVED, ...(decision.ok ? decision.events : []));
    expect(account.custodian).toBe('budi');
    expect(account.missing.format()).toEqual(['2017-A/5']);
    expect(is.codeOf(decide({ account, command: { from: 'budi', to: 'sari' } }))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { seenUsable: is.scattered(10_001) } }],
    ['overlapping_ranges', { command: { seenInvalid: is.serials('2017-A/4') } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED, ARRIVED) }],
    ['book_revision_unknown', { booksThen: null }],
    ['custodian_unchanged', { command: { from: 'budi' } }],
    ['not_the_custodian', { command: { from: 'sari' } }],
    ['not_the_custodian', { account: is.given(is.OFFICE, ...HISTORY) }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'book_revision_unknown',
      'custodian_unchanged',
      { booksThen: null, command: { from: 'budi' } },
    ],
    ['custodian_unchanged', 'not_the_custodian', { command: { from: 'budi', to: 'budi' } }],
    [
      'not_the_custodian',
      'occurred_in_future',
      { command: { from: 'sari', occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    ['not_the_custodian', { command: { from: 'sari' } }, { details: { custodian: 'none' } }],
    [
      'not_the_custodian',
      { account: is.given(is.OFFICE, ...HISTORY), command: { from: 'sari' } },
      { details: { custodian: 'budi' } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
