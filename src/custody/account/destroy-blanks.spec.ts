import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import { decideDestroyBlanks, type DestroyBlanks } from './destroy-blanks.js';

const WITNESSES = [is.officer('31', 'w-1'), is.officer('31', 'w-2')];
const RECORD = { kind: 'destruction_record', number: 'BA-1', sha256: 'e'.repeat(64) };
const COMMAND: DestroyBlanks = {
  ...is.ENTRY,
  documents: [RECORD],
  serials: is.serials('2017-A/11..12'),
  unnumbered: 5,
  method: 'burned',
  place: 'Bogor',
  witnesses: WITNESSES,
  approval: is.APPROVED,
};
const HISTORY = [
  is.received({ usable: ['2017-A/1..10'], invalid: ['2017-A/11..20'] }),
  is.unnumbered(5),
];

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<DestroyBlanks>;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = is.given(is.OFFICE, ...HISTORY), command, context }: Attempt) {
  return decideDestroyBlanks(account, { ...COMMAND, ...command }, is.contextOf(context));
}

const actor = is.officer('31.71.01');
const ours = is.approvalBy(actor);

describe('destroying blanks', () => {
  it('makes invalid cards destroyed and takes the unnumbered from their balance', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toMatchObject({
      type: 'BlanksDestroyed',
      data: { serials: is.json('2017-A/11..12'), unnumbered: 5, approval: is.APPROVED },
    });
    const after = is.given(is.OFFICE, ...HISTORY, event);
    expect(after.destroyed.format()).toEqual(['2017-A/11..12']);
    expect(after.unnumbered).toBe(0);
  });

  it.each<[string, Attempt]>([
    ['only unnumbered cards', { command: { serials: is.NONE } }],
    [
      'the misprints of a batch, at its vendor',
      {
        account: is.given(
          is.BATCH,
          is.procured(),
          is.produced('2017-A/11..12'),
          is.spoiled('2017-A/11..12'),
        ),
        command: { unnumbered: 0 },
      },
    ],
    ['only numbered cards', { command: { unnumbered: 0 } }],
    [
      'two of four witnesses are independent',
      { command: { witnesses: [actor, is.APPROVED.by, ...WITNESSES] } },
    ],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { serials: is.scattered(10_001) } }],
    ['no_serials', { command: { serials: is.NONE, unnumbered: 0 } }],
    ['quantity_out_of_bounds', { command: { unnumbered: -1 } }],
    ['quantity_out_of_bounds', { command: { unnumbered: 0.5, serials: is.NONE } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['command_not_for_account', { account: is.given(is.EVIDENCE) }],
    ['facility_closed', { account: is.given(is.CLOSED, ...HISTORY) }],
    ['serials_not_invalid_here', { command: { serials: is.serials('2017-A/10..11') } }],
    ['unnumbered_exceeds_balance', { command: { unnumbered: 6 } }],
    ['witnesses_required', { command: { witnesses: [] } }],
    [
      'witnesses_required',
      { command: { witnesses: [WITNESSES[0] ?? actor, WITNESSES[0] ?? actor] } },
    ],
    ['witnesses_required', { command: { witnesses: [WITNESSES[0] ?? actor, actor] } }],
    ['witnesses_required', { command: { witnesses: [WITNESSES[0] ?? actor, is.APPROVED.by] } }],
    ['record_required', { command: { documents: [] } }],
    ['approval_required', { command: { approval: null } }],
    ['self_approval', { command: { approval: ours } }],
    ['approval_spent', { context: { isApprovalSpent: true } }],
    [
      'approval_mismatch',
      { command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) } },
    ],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['serials_not_invalid_here', 'unnumbered_exceeds_balance', { account: is.given(is.OFFICE) }],
    [
      'unnumbered_exceeds_balance',
      'witnesses_required',
      { command: { unnumbered: 6, witnesses: [] } },
    ],
    ['witnesses_required', 'record_required', { command: { witnesses: [], documents: [] } }],
    ['record_required', 'approval_required', { command: { documents: [], approval: null } }],
    [
      'self_approval',
      'approval_spent',
      { command: { approval: ours }, context: { isApprovalSpent: true } },
    ],
    [
      'approval_spent',
      'approval_mismatch',
      {
        command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) },
        context: { isApprovalSpent: true },
      },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it('tells the hash an approver must approve', () => {
    expect(decide({ command: { approval: null } })).toMatchObject({
      rejection: { details: { contentHash: is.CONTENT_HASH } },
    });
  });

  it.each<[string, Attempt, object]>([
    ['quantity_out_of_bounds', { command: { unnumbered: -1 } }, { details: { unnumbered: -1 } }],
    [
      'witnesses_required',
      { command: { witnesses: [is.officer('31', 'w-1')] } },
      { details: { independent: 1, needed: 2 } },
    ],
    ['unnumbered_exceeds_balance', { command: { unnumbered: 1_000 } }, { details: { held: 5 } }],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
