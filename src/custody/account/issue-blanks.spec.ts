import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { BatchCode, SerialNumber } from '../serials/serial-number.js';
import {
  decideIssueBlanks,
  MAX_ISSUANCES,
  UNRESOLVED_SUBJECT,
  withSubjects,
  type Issuance,
  type IssueBlanks,
} from './issue-blanks.js';

function card(number: number): SerialNumber {
  return { batch: '2017-A' as BatchCode, number };
}

function issuance(number: number, replaces: SerialNumber | null = null): Issuance {
  return { serial: card(number), reason: 'backlog', replaces, chipUid: null };
}

const STOCK = is.given(is.OFFICE, is.received({ usable: ['2017-A/1..2000'] }));
const CLOSED_STOCK = is.given(is.CLOSED, is.received({ usable: ['2017-A/1..2000'] }));
const COMMAND: IssueBlanks = { ...is.ENTRY, issuances: [issuance(2), issuance(1, card(3))] };

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<IssueBlanks>;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = STOCK, command, context }: Attempt) {
  return decideIssueBlanks(account, { ...COMMAND, ...command }, is.contextOf(context));
}

function many(count: number): Partial<IssueBlanks> {
  return { issuances: Array.from({ length: count }, (_, index) => issuance(index + 1)) };
}

describe('issuing blanks', () => {
  it('is one event a blank, in the order of the command', () => {
    const decision = decide({});
    const events = decision.ok ? decision.events : [];
    expect(events).toMatchObject([
      { type: 'BlankIssued', data: { serial: '2017-A/000000002', replaces: null } },
      { type: 'BlankIssued', data: { serial: '2017-A/000000001', replaces: '2017-A/000000003' } },
    ]);
    const resolved = withSubjects(events, ['a'.repeat(64), 'b'.repeat(64)]);
    expect(resolved).toMatchObject([
      { data: { subject: 'a'.repeat(64) } },
      { data: { subject: 'b'.repeat(64) } },
    ]);
    expect(events).toMatchObject([{ data: { subject: UNRESOLVED_SUBJECT } }, {}]);
    const after = is.given(is.OFFICE, is.received({ usable: ['2017-A/1..3'] }), ...resolved);
    expect(after.issued.format()).toEqual(['2017-A/1..2']);
  });

  it('needs a subject for each event', () => {
    const decision = decide({});
    const events = decision.ok ? decision.events : [];
    expect(() => withSubjects(events, ['a'.repeat(64)])).toThrow('one subject an issuance');
    expect(() => withSubjects([is.batchClosed], ['a'])).toThrow('one subject an issuance');
  });

  it.each<[string, Attempt]>([
    ['1,000 at once', { command: many(MAX_ISSUANCES) }],
    [
      'from a legacy batch',
      {
        account: is.given(is.LEGACY, is.procured({ contract: null }), is.produced('2017-A/1..2')),
      },
    ],
    [
      'of a closed office, by its successor',
      { account: CLOSED_STOCK, context: { actor: is.officer('31.71') } },
    ],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    [
      'too_many_ranges',
      {
        command: {
          issuances: Array.from({ length: 10_001 }, (_, index) => issuance(2 * index + 1)),
        },
      },
    ],
    ['overlapping_ranges', { command: { issuances: [issuance(1), issuance(1)] } }],
    ['no_serials', { command: { issuances: [] } }],
    ['quantity_out_of_bounds', { command: many(MAX_ISSUANCES + 1) }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['command_not_for_account', { account: is.given(is.BATCH, is.procured()) }],
    ['command_not_for_account', { account: is.given(is.EVIDENCE) }],
    ['facility_closed', { account: CLOSED_STOCK }],
    [
      'serials_not_usable_here',
      { account: is.given(is.OFFICE, is.received({ usable: ['2017-A/1'] })) },
    ],
    ['card_replaces_itself', { command: { issuances: [issuance(1, card(1))] } }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'overlapping_ranges',
      'unknown_facility',
      { account: is.given(is.UNKNOWN), command: { issuances: [issuance(1), issuance(1)] } },
    ],
    [
      'quantity_out_of_bounds',
      'unknown_facility',
      { account: is.given(is.UNKNOWN), command: many(1_001) },
    ],
    [
      'command_not_for_account',
      'serials_not_usable_here',
      { account: is.given(is.BATCH, is.procured()) },
    ],
    [
      'serials_not_usable_here',
      'card_replaces_itself',
      { command: { issuances: [issuance(2001, card(2001))] } },
    ],
    [
      'card_replaces_itself',
      'occurred_in_future',
      { command: { issuances: [issuance(1, card(1))], occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    [
      'overlapping_ranges',
      { command: { issuances: [issuance(1), issuance(2), issuance(1)] } },
      { serials: ['2017-A/1'] },
    ],
    [
      'card_replaces_itself',
      { command: { issuances: [issuance(1), issuance(2, card(2))] } },
      { serials: ['2017-A/2'] },
    ],
    [
      'quantity_out_of_bounds',
      { command: { issuances: Array.from({ length: 1_001 }, (_, index) => issuance(index + 1)) } },
      { details: { most: 1_000 } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
