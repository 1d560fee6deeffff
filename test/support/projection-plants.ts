import { type AccountId } from '../../src/custody/account/account-id.js';
import type { AccountState, CustodyEvent } from '../../src/custody/account/events.js';
import { manifestOf, openPart } from '../../src/custody/account/incoming-shipment.js';
import { formatSerialNumber } from '../../src/custody/serials/serial-number.js';
import { SerialSet, type SerialSetJson } from '../../src/custody/serials/serial-set.js';
import type { JsonObject, RecordedEvent } from '../../src/event-store/event-store.js';
import type { AuditDifference } from '../../src/read-models/audit/audit-report.js';
import { metadataOf, uuidOf } from './projection-history.js';
import { APPROVAL, ENTRY, type World } from './projection-world.js';

const NOTHING = { usable: [], invalid: [] };

/** An account of this world and one serial it has in a state. */
function someIn(
  { accounts }: World,
  state: AccountState,
  isFit: (id: AccountId) => boolean = () => true,
): { readonly id: AccountId; readonly serial: string; readonly serials: SerialSetJson } {
  for (const [id, account] of accounts) {
    const [range] = account[state].firstRanges(1);
    if (range === undefined || !isFit(id)) continue;
    const { batch, first } = range;
    const serials = SerialSet.of([{ batch, first, last: first }]).toJson();
    return { id, serial: formatSerialNumber({ batch, number: first }), serials };
  }
  throw new Error(`nobody has anything ${state}`);
}

export function openShipment({ shipments, accounts }: World) {
  for (const shipment of shipments.values()) {
    const account = accounts.get(shipment.consignee);
    if (account === undefined || shipment.origin !== 'dispatch') continue;
    const open = openPart(account, shipment);
    if (!open.usable.isEmpty) return { shipment, open };
  }
  throw new Error('no shipment is open');
}

function spoiled(serials: SerialSetJson): CustodyEvent {
  return { type: 'BlanksSpoiled', data: { ...ENTRY, serials, cause: 'misprint' } };
}

function produced(serials: SerialSetJson): CustodyEvent {
  const rest = { deliveryNo: 'D', qualitySample: null, chipManifest: null };
  return { type: 'BlanksProduced', data: { ...ENTRY, serials, ...rest } };
}

function issued(serial: string): CustodyEvent {
  const rest = { reason: 'backlog', replaces: null, chipUid: null } as const;
  return { type: 'BlankIssued', data: { ...ENTRY, serial, subject: 'a'.repeat(64), ...rest } };
}

function received(shipmentId: string, usable: SerialSetJson): CustodyEvent {
  const data = {
    ...ENTRY,
    shipmentId,
    asStated: { usable, invalid: [] },
    damaged: NOTHING,
    missing: NOTHING,
    sealChecks: [],
    unexpected: [],
    approval: null,
  };
  return { type: 'ShipmentReceived', data } as unknown as CustodyEvent;
}

function dispatched(from: AccountId, number: number, usable: SerialSetJson): CustodyEvent {
  const shipmentId = `${from}-${String(number).padStart(6, '0')}`;
  const to = from === '32' ? '31' : '32';
  const data = {
    ...ENTRY,
    shipmentId,
    to,
    basis: 'allocation',
    packages: [{ label: '1', kind: 'karton', seal: 'S', usable, invalid: [] }],
    carrier: 'Pos',
    vehicle: null,
    expectedBy: '2017-04-10T00:00:00.000Z',
    paperNumber: null,
    approval: null,
  };
  return { type: 'ShipmentDispatched', data } as unknown as CustodyEvent;
}

interface Plant {
  readonly account: AccountId;
  readonly event: CustodyEvent;
  readonly changes?: Partial<RecordedEvent>;
}

type Row = readonly [
  check: AuditDifference['check'],
  title: string,
  plant: (world: World) => Plant,
];

const GHOST: SerialSetJson = [{ batch: 'GHOST', ranges: [[7, 9]] }];

