import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import type { AccountId } from './account-id.js';
import {
  decideDispatchShipment,
  type DispatchFacts,
  type DispatchShipment,
  type Package,
} from './dispatch-shipment.js';

function pack(usable: readonly string[], invalid: readonly string[] = []): Package {
  return {
    label: 'carton 1',
    kind: 'carton',
    seal: 'S-1',
    usable: is.serials(...usable),
    invalid: is.serials(...invalid),
  };
}

const COMMAND: DispatchShipment = {
  ...is.ENTRY,
  to: is.PARENT,
  basis: 'return',
  packages: [pack(['2017-A/1..3'], ['2017-A/11'])],
  carrier: 'Pos',
  vehicle: null,
  expectedBy: '2017-04-03T05:00:00.000Z',
  paperNumber: null,
  approval: null,
};
const ARRIVED = is.received({ usable: ['2017-A/1..10'], invalid: ['2017-A/11..20'] });
const STOCK = is.given(is.OFFICE, ARRIVED);
const LEGACY_STOCK = is.given(is.LEGACY, is.procured({ contract: null }), is.produced('LAMA/1..9'));

interface Attempt {
  readonly account?: ReturnType<typeof is.given>;
  readonly command?: Partial<DispatchShipment>;
  readonly facts?: DispatchFacts;
  readonly context?: Parameters<typeof is.contextOf>[0];
}

function decide({ account = STOCK, command, facts, context }: Attempt) {
  return decideDispatchShipment(
    account,
    { ...COMMAND, ...command },
    facts ?? { isConsigneeBatchKnown: true },
    is.contextOf(context),
  );
}

const closedStock = is.given(is.CLOSED, ARRIVED);
const ours = is.approvalBy(is.officer('31.71.01'));

