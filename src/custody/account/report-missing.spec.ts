import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { ShipmentId } from './account-id.js';
import { decideReportMissing, type ReportMissing } from './report-missing.js';

const COMMAND: ReportMissing = {
  ...is.ENTRY,
  serials: is.serials('2017-A/10..11'),
  kind: 'stolen',
  policeReport: 'LP/1',
  shipmentId: null,
  approval: null,
};
const STOCK = is.received({ usable: ['2017-A/1..10'], invalid: ['2017-A/11..20'] });
const ON_ITS_WAY = { shipmentId: '31-000002' as ShipmentId };
const parent = { actor: is.officer('31.71') };

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<ReportMissing>;
  readonly shipment?: ReturnType<typeof is.shipment> | null;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = is.given(is.OFFICE, STOCK), command, shipment, context }: Attempt) {
  return decideReportMissing(
    account,
    { ...COMMAND, ...command },
    shipment ?? null,
    is.contextOf(context),
  );
}

/** Of the shipment still in transit to an office that holds nothing. */
function decideInTransit({ account, command, shipment, context }: Attempt) {
  return decide({
    account: account ?? is.given(is.OFFICE),
    command: { ...ON_ITS_WAY, ...command },
    shipment: shipment === undefined ? is.shipment() : shipment,
    ...(context === undefined ? {} : { context }),
  });
}

const all = is.received({ usable: ['2017-A/1..10'], invalid: ['2017-A/11..20'] }, '31-000002');
const some = is.received({ usable: ['2017-A/10'] }, '31-000002');

describe('reporting blanks missing', () => {
  it.each([
    ['held here', null, decide],
    ['in transit to here', '31-000002', decideInTransit],
  ])('splits those %s by their state', (_what, shipmentId, decideSo) => {
    const event = is.soleEvent(decideSo({}));
    expect(event).toMatchObject({
      type: 'BlanksReportedMissing',
      data: { fromUsable: is.json('2017-A/10'), fromInvalid: is.json('2017-A/11'), shipmentId },
    });
    const after = is.given(is.OFFICE, ...(shipmentId === null ? [STOCK] : []), event);
    expect(after.missing.format()).toEqual(['2017-A/10..11']);
  });

  it.each<[string, string]>([
    ['an evidence account', is.EVIDENCE],
    ['the vendor', is.BATCH],
  ])('is accepted at %s', (_what, id) => {
    const account =
      id === is.BATCH ? is.given(is.BATCH, is.procured(), STOCK) : is.given(is.EVIDENCE, STOCK);
    expect(is.codeOf(decide({ account }))).toBe('accepted');
  });

  it('is accepted by the parent of a silent office, with approval', () => {
    const attempt = { context: parent, command: { approval: is.APPROVED } };
    expect(is.codeOf(decideInTransit(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { serials: is.scattered(10_001) } }],
    ['no_serials', { command: { serials: is.NONE } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED, STOCK) }],
    ['serials_not_held_here', { account: is.given(is.OFFICE) }],
    ['self_approval', { command: { approval: is.approvalBy(is.officer('31.71.01')) } }],
    ['approval_spent', { command: { approval: is.APPROVED }, context: { isApprovalSpent: true } }],
    [
      'approval_mismatch',
      { command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) } },
    ],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt]>([
    ['shipment_not_found', { shipment: null }],
    ['not_the_consignee', { account: is.given(is.PARENT) }],
    ['not_the_consignee', { context: { actor: is.officer('31') } }],
    ['consignee_not_silent', { context: parent, shipment: is.shipment({ expectedBy: null }) }],
    ['shipment_closed', { account: is.given(is.OFFICE, all) }],
    ['not_on_manifest', { command: { serials: is.serials('2017-A/20..21') } }],
    ['not_in_transit', { account: is.given(is.OFFICE, some) }],
    ['approval_required', { context: parent }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
    ['occurred_before_cause', { command: { occurredAt: is.day('2017-03-29') } }],
  ])('in transit is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decideInTransit(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['no_serials', 'shipment_not_found', { shipment: null, command: { serials: is.NONE } }],
    [
      'shipment_closed',
      'not_on_manifest',
      { account: is.given(is.OFFICE, all), command: { serials: is.serials('2017-A/21') } },
    ],
    [
      'not_on_manifest',
      'not_in_transit',
      { account: is.given(is.OFFICE, some), command: { serials: is.serials('2017-A/10..99') } },
    ],
    [
      'not_in_transit',
      'approval_required',
      { account: is.given(is.OFFICE, some), context: parent },
    ],
    [
      'approval_required',
      'occurred_before_cause',
      { context: parent, command: { occurredAt: is.day('2017-03-01') } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decideInTransit(attempt))).toBe(code);
  });
});
