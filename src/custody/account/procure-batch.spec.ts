import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import { MAX_SERIAL_NUMBER } from '../serials/serial-number.js';
import { decideProcureBatch, type ProcureBatch } from './procure-batch.js';

const COMMAND: ProcureBatch = {
  ...is.ENTRY,
  contract: 'CONTOH/KTR/1',
  vendor: 'Penyedia Blangko Nasional (contoh)',
  signedOn: '2017-03-22',
  quantity: 7_000_000,
  serialMax: 7_500_000,
  cardOrigin: 'ID',
  chipOrigin: 'NL',
  approval: null,
};

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<ProcureBatch>;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = is.given(is.BATCH), command, context }: Attempt) {
  return decideProcureBatch(account, { ...COMMAND, ...command }, is.contextOf(context));
}

const ours = is.approvalBy(is.officer('31.71.01'));

describe('procuring a batch', () => {
  it('opens a serial space and creates no blanks', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toEqual({
      type: 'BatchProcured',
      data: {
        ...is.ENTRY,
        contract: 'CONTOH/KTR/1',
        vendor: 'Penyedia Blangko Nasional (contoh)',
        signedOn: '2017-03-22',
        quantityContracted: 7_000_000,
        serialMax: 7_500_000,
        cardOrigin: 'ID',
        chipOrigin: 'NL',
        approval: null,
      },
    });
    const account = is.given(is.BATCH, event);
    expect(account.usable.size).toBe(0);
    expect(account.batch).toMatchObject({ serialMax: 7_500_000, isClosed: false });
  });

  it.each<[string, Attempt]>([
    ['one blank', { command: { quantity: 1, serialMax: 1 } }],
    [
      'all numbers there are',
      { command: { quantity: MAX_SERIAL_NUMBER, serialMax: MAX_SERIAL_NUMBER } },
    ],
    ['a legacy batch', { command: { contract: null } }],
    ['with an approval', { command: { approval: is.APPROVED } }],
    [
      'a minute on, within the tolerance',
      { command: { occurredAt: is.minute('2017-04-01T08:05') } },
    ],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['quantity_out_of_bounds', { command: { quantity: 0 } }],
    ['quantity_out_of_bounds', { command: { quantity: -1 } }],
    ['quantity_out_of_bounds', { command: { quantity: 1.5 } }],
    ['quantity_out_of_bounds', { command: { quantity: Number.NaN } }],
    ['quantity_out_of_bounds', { command: { quantity: 11, serialMax: 10 } }],
    ['quantity_out_of_bounds', { command: { serialMax: MAX_SERIAL_NUMBER + 1 } }],
    ['batch_exists', { account: is.given(is.BATCH, is.procured()) }],
    ['command_not_for_account', { account: is.given(is.OFFICE) }],
    ['self_approval', { command: { approval: ours } }],
    ['approval_spent', { command: { approval: is.APPROVED }, context: { isApprovalSpent: true } }],
    [
      'approval_mismatch',
      { command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) } },
    ],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'quantity_out_of_bounds',
      'batch_exists',
      { account: is.given(is.BATCH, is.procured()), command: { quantity: 0 } },
    ],
    [
      'batch_exists',
      'self_approval',
      { account: is.given(is.BATCH, is.procured()), command: { approval: ours } },
    ],
    [
      'self_approval',
      'occurred_in_future',
      { command: { approval: ours, occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    [
      'quantity_out_of_bounds',
      { command: { quantity: 11, serialMax: 10 } },
      { details: { quantity: 11, serialMax: 10 } },
    ],
    [
      'command_not_for_account',
      { account: is.given(is.OFFICE) },
      { details: { account: '31.71.01' } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