describe('dispatching a shipment', () => {
  it('puts serials in transit under the running number of the account', () => {
    const first = is.soleEvent(decide({}));
    expect(first).toMatchObject({
      type: 'ShipmentDispatched',
      data: {
        shipmentId: '31.71.01-000001',
        to: '31.71',
        packages: [{ usable: is.json('2017-A/1..3'), invalid: is.json('2017-A/11') }],
      },
    });
    const after = is.given(is.OFFICE, ARRIVED, first);
    expect(after.usable.format()).toEqual(['2017-A/4..10']);
    expect(after.invalid.format()).toEqual(['2017-A/12..20']);
    const second = decide({ account: after, command: { packages: [pack(['2017-A/4'])] } });
    expect(is.soleEvent(second)).toMatchObject({ data: { shipmentId: '31.71.01-000002' } });
  });

  it.each<[string, Attempt]>([
    ['to a known batch account', { command: { to: is.BATCH } }],
    ['to evidence', { command: { to: is.EVIDENCE, basis: 'evidence' } }],
    [
      'opening stock of a legacy batch',
      { account: LEGACY_STOCK, command: { basis: 'opening', packages: [pack(['LAMA/1'])] } },
    ],
    [
      'of a closed office, by its successor',
      { account: closedStock, context: { actor: is.officer('31.71') } },
    ],
    ['with an approval', { command: { approval: is.APPROVED } }],
  ])('is accepted: %s', (_what, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe('accepted');
  });

  it.each<[string, Attempt]>([
    ['too_many_ranges', { command: { packages: [{ ...pack([]), usable: is.scattered(10_001) }] } }],
    ['overlapping_ranges', { command: { packages: [pack(['2017-A/1']), pack(['2017-A/1'])] } }],
    ['overlapping_ranges', { command: { packages: [pack(['2017-A/1'], ['2017-A/1'])] } }],
    ['no_serials', { command: { packages: [] } }],
    ['no_serials', { command: { packages: [pack([])] } }],
    ['unknown_facility', { account: is.given(is.UNKNOWN) }],
    ['unknown_facility', { command: { to: is.UNKNOWN } }],
    ['unknown_batch', { account: is.given(is.BATCH) }],
    ['unknown_batch', { command: { to: is.BATCH }, facts: { isConsigneeBatchKnown: false } }],
    ['facility_closed', { account: closedStock }],
    ['facility_closed', { command: { to: is.CLOSED } }],
    ['facility_closed', { command: { to: is.CLOSED }, context: { actor: is.officer('31.71') } }],
    ['consignee_is_consignor', { command: { to: is.OFFICE } }],
    ['basis_mismatch', { command: { to: is.EVIDENCE } }],
    ['basis_mismatch', { command: { basis: 'evidence' } }],
    ['basis_mismatch', { command: { basis: 'opening' } }],
    ['serials_not_usable_here', { command: { packages: [pack(['2017-A/11'])] } }],
    ['serials_not_invalid_here', { command: { packages: [pack([], ['2017-A/1'])] } }],
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
      'overlapping_ranges',
      'unknown_facility',
      { command: { to: is.UNKNOWN, packages: [pack(['2017-A/1']), pack(['2017-A/1'])] } },
    ],
    [
      'unknown_facility',
      'unknown_batch',
      { account: is.given(is.BATCH), command: { to: is.UNKNOWN } },
    ],
    [
      'facility_closed',
      'consignee_is_consignor',
      { account: closedStock, command: { to: is.CLOSED } },
    ],
    ['consignee_is_consignor', 'basis_mismatch', { command: { to: is.OFFICE, basis: 'evidence' } }],
    [
      'basis_mismatch',
      'serials_not_usable_here',
      { command: { basis: 'opening', packages: [pack(['2017-A/99'])] } },
    ],
    [
      'serials_not_usable_here',
      'serials_not_invalid_here',
      { command: { packages: [pack(['2017-A/98'], ['2017-A/99'])] } },
    ],
    [
      'serials_not_invalid_here',
      'self_approval',
      { command: { packages: [pack([], ['2017-A/99'])], approval: ours } },
    ],
  ])('answers %s before %s', (code, _later, attempt) => {
    expect(is.codeOf(decide(attempt))).toBe(code);
  });

  it('names what is not usable here', () => {
    const decision = decide({ command: { packages: [pack(['2017-A/9..12'])] } });
    expect(decision).toMatchObject({ rejection: { serials: ['2017-A/11..12'] } });
  });

  it('takes exactly 10,000 ranges over all packages', () => {
    const all = is.scattered(10_000);
    const account = is.given(
      is.BATCH,
      is.procured({ quantityContracted: 30_000, serialMax: 30_000 }),
      is.produced('2017-A/1..20000'),
    );
    const command = { to: '31' as AccountId, packages: [{ ...pack([]), usable: all }] };
    expect(is.codeOf(decide({ account, command }))).toBe('accepted');
  });

  it.each<[string, Attempt, object]>([
    [
      'too_many_ranges',
      { command: { packages: [{ ...pack([]), usable: is.scattered(10_001) }] } },
      { details: { ranges: 10_001 } },
    ],
    [
      'overlapping_ranges',
      { command: { packages: [pack(['2017-A/1..4']), pack(['2017-A/3..5'])] } },
      { serials: ['2017-A/3..4'] },
    ],
    ['unknown_facility', { command: { to: is.UNKNOWN } }, { details: { facility: '99' } }],
    ['unknown_batch', { account: is.given(is.BATCH) }, { details: { batch: '2017-A' } }],
    [
      'unknown_batch',
      { command: { to: is.BATCH }, facts: { isConsigneeBatchKnown: false } },
      { details: { batch: '2017-A' } },
    ],
    [
      'facility_closed',
      { command: { to: is.CLOSED } },
      { details: { facility: '31.72', successor: '31.71' } },
    ],
    [
      'basis_mismatch',
      { command: { to: is.EVIDENCE } },
      { details: { basis: 'return', to: 'E.CASE-1' } },
    ],
    [
      'approval_mismatch',
      { command: { approval: is.approvalBy(is.officer('31'), is.OTHER_HASH) } },
      { details: { contentHash: is.CONTENT_HASH } },
    ],
    [
      'occurred_in_future',
      { command: { occurredAt: is.IN_FUTURE } },
      { details: { occurredAt: '2017-04-01T08:06' } },
    ],
  ])('says of %s what a caller needs to do better %#', (code, attempt, rest) => {
    expect(decide(attempt)).toMatchObject({ ok: false, rejection: { code, ...rest } });
  });
});
