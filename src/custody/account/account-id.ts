import { parseFacilityId, type FacilityId } from '../facilities/facility-code.js';
import { parseBatchCode, type BatchCode } from '../serials/serial-number.js';

/**
 * A custody account: all that one facility, one batch still at its vendor, or one evidence case
 * answers for. Written `31.71.01.1001`, `B.2017-A` or `E.<case>`; one event stream each.
 */
export type AccountId = string & { readonly __brand: 'AccountId' };

/** Consignor account and its running number, as printed on the dispatch note: `31.71-000042`. */
export type ShipmentId = string & { readonly __brand: 'ShipmentId' };

/** What an account id says about itself. */
export type AccountParts =
  | { readonly kind: 'facility'; readonly facilityId: FacilityId }
  | { readonly kind: 'batch'; readonly batch: BatchCode }
  | { readonly kind: 'evidence'; readonly caseCode: string };

export type AccountKind = AccountParts['kind'];

const STREAM_PREFIX = 'custody-';
const CASE_CODE = /^[0-9A-Z-]{1,16}$/;
const SHIPMENT_ID = /^(?<consignor>.{1,24})-(?<number>[0-9]{6,9})$/;

/** The parts of an account id, or null when the text is none. */
export function parseAccount(text: string): AccountParts | null {
  if (text.startsWith('B.')) {
    const batch = parseBatchCode(text.slice(2));
    return batch.ok ? { kind: 'batch', batch: batch.value } : null;
  }
  if (text.startsWith('E.')) {
    const caseCode = text.slice(2);
    return CASE_CODE.test(caseCode) ? { kind: 'evidence', caseCode } : null;
  }
  const facilityId = parseFacilityId(text);
  return facilityId === null ? null : { kind: 'facility', facilityId };
}

export function parseAccountId(text: string): AccountId | null {
  return parseAccount(text) === null ? null : (text as AccountId);
}

/** The parts of an id already known to be one. */
export function accountParts(account: AccountId): AccountParts {
  const parts = parseAccount(account);
  if (parts === null) throw new Error(`not an account id: ${account}`);
  return parts;
}

export function batchAccount(batch: BatchCode): AccountId {
  return `B.${batch}` as AccountId;
}

export function facilityAccount(facilityId: FacilityId): AccountId {
  return facilityId as string as AccountId;
}

/** The facility an account belongs to, or null for a batch or an evidence case. */
export function facilityOf(account: AccountId): FacilityId | null {
  const parts = accountParts(account);
  return parts.kind === 'facility' ? parts.facilityId : null;
}

export function streamOfAccount(account: AccountId): string {
  return `${STREAM_PREFIX}${account}`;
}

/** The account whose stream this is, or null for a stream of another category. */
export function accountOfStream(stream: string): AccountId | null {
  return stream.startsWith(STREAM_PREFIX)
    ? parseAccountId(stream.slice(STREAM_PREFIX.length))
    : null;
}

/** Shipment `number` (from 1) of a consignor: at least six digits. */
export function shipmentIdOf(consignor: AccountId, number: number): ShipmentId {
  return `${consignor}-${String(number).padStart(6, '0')}` as ShipmentId;
}

export interface ShipmentIdParts {
  readonly shipmentId: ShipmentId;
  readonly consignor: AccountId;
  readonly number: number;
}

/** The consignor and running number a shipment id names, or null when the text is none. */
export function parseShipmentId(text: string): ShipmentIdParts | null {
  const groups = SHIPMENT_ID.exec(text)?.groups;
  const consignor = parseAccountId(groups?.consignor ?? '');
  if (groups === undefined || consignor === null) return null;
  const number = Number(groups.number);
  if (number < 1 || shipmentIdOf(consignor, number) !== text) return null;
  return { shipmentId: text as ShipmentId, consignor, number };
}
