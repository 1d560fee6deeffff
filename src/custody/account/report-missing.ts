import type { Rejection } from '../rejection.js';
import { reject } from '../rejection.js';
import type { SerialSet } from '../serials/serial-set.js';
import type { ShipmentId } from './account-id.js';
import { heldBy, type CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  approvalRefusal,
  emptyRefusal,
  entryFields,
  formRefusal,
  shipmentOccurrenceRefusal,
  outsideRefusal,
  refuse,
  type Decision,
  type DecisionContext,
  type Shipment,
} from './decision.js';
import type { Approval, EntryFields, LossKind } from './events.js';
import {
  consigneeRefusal,
  isParentActing,
  manifestOf,
  openPart,
  splitBy,
} from './incoming-shipment.js';

/** Serials held here, or in transit to here, are unaccounted for from now on. */
export interface ReportMissing extends EntryFields {
  readonly serials: SerialSet;
  readonly kind: LossKind;
  readonly policeReport: string | null;
  /** Set when the serials are in transit to this account. */
  readonly shipmentId: ShipmentId | null;
  /** Needed where the parent acts for a silent consignee. */
  readonly approval: Approval | null;
}

function inTransitRefusal(
  account: CustodyAccount,
  serials: SerialSet,
  shipment: Shipment,
): Rejection | null {
  const open = manifestOf(openPart(account, shipment));
  return (
    (open.isEmpty ? reject('shipment_closed') : null) ??
    outsideRefusal('not_on_manifest', serials, manifestOf(shipment)) ??
    outsideRefusal('not_in_transit', serials, open)
  );
}

/** `shipment`: the one the command names, as its sender's stream describes it, or null when there is none. */
export function decideReportMissing(
  account: CustodyAccount,
  command: ReportMissing,
  shipment: Shipment | null,
  context: DecisionContext,
): Decision {
  const { serials, kind, policeReport, shipmentId, approval } = command;
  const isInTransit = shipmentId !== null;
  const rejection =
    formRefusal(serials) ??
    emptyRefusal(serials) ??
    accountRefusal(account, context) ??
    (isInTransit ? consigneeRefusal(account, shipment, context) : null) ??
    (shipment === null
      ? outsideRefusal('serials_not_held_here', serials, heldBy(account))
      : inTransitRefusal(account, serials, shipment)) ??
    approvalRefusal(approval, isInTransit && isParentActing(account, context), context) ??
    shipmentOccurrenceRefusal(command.occurredAt, context.now, shipment);
  if (rejection !== null) return refuse(rejection);
  const from = splitBy(serials, shipment === null ? account : openPart(account, shipment));
  return accept({
    type: 'BlanksReportedMissing',
    data: {
      ...entryFields(command),
      fromUsable: from.usable.toJson(),
      fromInvalid: from.invalid.toJson(),
      kind,
      policeReport,
      shipmentId,
      approval,
    },
  });
}