/** Entries no decision would accept, each with the check that must find it. */
export const PLANTS: readonly Row[] = [
  [
    'conservation',
    'blanks that were never produced',
    () => ({ account: '31' as AccountId, event: spoiled(GHOST) }),
  ],
  [
    'conservation',
    'production in an account that is not the batch',
    () => ({ account: 'B.LAMA' as AccountId, event: produced(GHOST) }),
  ],
  [
    'one_place',
    'blanks that are usable elsewhere',
    (given) => {
      const { id, serials } = someIn(given, 'usable');
      const account = (id === '32' ? '31' : '32') as AccountId;
      return { account, event: spoiled(serials) };
    },
  ],
  [
    'one_place',
    'a serial produced twice',
    () => ({
      account: 'B.2017-A' as AccountId,
      event: produced([{ batch: '2017-A', ranges: [[1, 2]] }]),
    }),
  ],
  [
    'issued_once',
    'a card issued here while it is issued elsewhere',
    (given) => {
      const { id, serial } = someIn(given, 'issued');
      return { account: (id === '32' ? '31' : '32') as AccountId, event: issued(serial) };
    },
  ],
  [
    'issued_once',
    'a card issued twice by one account',
    (given) => {
      const { id, serial } = someIn(given, 'issued');
      return { account: id, event: issued(serial) };
    },
  ],
  [
    'issued_once',
    'a destroyed card that is spoiled again',
    (given) => {
      const { id, serials } = someIn(given, 'destroyed');
      return { account: id, event: spoiled(serials) };
    },
  ],
  [
    'issued_once',
    'a reversal that brings back more than its entry destroyed',
    (given) => {
      const { id, serials } = someIn(given, 'destroyed');
      return { account: id, event: falseReversal(serials) };
    },
  ],
  [
    'consignee_only',
    'a receipt by somebody who is not the consignee',
    (given) => {
      const { shipment, open } = openShipment(given);
      const account = ['31', '32', '32.01'].find((it) => it !== shipment.consignee) as AccountId;
      return { account, event: received(shipment.shipmentId, open.usable.toJson()) };
    },
  ],
  [
    'consignee_only',
    'a receipt beyond the manifest',
    (given) => {
      const { shipment, open } = openShipment(given);
      const beyond = open.usable.plus(
        manifestOf({ usable: SerialSet.fromJson(GHOST), invalid: SerialSet.empty }),
      );
      return { account: shipment.consignee, event: received(shipment.shipmentId, beyond.toJson()) };
    },
  ],
  [
    'consignee_only',
    'a receipt of a shipment nobody sent',
    () => ({ account: '31' as AccountId, event: received('32-000999', GHOST) }),
  ],
  [
    'account_rules',
    'a shipment number left out',
    (given) => {
      const { id, serials } = someIn(given, 'usable');
      const number = (given.accounts.get(id)?.shipmentsSent ?? 0) + 2;
      return { account: id, event: dispatched(id, number, serials) };
    },
  ],
  [
    'account_rules',
    'production beyond the contract',
    () => ({
      account: 'B.2017-A' as AccountId,
      event: produced([{ batch: '2017-A', ranges: [[401, 999]] }]),
    }),
  ],
  [
    'account_rules',
    'more unnumbered cards destroyed than held',
    () => ({ account: '31.71.01.1001' as AccountId, event: burned(1_000) }),
  ],
  [
    'provenance',
    'an event without an actor',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: {
        metadata: { ...metadataOf(9_999), actor: { id: '', role: 'ministry', facilityId: '00' } },
      },
    }),
  ],
  [
    'provenance',
    'an event without a command',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: { metadata: { ...metadataOf(9_999), commandId: '' } },
    }),
  ],
  [
    'provenance',
    'an event without a time',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: { metadata: { ...metadataOf(9_999), recordedAt: 'yesterday' } },
    }),
  ],
  [
    'stored_form',
    'an event with a field too many',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: { data: { ...(unnumbered(1).data as unknown as JsonObject), nik: '1' } },
    }),
  ],
];

export function unnumbered(count: number): CustodyEvent {
  const rest = { bag: 'K', seal: 'S', source: 'field' };
  return { type: 'UnnumberedCardsRecorded', data: { ...ENTRY, count, ...rest } };
}

function burned(count: number): CustodyEvent {
  const witnesses = ['one', 'two'].map((id) => ({ id, role: 'ministry', facilityId: '00' }));
  const data = {
    serials: [],
    unnumbered: count,
    method: 'burned',
    place: 'yard',
    witnesses,
  } as const;
  return { type: 'BlanksDestroyed', data: { ...ENTRY, ...data, approval: APPROVAL } };
}

function falseReversal(serials: SerialSetJson): CustodyEvent {
  return {
    type: 'EntryReversed',
    data: {
      ...ENTRY,
      eventId: uuidOf(1),
      revision: '0',
      entryType: 'BlanksDestroyed',
      postings: [{ from: { place: 'destroyed' }, to: { place: 'invalid' }, serials }],
      unnumbered: 0,
      reason: 'none',
      approval: APPROVAL,
    },
  };
}
