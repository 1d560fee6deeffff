import { expect } from '@jest/globals';
import type { AccountId, ShipmentId } from '../../src/custody/account/account-id.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../../src/custody/account/custody-account.js';
import type {
  Decision,
  DecisionContext,
  FacilityStanding,
  Shipment,
} from '../../src/custody/account/decision.js';
import type {
  Approval,
  CustodyEvent,
  CustodyEventOf,
  EntryFields,
  Officer,
} from '../../src/custody/account/events.js';
import type { FacilityId } from '../../src/custody/facilities/facility-code.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { BatchCode } from '../../src/custody/serials/serial-number.js';
import { SerialSet, type SerialSetJson } from '../../src/custody/serials/serial-set.js';

/*
 * What specs of the account's decisions share: `given(account, events)`, then a decision, then
 * `codeOf` or `soleEvent`. All of it happens at 08:00 WIB of 1 April 2017.
 */

export const NOW = Date.parse('2017-04-01T08:00:00+07:00');
export const CONTENT_HASH = 'c'.repeat(64);
export const OTHER_HASH = 'd'.repeat(64);

export const OFFICE = '31.71.01' as AccountId;
/** The office one level up, whose officers may act for a silent {@link OFFICE}. */
export const PARENT = '31.71' as AccountId;
export const BATCH = 'B.2017-A' as AccountId;
export const LEGACY = 'B.LAMA' as AccountId;
export const EVIDENCE = 'E.CASE-1' as AccountId;
/** Closed; `31.71` is its successor. */
export const CLOSED = '31.72' as AccountId;
export const UNKNOWN = '99' as AccountId;

const STANDINGS: readonly (readonly [string, string | null, boolean, string | null])[] = [
  ['00', null, true, null],
  ['31', '00', true, null],
  ['31.71', '31', true, null],
  ['31.71.01', '31.71', true, null],
  ['31.72', '31', false, '31.71'],
  // Its successor is its parent.
  ['31.73', '31', false, '31'],
];

const DIRECTORY: ReadonlyMap<string, FacilityStanding> = new Map(
  STANDINGS.map(([facilityId, parent, isOpen, successor]) => [
    facilityId,
    {
      facilityId: facilityId as FacilityId,
      parent: parent as FacilityId | null,
      isOpen,
      successor: successor as FacilityId | null,
    },
  ]),
);

export function officer(
  facilityId: string,
  id = `officer-${facilityId}`,
  role = 'custodian',
): Officer {
  return { id, role, facilityId };
}

export function contextOf(overrides: Partial<DecisionContext> = {}): DecisionContext {
  return {
    actor: officer(OFFICE),
    now: NOW,
    contentHash: CONTENT_HASH,
    isApprovalSpent: false,
    eventIdOf: (index, event) => `${event.type}#${String(index)}`,
    facilities: DIRECTORY,
    ...overrides,
  };
}

export function approvalBy(by: Officer, contentHash = CONTENT_HASH): Approval {
  return { by, at: '2017-04-01T00:30:00.000Z', contentHash };
}

export const APPROVED = approvalBy(officer('31', 'approver'));

export function day(value: string): OccurredAt {
  return { value, precision: 'day', zone: 'Asia/Jakarta' };
}

export function minute(value: string): OccurredAt {
  return { value, precision: 'minute', zone: 'Asia/Jakarta' };
}

export function second(value: string): OccurredAt {
  return { value, precision: 'second', zone: 'Asia/Jakarta' };
}

export const ENTRY: EntryFields = {
  occurredAt: minute('2017-04-01T07:30'),
  documents: [],
  note: '',
};
/** A minute after the tolerance of five, at each precision. */
export const IN_FUTURE = minute('2017-04-01T08:06');

