import { reject, type Rejection } from '../rejection.js';
import { SerialSet } from '../serials/serial-set.js';
import { accountParts, shipmentIdOf, type AccountId } from './account-id.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  approvalRefusal,
  closedRefusal,
  consigneeClosedRefusal,
  emptyRefusal,
  entryFields,
  formRefusal,
  occurrenceRefusal,
  outsideRefusal,
  refuse,
  unknownBatchRefusal,
  unknownFacilityRefusal,
  type Decision,
  type DecisionContext,
} from './decision.js';
import type { Approval, EntryFields, ShipmentBasis } from './events.js';

export interface Package {
  readonly label: string;
  readonly kind: string;
  readonly seal: string;
  readonly usable: SerialSet;
  readonly invalid: SerialSet;
}

/** Serials leave in packages with seals, on a dispatch note with the account's next number. */
export interface DispatchShipment extends EntryFields {
  readonly to: AccountId;
  readonly basis: ShipmentBasis;
  readonly packages: readonly Package[];
  readonly carrier: string;
  readonly vehicle: string | null;
  /** ISO 8601, UTC. */
  readonly expectedBy: string;
  readonly paperNumber: string | null;
  readonly approval: Approval | null;
}

export interface DispatchFacts {
  /** Whether the consignee, where it is a batch account, has been procured. */
  readonly isConsigneeBatchKnown: boolean;
}

function consigneeUnknownRefusal(
  to: AccountId,
  facts: DispatchFacts,
  context: DecisionContext,
): Rejection | null {
  const parts = accountParts(to);
  if (parts.kind === 'batch') {
    return facts.isConsigneeBatchKnown
      ? null
      : reject('unknown_batch', { details: { batch: parts.batch } });
  }
  return unknownFacilityRefusal(to, context.facilities);
}

function basisRefusal(account: CustodyAccount, { to, basis }: DispatchShipment): Rejection | null {
  const isEvidence = accountParts(to).kind === 'evidence';
  const isLegacy = account.batch?.contract === null;
  const fits = (basis === 'evidence') === isEvidence && (basis !== 'opening' || isLegacy);
  return fits ? null : reject('basis_mismatch', { details: { basis, to } });
}

function unionOf(packages: readonly Package[], state: 'usable' | 'invalid'): SerialSet {
  return packages.reduce((all, pack) => all.plus(pack[state]), SerialSet.empty);
}

function partiesRefusal(
  account: CustodyAccount,
  command: DispatchShipment,
  facts: DispatchFacts,
  context: DecisionContext,
): Rejection | null {
  return (
    unknownFacilityRefusal(account.id, context.facilities) ??
    firstUnknown(account, command.to, facts, context) ??
    closedRefusal(account.id, context) ??
    consigneeClosedRefusal(command.to, context.facilities) ??
    (command.to === account.id ? reject('consignee_is_consignor') : null) ??
    basisRefusal(account, command)
  );
}

/** An unknown facility takes precedence over an unknown batch, whichever side it is on. */
function firstUnknown(
  account: CustodyAccount,
  to: AccountId,
  facts: DispatchFacts,
  context: DecisionContext,
): Rejection | null {
  const consignee = consigneeUnknownRefusal(to, facts, context);
  if (consignee?.code === 'unknown_facility') return consignee;
  return unknownBatchRefusal(account) ?? consignee;
}

export function decideDispatchShipment(
  account: CustodyAccount,
  command: DispatchShipment,
  facts: DispatchFacts,
  context: DecisionContext,
): Decision {
  const sets = command.packages.flatMap(({ usable, invalid }) => [usable, invalid]);
  const form =
    formRefusal(...sets) ??
    emptyRefusal(...sets) ??
    partiesRefusal(account, command, facts, context);
  if (form !== null) return refuse(form);
  const rejection =
    outsideRefusal(
      'serials_not_usable_here',
      unionOf(command.packages, 'usable'),
      account.usable,
    ) ??
    outsideRefusal(
      'serials_not_invalid_here',
      unionOf(command.packages, 'invalid'),
      account.invalid,
    ) ??
    approvalRefusal(command.approval, false, context) ??
    occurrenceRefusal(command.occurredAt, context.now);
  if (rejection !== null) return refuse(rejection);
  const { to, basis, carrier, vehicle, expectedBy, paperNumber, approval } = command;
  const packages = command.packages.map((pack) => ({
    ...pack,
    usable: pack.usable.toJson(),
    invalid: pack.invalid.toJson(),
  }));
  const shipmentId = shipmentIdOf(account.id, account.shipmentsSent + 1);
  return accept({
    type: 'ShipmentDispatched',
    data: {
      ...entryFields(command),
      shipmentId,
      to,
      basis,
      packages,
      carrier,
      vehicle,
      expectedBy,
      paperNumber,
      approval,
    },
  });
}
