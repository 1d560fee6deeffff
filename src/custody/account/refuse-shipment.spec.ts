import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { ShipmentId } from './account-id.js';
import { decideRefuseShipment, type RefuseShipment } from './refuse-shipment.js';

const COMMAND: RefuseShipment = {
  ...is.ENTRY,
  shipmentId: '31-000002' as ShipmentId,
  reason: 'seals broken',
  approval: null,
};
const parent = { actor: is.officer('31.71') };

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<RefuseShipment>;
  readonly shipment?: ReturnType<typeof is.shipment> | null;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = is.given(is.OFFICE), command, shipment, context }: Attempt) {
  return decideRefuseShipment(
    account,
    { ...COMMAND, ...command },
    shipment === undefined ? is.shipment() : shipment,
    is.contextOf(context),
  );
}

const all = is.received({ usable: ['2017-A/1..10'], invalid: ['2017-A/11..20'] }, '31-000002');
const some = is.received({ usable: ['2017-A/1..9'] }, '31-000002');
const surrender = is.shipment({ origin: 'surrender', usable: is.NONE });

describe('refusing a shipment', () => {
  it('sends the open part back under a number of its own', () => {
    const event = is.soleEvent(decide({ account: is.given(is.OFFICE, some) }));
    expect(event).toEqual({
      type: 'ShipmentRefused',
      data: {
        ...is.ENTRY,
        shipmentId: '31-000002',
        newShipmentId: '31.71.01-000001',
        to: '31',
        usable: is.json('2017-A/10'),
        invalid: is.json('2017-A/11..20'),
        reason: 'seals broken',
        approval: null,
      },
    });
    const again = decide({ account: is.given(is.OFFICE, some, event) });
    expect(is.codeOf(again)).toBe('shipment_closed');
  });

  it.each<[string, Attempt]>([
    ['what had been refused', { shipment: is.shipment({ origin: 'refusal', expectedBy: null }) }],
    [
      'by the parent of a silent office, with approval',
      { context: parent, command: { approval: is.APPROVED } },
    ],
    [
      'at a batch account',
      {
        account: is.given(is.BATCH, is.procured()),
        shipment: is.shipment({ consignee: is.BATCH }),
      },
    ],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED) }],
    ['shipment_not_found', { shipment: null }],
    ['not_the_consignee', { account: is.given(is.PARENT) }],
    ['not_the_consignee', { context: { actor: is.officer('31') } }],
    ['consignee_not_silent', { context: parent, shipment: is.shipment({ expectedBy: is.NOW }) }],
    ['surrender_not_refusable', { shipment: surrender }],
    ['shipment_closed', { account: is.given(is.OFFICE, all) }],
    ['approval_required', { context: parent }],
    ['self_approval', { command: { approval: is.approvalBy(is.officer('31.71.01')) } }],
    ['approval_spent', { command: { approval: is.APPROVED }, context: { isApprovalSpent: true } }],
    [
      'approval_mismatch',
      { command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) } },
    ],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
    ['occurred_before_cause', { command: { occurredAt: is.day('2017-03-29') } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    [
      'shipment_not_found',
      'occurred_in_future',
      { shipment: null, command: { occurredAt: is.IN_FUTURE } },
    ],
    [
      'surrender_not_refusable',
      'shipment_closed',
      { shipment: surrender, account: is.given(is.OFFICE, all) },
    ],
    [
      'shipment_closed',
      'approval_required',
      { account: is.given(is.OFFICE, all), context: parent },
    ],
    [
      'approval_required',
      'occurred_in_future',
      { context: parent, command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });
});