export function serials(...texts: readonly string[]): SerialSet {
  const parsed = SerialSet.parse(texts);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

export function json(...texts: readonly string[]): SerialSetJson {
  return serials(...texts).toJson();
}

export const NONE = SerialSet.empty;

/** A set of `count` ranges, none touching another. */
export function scattered(count: number): SerialSet {
  const batch = '2017-A' as BatchCode;
  return SerialSet.of(
    Array.from({ length: count }, (_, index) => ({
      batch,
      first: 2 * index + 1,
      last: 2 * index + 1,
    })),
  );
}

/** The account after `events`. */
export function given(id: AccountId, ...events: readonly CustodyEvent[]): CustodyAccount {
  return events.reduce(evolveAccount, emptyAccount(id));
}

export function procured(
  overrides: Partial<CustodyEventOf<'BatchProcured'>['data']> = {},
): CustodyEvent {
  return {
    type: 'BatchProcured',
    data: {
      ...ENTRY,
      contract: 'CONTOH/KTR/1',
      vendor: 'Penyedia Blangko Nasional (contoh)',
      signedOn: '2017-03-22',
      quantityContracted: 100,
      serialMax: 120,
      cardOrigin: 'ID',
      chipOrigin: 'NL',
      approval: null,
      ...overrides,
    },
  };
}

export function produced(...texts: readonly string[]): CustodyEvent {
  return {
    type: 'BlanksProduced',
    data: {
      ...ENTRY,
      serials: json(...texts),
      deliveryNo: 'D-1',
      qualitySample: null,
      chipManifest: null,
    },
  };
}

export const batchClosed: CustodyEvent = {
  type: 'BatchClosed',
  data: { ...ENTRY, shortage: 0, reason: null },
};

interface Arrival {
  readonly usable?: readonly string[];
  readonly invalid?: readonly string[];
  readonly missing?: readonly string[];
}

/** A receipt, as stated but for what is missing (which was usable). */
export function received(
  { usable = [], invalid = [], missing = [] }: Arrival,
  shipmentId = '31-000001',
): CustodyEvent {
  return {
    type: 'ShipmentReceived',
    data: {
      ...ENTRY,
      shipmentId: shipmentId as ShipmentId,
      asStated: { usable: json(...usable), invalid: json(...invalid) },
      damaged: { usable: [], invalid: [] },
      missing: { usable: json(...missing), invalid: [] },
      sealChecks: [],
      unexpected: [],
      approval: null,
    },
  };
}

export function spoiled(...texts: readonly string[]): CustodyEvent {
  return { type: 'BlanksSpoiled', data: { ...ENTRY, serials: json(...texts), cause: 'misprint' } };
}

export function issued(serial: string): CustodyEvent {
  return {
    type: 'BlankIssued',
    data: {
      ...ENTRY,
      serial,
      subject: 'a'.repeat(64),
      reason: 'backlog',
      replaces: null,
      chipUid: null,
    },
  };
}

export function unnumbered(count: number): CustodyEvent {
  return {
    type: 'UnnumberedCardsRecorded',
    data: { ...ENTRY, count, bag: 'K-1', seal: 'S-1', source: 'field' },
  };
}

/** From `31` to {@link OFFICE}: ten usable, ten invalid, due yesterday at noon. */
export function shipment(overrides: Partial<Shipment> = {}): Shipment {
  return {
    shipmentId: '31-000002' as ShipmentId,
    origin: 'dispatch',
    consignor: '31' as AccountId,
    consignee: OFFICE,
    usable: serials('2017-A/1..10'),
    invalid: serials('2017-A/11..20'),
    expectedBy: Date.parse('2017-03-31T12:00:00+07:00'),
    occurredAt: minute('2017-03-30T09:00'),
    recordedAt: Date.parse('2017-03-30T09:10:00+07:00'),
    ...overrides,
  };
}

/** The rejection's code, or `accepted`. */
export function codeOf(decision: Decision<unknown>): string {
  return decision.ok ? 'accepted' : decision.rejection.code;
}

/** The one event of an accepted decision. */
export function soleEvent<E>(decision: Decision<E>): E {
  if (!decision.ok) throw new Error(`refused: ${decision.rejection.code}`);
  expect(decision.events).toHaveLength(1);
  return decision.events[0] as E;
}
