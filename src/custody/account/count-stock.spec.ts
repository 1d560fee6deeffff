import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { BatchCode } from '../serials/serial-number.js';
import { decideCountStock, type CountStock } from './count-stock.js';

const ARRIVED = is.received({ usable: ['2017-A/1..5', '2017-B/1'], invalid: ['2017-A/11..12'] });
const STOCK = is.given(is.OFFICE, ARRIVED);
const COMMAND: CountStock = {
  ...is.ENTRY,
  bookRevision: 0n,
  scope: { states: ['usable', 'invalid'], batches: null },
  seenUsable: is.serials('2017-A/1..4', '2017-B/1'),
  seenInvalid: is.serials('2017-A/11'),
};

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<CountStock>;
  readonly booksThen?: ReturnType<typeof is.given> | null;
}

function decide({ account = STOCK, command, booksThen }: Attempt) {
  return decideCountStock(
    account,
    { ...COMMAND, ...command },
    booksThen === undefined ? STOCK : booksThen,
    is.contextOf(),
  );
}

describe('counting stock', () => {
  it('makes missing what the books had and nobody saw', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toEqual({
      type: 'StockCounted',
      data: {
        ...is.ENTRY,
        bookRevision: '0',
        scope: COMMAND.scope,
        seenUsable: is.json('2017-A/1..4', '2017-B/1'),
        seenInvalid: is.json('2017-A/11'),
        short: { usable: is.json('2017-A/5'), invalid: is.json('2017-A/12') },
        surplus: [],
        misclassified: [],
        moved: [],
      },
    });
    expect(is.given(is.OFFICE, ARRIVED, event).missing.format()).toEqual(['2017-A/5', '2017-A/12']);
  });

  it('of one batch leaves the others alone', () => {
    const scope = { states: ['usable' as const], batches: ['2017-A' as BatchCode] };
    const command = { scope, seenUsable: is.serials('2017-A/1..3'), seenInvalid: is.NONE };
    expect(is.soleEvent(decide({ command }))).toMatchObject({
      data: { scope, short: { usable: is.json('2017-A/4..5'), invalid: [] }, surplus: [] },
    });
  });

  it('notes what is surplus and what lay in the wrong pile, and moves neither', () => {
    const command = {
      seenUsable: is.serials('2017-A/1..4', '2017-A/11', '2017-A/77', '2017-B/1'),
      seenInvalid: is.serials('2017-A/5', '2017-A/12'),
    };
    expect(is.soleEvent(decide({ command }))).toMatchObject({
      data: {
        surplus: is.json('2017-A/77'),
        misclassified: is.json('2017-A/5', '2017-A/11'),
        short: { usable: [], invalid: [] },
      },
    });
  });

  it.each([
    ['one state', { states: ['usable'], batches: null } as const, ['2017-A/5'], []],
    ['one batch', { states: ['usable', 'invalid'], batches: ['2017-B'] } as const, [], []],
    ['no batch', { states: ['usable', 'invalid'], batches: [] } as const, [], []],
  ])('is short only in its scope: %s', (_what, scope, usable, invalid) => {
    expect(is.soleEvent(decide({ command: { scope } }))).toMatchObject({
      data: { short: { usable: is.json(...usable), invalid: is.json(...invalid) } },
    });
  });

  it('lists what arrived since the count sheet was made, and loses nothing of it', () => {
    const later = is.received({ usable: ['2017-A/20..29'] }, '31-000002');
    const event = is.soleEvent(decide({ account: is.given(is.OFFICE, ARRIVED, later) }));
    expect(event).toMatchObject({
      data: {
        moved: is.json('2017-A/20..29'),
        short: { usable: is.json('2017-A/5'), invalid: is.json('2017-A/12') },
      },
    });
  });

  it('does not lose what left before the count was entered', () => {
    const account = is.given(is.OFFICE, ARRIVED, is.issued('2017-A/000000005'));
    expect(is.soleEvent(decide({ account }))).toMatchObject({
      data: { moved: is.json('2017-A/5'), short: { usable: [], invalid: is.json('2017-A/12') } },
    });
  });

  it('loses what was spoiled since from the state it has now', () => {
    const account = is.given(is.OFFICE, ARRIVED, is.spoiled('2017-A/5'));
    expect(is.soleEvent(decide({ account }))).toMatchObject({
      data: { moved: [], short: { usable: [], invalid: is.json('2017-A/5', '2017-A/12') } },
    });
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { seenUsable: is.scattered(10_001) } }],
    ['overlapping_ranges', { command: { seenInvalid: is.serials('2017-A/4') } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED, ARRIVED) }],
    ['book_revision_unknown', { booksThen: null }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'overlapping_ranges',
      'unknown_facility',
      { account: is.given(is.UNKNOWN), command: { seenInvalid: is.serials('2017-A/4') } },
    ],
    ['facility_closed', 'book_revision_unknown', { account: is.given(is.CLOSED), booksThen: null }],
    [
      'book_revision_unknown',
      'occurred_in_future',
      { booksThen: null, command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    [
      'book_revision_unknown',
      { booksThen: null, command: { bookRevision: 7n } },
      { details: { bookRevision: '7' } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
