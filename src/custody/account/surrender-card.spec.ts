import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { FacilityId } from '../facilities/facility-code.js';
import type { OccurredAt } from '../occurrence.js';
import type { BatchCode } from '../serials/serial-number.js';
import { decideSurrenderCard, type SurrenderCard } from './surrender-card.js';

const COMMAND: SurrenderCard = {
  ...is.ENTRY,
  serial: { batch: '2017-A' as BatchCode, number: 7 },
  handedInAt: '31.71.01' as FacilityId,
  findingId: null,
  reason: 'replaced',
};
const HISTORY = [is.received({ usable: ['2017-A/1..10'] }), is.issued('2017-A/000000007')];
const ISSUED = is.given(is.OFFICE, ...HISTORY);
const ISSUED_AT = is.minute('2017-03-31T10:00');

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<SurrenderCard>;
  readonly issuedAt?: OccurredAt | null;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = ISSUED, command, issuedAt = ISSUED_AT, context }: Attempt) {
  return decideSurrenderCard(account, { ...COMMAND, ...command }, issuedAt, is.contextOf(context));
}

const closedOffice = is.given(is.CLOSED, ...HISTORY);
const elsewhere = { handedInAt: '31' as FacilityId };
const atClosed = { handedInAt: '31.72' as FacilityId };
const successor = { actor: is.officer('31.71') };

describe('surrendering a card', () => {
  it('makes it invalid where it was issued', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toMatchObject({
      type: 'CardSurrendered',
      data: { serial: '2017-A/000000007', to: '31.71.01', shipmentId: null, findingId: null },
    });
    const after = is.given(is.OFFICE, ...HISTORY, event);
    expect(after.invalid.format()).toEqual(['2017-A/7']);
    expect(after.issued.isEmpty).toBe(true);
  });

  it('puts it in transit to the other office it was handed in at', () => {
    const event = is.soleEvent(decide({ command: { ...elsewhere, findingId: 'F-1' } }));
    expect(event).toMatchObject({
      data: { to: '31', shipmentId: '31.71.01-000001', findingId: 'F-1' },
    });
    const after = is.given(is.OFFICE, ...HISTORY, event);
    expect(after.invalid.isEmpty).toBe(true);
    expect(after.shipmentsSent).toBe(1);
  });

  it.each<[string, Attempt]>([
    ['of a closed office, handed in elsewhere', { account: closedOffice, command: elsewhere }],
    [
      'at a closed office, by its successor',
      { account: closedOffice, command: atClosed, context: successor },
    ],
    [
      'of a legacy batch',
      {
        account: is.given(
          is.LEGACY,
          is.procured({ contract: null }),
          is.produced('2017-A/7'),
          is.issued('2017-A/000000007'),
        ),
      },
    ],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_facility', { command: { handedInAt: '99' as FacilityId } }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['command_not_for_account', { account: is.given(is.BATCH, is.procured()) }],
    ['command_not_for_account', { account: is.given(is.EVIDENCE) }],
    ['facility_closed', { account: closedOffice, command: atClosed }],
    ['facility_closed', { command: atClosed }],
    ['facility_closed', { command: atClosed, context: successor }],
    ['serials_not_issued_here', { account: is.given(is.OFFICE) }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
    ['occurred_before_cause', { command: { occurredAt: is.minute('2017-03-31T09:54') } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'unknown_facility',
      'unknown_batch',
      { account: is.given(is.BATCH), command: { handedInAt: '99' as FacilityId } },
    ],
    [
      'command_not_for_account',
      'facility_closed',
      { account: is.given(is.EVIDENCE), command: atClosed },
    ],
    [
      'facility_closed',
      'serials_not_issued_here',
      { account: is.given(is.OFFICE), command: atClosed },
    ],
    [
      'serials_not_issued_here',
      'occurred_in_future',
      { account: is.given(is.OFFICE), command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });
});
