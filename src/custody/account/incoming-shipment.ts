import { assert } from '../assert.js';
import { reject, type Rejection } from '../rejection.js';
import { SerialSet } from '../serials/serial-set.js';
import { facilityOf, parseShipmentId, type AccountId, type ShipmentId } from './account-id.js';
import type { CustodyAccount } from './custody-account.js';
import {
  standingOf,
  type DecisionContext,
  type FacilityStanding,
  type Shipment,
} from './decision.js';
import type { CustodyEvent, HeldState, Officer, SplitByState } from './events.js';
import { serialSetOf } from './postings.js';

/** Sets divided by the state they have on the manifest. */
export type Split = Readonly<Record<HeldState, SerialSet>>;

export function splitToJson({ usable, invalid }: Split): SplitByState {
  return { usable: usable.toJson(), invalid: invalid.toJson() };
}

export function splitBy(serials: SerialSet, by: Split): Split {
  return { usable: serials.intersect(by.usable), invalid: serials.intersect(by.invalid) };
}

export function manifestOf({ usable, invalid }: Split): SerialSet {
  return usable.plus(invalid);
}

/** What of a shipment is still in transit: manifest less what its consignee has settled. */
export function openPart(account: CustodyAccount, shipment: Shipment): Split {
  const settled = account.settled.get(shipment.shipmentId) ?? SerialSet.empty;
  return { usable: shipment.usable.subtract(settled), invalid: shipment.invalid.subtract(settled) };
}

/** The shipment an entry of its sender's stream put on the road, or null when it sent none. */
export function shipmentOf(event: CustodyEvent, recordedAt: number): Shipment | null {
  if (event.type === 'ShipmentDispatched') {
    const { shipmentId, to, packages, expectedBy, occurredAt } = event.data;
    const usable = packages.reduce(
      (all, pack) => all.plus(SerialSet.fromJson(pack.usable)),
      SerialSet.empty,
    );
    const invalid = packages.reduce(
      (all, pack) => all.plus(SerialSet.fromJson(pack.invalid)),
      SerialSet.empty,
    );
    return {
      ...route(shipmentId, to),
      occurredAt,
      recordedAt,
      origin: 'dispatch',
      usable,
      invalid,
      expectedBy: Date.parse(expectedBy),
    };
  }
  if (event.type === 'ShipmentRefused') {
    const { newShipmentId, to, occurredAt } = event.data;
    const usable = SerialSet.fromJson(event.data.usable);
    const invalid = SerialSet.fromJson(event.data.invalid);
    return {
      ...route(newShipmentId, to),
      occurredAt,
      recordedAt,
      origin: 'refusal',
      usable,
      invalid,
      expectedBy: null,
    };
  }
  if (event.type === 'CardSurrendered') {
    const { shipmentId, to, serial, occurredAt } = event.data;
    if (shipmentId === null) return null;
    const invalid = serialSetOf(serial);
    return {
      ...route(shipmentId, to),
      occurredAt,
      recordedAt,
      origin: 'surrender',
      usable: SerialSet.empty,
      invalid,
      expectedBy: null,
    };
  }
  return null;
}

function route(shipmentId: ShipmentId, consignee: AccountId) {
  const parts = parseShipmentId(shipmentId);
  assert(parts !== null, 'a shipment id names its consignor');
  return { shipmentId, consignor: parts.consignor, consignee };
}

/** Whether the actor acts for a silent consignee as its parent, which needs a second person. */
export function isParentActing(
  account: CustodyAccount,
  { actor, facilities }: DecisionContext,
): boolean {
  const facility = standingOf(account.id, facilities);
  if (facility === undefined || facility.facilityId === actor.facilityId) return false;
  // A closed office may have its parent for successor, who acts in its own right.
  if (isSuccessorActing(facility, actor)) return false;
  return facility.parent === actor.facilityId;
}

function isSuccessorActing({ isOpen, successor }: FacilityStanding, actor: Officer): boolean {
  return !isOpen && successor === actor.facilityId;
}

/** `shipment_not_found`, `not_the_consignee`, `consignee_not_silent`. */
export function consigneeRefusal(
  account: CustodyAccount,
  shipment: Shipment | null,
  context: DecisionContext,
): Rejection | null {
  if (shipment === null) return reject('shipment_not_found');
  if (shipment.consignee !== account.id)
    return reject('not_the_consignee', { details: { consignee: shipment.consignee } });
  const { actor, facilities, now } = context;
  const facilityId = facilityOf(account.id);
  if (facilityId === null || facilityId === actor.facilityId) return null;
  const facility = facilities.get(facilityId);
  if (facility !== undefined && isSuccessorActing(facility, actor)) return null;
  if (!isParentActing(account, context))
    return reject('not_the_consignee', { details: { consignee: shipment.consignee } });
  const isSilent = shipment.expectedBy !== null && now > shipment.expectedBy;
  return isSilent ? null : reject('consignee_not_silent');
}
