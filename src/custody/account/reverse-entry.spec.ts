import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { CustodyEvent } from './events.js';
import { decideReverseEntry, type EntryHistory, type ReverseEntry } from './reverse-entry.js';

const COMMAND: ReverseEntry = {
  ...is.ENTRY,
  revision: 1n,
  reason: 'typed twice',
  approval: is.APPROVED,
};
const ARRIVED = is.received({ usable: ['2017-A/1..5'], invalid: ['2017-A/11'] });
const SPOILED = is.spoiled('2017-A/1..2');
const DESTROYED: CustodyEvent = {
  type: 'BlanksDestroyed',
  data: {
    ...is.ENTRY,
    serials: is.json('2017-A/11'),
    unnumbered: 3,
    method: 'burned',
    place: 'Bogor',
    witnesses: [],
    approval: is.APPROVED,
  },
};
const MINISTRY = {
  actor: is.officer('00', 'minister-1', 'ministry'),
  approval: is.approvalBy(is.officer('00', 'minister-2', 'ministry')),
};

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<ReverseEntry>;
  readonly entry?: Partial<EntryHistory> | null;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account, command, entry, context }: Attempt) {
  const history: EntryHistory = {
    eventId: 'entry-1',
    event: SPOILED,
    touchedLater: is.NONE,
    isReversed: false,
    ...entry,
  };
  return decideReverseEntry(
    account ?? is.given(is.OFFICE, ARRIVED, SPOILED),
    { ...COMMAND, ...command },
    entry === null ? null : history,
    is.contextOf(context),
  );
}

describe('reversing an entry', () => {
  it('posts the entry backwards', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toEqual({
      type: 'EntryReversed',
      data: {
        ...is.ENTRY,
        eventId: 'entry-1',
        revision: '1',
        entryType: 'BlanksSpoiled',
        postings: [
          { from: { place: 'invalid' }, to: { place: 'usable' }, serials: is.json('2017-A/1..2') },
        ],
        unnumbered: 0,
        reason: 'typed twice',
        approval: is.APPROVED,
      },
    });
    const after = is.given(is.OFFICE, ARRIVED, SPOILED, event);
    expect(after.usable.format()).toEqual(['2017-A/1..5']);
  });

  it('gives back a destruction, with its unnumbered cards, by two of the ministry', () => {
    const history = [ARRIVED, is.unnumbered(3), DESTROYED];
    const event = is.soleEvent(
      decide({
        account: is.given(is.OFFICE, ...history),
        entry: { event: DESTROYED },
        command: { approval: MINISTRY.approval },
        context: { actor: MINISTRY.actor },
      }),
    );
    const after = is.given(is.OFFICE, ...history, event);
    expect(after.invalid.format()).toEqual(['2017-A/11']);
    expect(after.unnumbered).toBe(3);
  });

  it('is not hindered by later entries on other serials', () => {
    const entry = { touchedLater: is.serials('2017-A/3..5') };
    expect(is.codeOf(decide({ entry }))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED) }],
    ['entry_not_found', { entry: null }],
    ['not_reversible', { entry: { event: is.produced('2017-A/1') } }],
    ['not_reversible', { entry: { event: is.unnumbered(1) } }],
    ['entry_already_reversed', { entry: { isReversed: true } }],
    ['entry_built_upon', { entry: { touchedLater: is.serials('2017-A/2..9') } }],
    ['ministry_officers_required', { entry: { event: DESTROYED } }],
    [
      'ministry_officers_required',
      { entry: { event: DESTROYED }, context: { actor: MINISTRY.actor } },
    ],
    [
      'ministry_officers_required',
      { entry: { event: DESTROYED }, command: { approval: MINISTRY.approval } },
    ],
    ['approval_required', { command: { approval: null } }],
    ['self_approval', { command: { approval: is.approvalBy(is.officer('31.71.01')) } }],
    ['approval_spent', { context: { isApprovalSpent: true } }],
    [
      'approval_mismatch',
      { command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) } },
    ],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
    ['occurred_before_cause', { command: { occurredAt: is.minute('2017-04-01T07:24') } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['entry_not_found', 'approval_required', { entry: null, command: { approval: null } }],
    [
      'not_reversible',
      'entry_already_reversed',
      { entry: { event: is.produced('2017-A/1'), isReversed: true } },
    ],
    [
      'entry_already_reversed',
      'entry_built_upon',
      { entry: { isReversed: true, touchedLater: is.serials('2017-A/1') } },
    ],
    [
      'entry_built_upon',
      'ministry_officers_required',
      { entry: { event: DESTROYED, touchedLater: is.serials('2017-A/11') } },
    ],
    [
      'ministry_officers_required',
      'approval_required',
      { entry: { event: DESTROYED }, command: { approval: null } },
    ],
    [
      'approval_required',
      'approval_spent',
      { command: { approval: null }, context: { isApprovalSpent: true, actor: MINISTRY.actor } },
    ],
    [
      'approval_mismatch',
      'occurred_before_cause',
      {
        command: {
          approval: is.approvalBy(is.officer('31'), is.OTHER_HASH),
          occurredAt: is.day('2017-03-01'),
        },
      },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it('of the ministry still needs the second person', () => {
    const decision = decide({
      entry: { event: DESTROYED },
      command: { approval: null },
      context: { actor: MINISTRY.actor },
    });
    expect(is.codeOf(decision)).toBe('approval_required');
  });

  it.each<[string, Attempt, object]>([
    ['not_reversible', { entry: { event: is.batchClosed } }, { details: { type: 'BatchClosed' } }],
    [
      'entry_built_upon',
      { entry: { touchedLater: is.serials('2017-A/2..9') } },
      { serials: ['2017-A/2'] },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
