import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import { decideCloseBatch, type CloseBatch } from './close-batch.js';

const COMMAND: CloseBatch = { ...is.ENTRY, reason: null };
const FULL = is.given(is.BATCH, is.procured(), is.produced('2017-A/1..100'));
const SHORT = is.given(is.BATCH, is.procured(), is.produced('2017-A/1..99'));
const CLOSED_SHORT = is.given(is.BATCH, is.procured(), is.produced('2017-A/1'), is.batchClosed);

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<CloseBatch>;
}

function decide({ account = FULL, command }: Attempt) {
  return decideCloseBatch(account, { ...COMMAND, ...command }, is.contextOf());
}

describe('closing a batch', () => {
  it.each<[number, string | null, Attempt]>([
    [0, null, {}],
    [0, 'complete', { command: { reason: 'complete' } }],
    [1, 'broken press', { account: SHORT, command: { reason: 'broken press' } }],
  ])('states a shortage of %d and its reason %s', (shortage, reason, attempt) => {
    const event = is.soleEvent(decide(attempt));
    expect(event).toEqual({ type: 'BatchClosed', data: { ...is.ENTRY, shortage, reason } });
    expect(is.given(is.BATCH, is.procured(), event).batch?.isClosed).toBe(true);
  });

  it.each<[string, Attempt]>([
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['command_not_for_account', { account: is.given(is.OFFICE) }],
    ['batch_closed', { account: is.given(is.BATCH, is.procured(), is.batchClosed) }],
    ['shortage_reason_required', { account: SHORT }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['batch_closed', 'shortage_reason_required', { account: CLOSED_SHORT }],
    [
      'shortage_reason_required',
      'occurred_in_future',
      { account: SHORT, command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    ['shortage_reason_required', { account: SHORT }, { details: { shortage: 1 } }],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
