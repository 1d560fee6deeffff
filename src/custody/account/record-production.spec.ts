import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import { decideRecordProduction, type RecordProduction } from './record-production.js';

const COMMAND: RecordProduction = {
  ...is.ENTRY,
  serials: is.serials('2017-A/1..40'),
  deliveryNo: 'D-1',
  qualitySample: { size: 10, defects: 0 },
  chipManifest: null,
};
const RUN = is.given(is.BATCH, is.procured());

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<RecordProduction>;
}

function decide({ account = RUN, command }: Attempt) {
  return decideRecordProduction(account, { ...COMMAND, ...command }, is.contextOf());
}

const large = is.given(is.BATCH, is.procured({ quantityContracted: 30_000, serialMax: 30_000 }));
const closed = is.given(is.BATCH, is.procured(), is.produced('2017-A/1..10'), is.batchClosed);

describe('recording production', () => {
  it('creates usable blanks, each serial once', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toEqual({
      type: 'BlanksProduced',
      data: {
        ...is.ENTRY,
        serials: is.json('2017-A/1..40'),
        deliveryNo: 'D-1',
        qualitySample: { size: 10, defects: 0 },
        chipManifest: null,
      },
    });
    const account = is.given(is.BATCH, is.procured(), event);
    expect(account.usable.format()).toEqual(['2017-A/1..40']);
    expect(account.batch?.produced.size).toBe(40);
  });

  it.each<[string, Attempt]>([
    ['exactly what was contracted', { command: { serials: is.serials('2017-A/21..120') } }],
    ['10,000 ranges', { account: large, command: { serials: is.scattered(10_000) } }],
  ])('accepts %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['range_outside_batch', { command: { serials: is.serials('2017-A/121') } }],
    ['range_outside_batch', { command: { serials: is.serials('2017-B/1') } }],
    ['too_many_ranges', { account: large, command: { serials: is.scattered(10_001) } }],
    ['no_serials', { command: { serials: is.NONE } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['command_not_for_account', { account: is.given(is.OFFICE) }],
    ['command_not_for_account', { account: is.given(is.EVIDENCE) }],
    ['batch_closed', { account: closed, command: { serials: is.serials('2017-A/11') } }],
    ['already_produced', { account: is.given(is.BATCH, is.procured(), is.produced('2017-A/40')) }],
    ['quantity_exceeds_contract', { command: { serials: is.serials('2017-A/1..101') } }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['range_outside_batch', 'too_many_ranges', { command: { serials: is.scattered(10_001) } }],
    [
      'too_many_ranges',
      'unknown_batch',
      { account: is.given(is.BATCH), command: { serials: is.scattered(10_001) } },
    ],
    ['no_serials', 'unknown_batch', { account: is.given(is.BATCH), command: { serials: is.NONE } }],
    ['batch_closed', 'already_produced', { account: closed }],
    [
      'already_produced',
      'quantity_exceeds_contract',
      {
        account: is.given(is.BATCH, is.procured(), is.produced('2017-A/1')),
        command: { serials: is.serials('2017-A/1..120') },
      },
    ],
    [
      'quantity_exceeds_contract',
      'occurred_in_future',
      { command: { serials: is.serials('2017-A/1..101'), occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it('names at most 20 of the offending ranges', () => {
    const all = is.scattered(30);
    const account = is.given(is.BATCH, is.procured(), {
      type: 'BlanksProduced',
      data: { ...COMMAND, serials: all.toJson() },
    });
    const decision = decide({ account, command: { serials: all } });
    expect(decision.ok ? [] : decision.rejection.serials).toHaveLength(20);
  });

  it.each<[string, Attempt, object]>([
    [
      'range_outside_batch',
      { command: { serials: is.serials('2017-A/119..122') } },
      { serials: ['2017-A/121..122'] },
    ],
    [
      'quantity_exceeds_contract',
      {
        account: is.given(is.BATCH, is.procured(), is.produced('2017-A/1..2')),
        command: { serials: is.serials('2017-A/3..102') },
      },
      { details: { contracted: 100, total: 102 } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
