import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { AccountId, ShipmentId } from './account-id.js';
import {
  decideReportTransitIncident,
  type ReportTransitIncident,
} from './report-transit-incident.js';

const COMMAND: ReportTransitIncident = {
  ...is.ENTRY,
  shipmentId: '31-000002' as ShipmentId,
  kind: 'robbery',
  place: 'Bogor',
  policeReport: null,
};
const CONSIGNOR = '31' as AccountId;

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<ReportTransitIncident>;
  readonly shipment?: ReturnType<typeof is.shipment> | null;
}

function decide({ account = is.given(CONSIGNOR), command, shipment }: Attempt) {
  return decideReportTransitIncident(
    account,
    { ...COMMAND, ...command },
    shipment === undefined ? is.shipment() : shipment,
    is.contextOf(),
  );
}

describe('reporting a transit incident', () => {
  it('alerts and moves nothing', () => {
    const event = is.soleEvent(decide({}));
    expect(event).toEqual({
      type: 'TransitIncidentReported',
      data: {
        ...is.ENTRY,
        shipmentId: '31-000002',
        kind: 'robbery',
        place: 'Bogor',
        policeReport: null,
      },
    });
    expect(is.given(CONSIGNOR, event)).toEqual(is.given(CONSIGNOR));
  });

  it.each<[string, Attempt]>([
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['facility_closed', { account: is.given(is.CLOSED) }],
    ['shipment_not_found', { shipment: null }],
    ['not_the_consignor', { account: is.given(is.OFFICE) }],
    ['occurred_in_future', { command: { occurredAt: is.IN_FUTURE } }],
    ['occurred_before_cause', { command: { occurredAt: is.minute('2017-03-30T08:54') } }],
  ])('is refused as %s %#', (code, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, string, Attempt]>([
    ['facility_closed', 'not_the_consignor', { account: is.given(is.CLOSED) }],
    [
      'not_the_consignor',
      'occurred_in_future',
      { account: is.given(is.OFFICE), command: { occurredAt: is.IN_FUTURE } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it.each<[string, Attempt, object]>([
    ['not_the_consignor', { account: is.given(is.OFFICE) }, { details: { consignor: '31' } }],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
