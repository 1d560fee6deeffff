import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { ShipmentId } from './account-id.js';
import { decideReceiveShipment, type ReceiveShipment } from './receive-shipment.js';

const COMMAND: ReceiveShipment = {
  ...is.ENTRY,
  shipmentId: '31-000002' as ShipmentId,
  asStated: is.serials('2017-A/1..3', '2017-A/11'),
  damaged: is.serials('2017-A/4', '2017-A/12'),
  missing: is.serials('2017-A/5', '2017-A/13'),
  sealChecks: [{ label: 'carton 1', seal: 'S-1', isIntact: false }],
  unexpected: is.serials('2017-A/99'),
  approval: null,
};
const NOTHING = { asStated: is.NONE, damaged: is.NONE, missing: is.NONE };
const parent = { actor: is.officer('31.71') };
const future = Date.parse('2017-04-05T00:00:00Z');

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<ReceiveShipment>;
  readonly shipment?: ReturnType<typeof is.shipment> | null;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = is.given(is.OFFICE), command, shipment, context }: Attempt) {
  return decideReceiveShipment(
    account,
    { ...COMMAND, ...command },
    shipment === undefined ? is.shipment() : shipment,
    is.contextOf(context),
  );
}

const all = is.received({ usable: ['2017-A/1..10'], invalid: ['2017-A/11..20'] }, '31-000002');
const some = is.received({ usable: ['2017-A/3'] }, '31-000002');
const closedShipment = is.shipment({ consignee: is.CLOSED });

describe('receiving a shipment', () => {
  it('splits what arrived, was damaged or is missing by its state on the manifest', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toMatchObject({
      type: 'ShipmentReceived',
      data: {
        asStated: { usable: is.json('2017-A/1..3'), invalid: is.json('2017-A/11') },
        damaged: { usable: is.json('2017-A/4'), invalid: is.json('2017-A/12') },
        missing: { usable: is.json('2017-A/5'), invalid: is.json('2017-A/13') },
        unexpected: is.json('2017-A/99'),
      },
    });
    const after = is.given(is.OFFICE, event);
    expect(after.usable.format()).toEqual(['2017-A/1..3']);
    expect(after.invalid.format()).toEqual(['2017-A/4', '2017-A/11..12']);
    expect(after.missing.format()).toEqual(['2017-A/5', '2017-A/13']);
  });

  it.each<[string, Attempt]>([
    [
      'the rest, later',
      {
        account: is.given(is.OFFICE, some),
        command: { ...NOTHING, asStated: is.serials('2017-A/1..2') },
      },
    ],
    [
      'at a batch account, of what comes back',
      {
        account: is.given(is.BATCH, is.procured()),
        shipment: is.shipment({ consignee: is.BATCH }),
      },
    ],
    [
      'at an evidence account',
      { account: is.given(is.EVIDENCE), shipment: is.shipment({ consignee: is.EVIDENCE }) },
    ],
    [
      'by the parent of a silent office, with approval',
      { context: parent, command: { approval: is.APPROVED } },
    ],
    [
      'by the successor of a closed office',
      { account: is.given(is.CLOSED), shipment: closedShipment, context: parent },
    ],
    [
      'by a successor who is the parent too, which is no silence',
      {
        account: is.given('31.73' as typeof is.OFFICE),
        shipment: is.shipment({ consignee: '31.73' as typeof is.OFFICE, expectedBy: null }),
        context: { actor: is.officer('31') },
      },
    ],
    [
      'by a slow clock, as its sender recorded later',
      {
        shipment: is.shipment({ recordedAt: future }),
        command: { occurredAt: is.minute('2017-04-05T07:05') },
      },
    ],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { asStated: is.scattered(10_001) } }],
    ['overlapping_ranges', { command: { damaged: is.serials('2017-A/3') } }],
    ['overlapping_ranges', { command: { unexpected: is.serials('2017-A/3') } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED), shipment: closedShipment }],
    ['shipment_not_found', { shipment: null }],
    ['not_the_consignee', { account: is.given(is.PARENT) }],
    ['not_the_consignee', { context: { actor: is.officer('31') } }],
    ['consignee_not_silent', { context: parent, shipment: is.shipment({ expectedBy: null }) }],
    ['consignee_not_silent', { context: parent, shipment: is.shipment({ expectedBy: is.NOW }) }],
    ['shipment_closed', { account: is.given(is.OFFICE, all) }],
    ['nothing_received', { command: NOTHING }],
    ['not_on_manifest', { command: { missing: is.serials('2017-A/21') } }],
    ['not_in_transit', { account: is.given(is.OFFICE, some) }],
    ['unexpected_on_manifest', { command: { unexpected: is.serials('2017-A/20') } }],
    ['approval_required', { context: parent }],
    ['self_approval', { command: { approval: is.approvalBy(is.officer('31.71.01')) } }],
    ['approval_spent', { command: { approval: is.APPROVED }, context: { isApprovalSpent: true } }],
    [
      'approval_mismatch',
      { command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) } },
    ],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
    ['occurred_before_cause', { command: { occurredAt: is.minute('2017-03-30T08:54') } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['unknown_facility', 'shipment_not_found', { account: is.given(is.UNKNOWN), shipment: null }],
    [
      'not_the_consignee',
      'shipment_closed',
      { account: is.given(is.OFFICE, all), context: { actor: is.officer('31') } },
    ],
    [
      'consignee_not_silent',
      'approval_required',
      { context: parent, shipment: is.shipment({ expectedBy: null }) },
    ],
    [
      'shipment_closed',
      'nothing_received',
      { account: is.given(is.OFFICE, all), command: NOTHING },
    ],
    [
      'nothing_received',
      'unexpected_on_manifest',
      { command: { ...NOTHING, unexpected: is.serials('2017-A/1') } },
    ],
    [
      'not_on_manifest',
      'not_in_transit',
      { account: is.given(is.OFFICE, some), command: { damaged: is.serials('2017-A/50') } },
    ],
    [
      'approval_required',
      'occurred_before_cause',
      { context: parent, command: { occurredAt: is.day('2017-03-01') } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it('may have happened five minutes before its dispatch, at stated precision', () => {
    const command = { occurredAt: is.minute('2017-03-30T08:55') };
    expect(is.codeOf(decide({ command }))).toBe('accepted');
  });

  it.each<[string, Attempt, object]>([
    [
      'not_the_consignee',
      { account: is.given(is.PARENT), context: parent },
      { details: { consignee: '31.71.01' } },
    ],
    [
      'not_the_consignee',
      { context: { actor: is.officer('31') } },
      { details: { consignee: '31.71.01' } },
    ],
    [
      'unexpected_on_manifest',
      {
        command: {
          ...NOTHING,
          asStated: is.serials('2017-A/1'),
          unexpected: is.serials('2017-A/19..30'),
        },
      },
      { serials: ['2017-A/19..20'] },
    ],
    [
      'occurred_before_cause',
      { command: { occurredAt: is.day('2017-03-01') } },
      { details: { occurredAt: '2017-03-01', cause: '2017-03-30T09:00' } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
