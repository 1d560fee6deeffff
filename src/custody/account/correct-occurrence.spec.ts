import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { CustodyEvent } from './events.js';
import {
  decideCorrectOccurrence,
  type CorrectableEntry,
  type CorrectOccurrence,
} from './correct-occurrence.js';

const COMMAND: CorrectOccurrence = {
  ...is.ENTRY,
  revision: 0n,
  correctedTo: is.minute('2017-03-31T10:00'),
  reason: 'the wrong day',
};
const ARRIVED = is.received({ usable: ['2017-A/1'] });

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<CorrectOccurrence>;
  readonly entry?: Partial<CorrectableEntry> | null;
}

function decide({ account = is.given(is.OFFICE, ARRIVED), command, entry }: Attempt) {
  const correctable = {
    eventId: 'entry-0',
    event: ARRIVED,
    cause: is.minute('2017-03-30T09:00'),
    isReversed: false,
    ...entry,
  };
  return decideCorrectOccurrence(
    account,
    { ...COMMAND, ...command },
    entry === null ? null : correctable,
    is.contextOf(),
  );
}

const corrected: CustodyEvent = {
  type: 'OccurrenceCorrected',
  data: {
    ...is.ENTRY,
    eventId: 'entry-0',
    revision: '0',
    correctedTo: is.minute('2017-03-31T10:00'),
    reason: 'the wrong day',
  },
};

describe('correcting an occurrence', () => {
  it('states when the entry happened, and moves nothing', () => {
    expect(is.soleEvent(decide({}))).toEqual(corrected);
    expect(is.given(is.OFFICE, ARRIVED, corrected)).toEqual(is.given(is.OFFICE, ARRIVED));
  });

  it.each<[string, Attempt]>([
    ['five minutes before the cause', { command: { correctedTo: is.minute('2017-03-30T08:55') } }],
    [
      'an entry without a cause',
      { entry: { cause: null }, command: { correctedTo: is.day('2017-01-01') } },
    ],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED) }],
    ['entry_not_found', { entry: null }],
    ['not_reversible', { entry: { event: corrected } }],
    ['entry_already_reversed', { entry: { isReversed: true } }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
    ['occurred_in_future', { command: { correctedTo: is.IN_FUTURE } }],
    ['occurred_before_cause', { command: { correctedTo: is.minute('2017-03-30T08:54') } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['facility_closed', 'entry_not_found', { account: is.given(is.CLOSED), entry: null }],
    [
      'entry_not_found',
      'occurred_in_future',
      { entry: null, command: { occurredAt: is.IN_FUTURE } },
    ],
    ['not_reversible', 'entry_already_reversed', { entry: { event: corrected, isReversed: true } }],
    [
      'occurred_in_future',
      'occurred_before_cause',
      { command: { occurredAt: is.IN_FUTURE, correctedTo: is.day('2017-01-01') } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    [
      'not_reversible',
      { entry: { event: corrected } },
      { details: { type: 'OccurrenceCorrected' } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
