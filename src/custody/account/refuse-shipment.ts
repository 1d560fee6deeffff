import { assert } from '../assert.js';
import { reject } from '../rejection.js';
import { shipmentIdOf, type ShipmentId } from './account-id.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  approvalRefusal,
  entryFields,
  shipmentOccurrenceRefusal,
  refuse,
  type Decision,
  type DecisionContext,
  type Shipment,
} from './decision.js';
import type { Approval, EntryFields } from './events.js';
import {
  consigneeRefusal,
  isParentActing,
  manifestOf,
  openPart,
  splitToJson,
} from './incoming-shipment.js';

/** The open part goes back to the consignor under a new number of this account. */
export interface RefuseShipment extends EntryFields {
  readonly shipmentId: ShipmentId;
  readonly reason: string;
  /** Needed where the parent acts for a silent consignee. */
  readonly approval: Approval | null;
}

export function decideRefuseShipment(
  account: CustodyAccount,
  command: RefuseShipment,
  shipment: Shipment | null,
  context: DecisionContext,
): Decision {
  const unfit = accountRefusal(account, context) ?? consigneeRefusal(account, shipment, context);
  if (unfit !== null) return refuse(unfit);
  assert(shipment !== null, 'the consignee check has found the shipment');
  const open = openPart(account, shipment);
  const rejection =
    (shipment.origin === 'surrender' ? reject('surrender_not_refusable') : null) ??
    (manifestOf(open).isEmpty ? reject('shipment_closed') : null) ??
    approvalRefusal(command.approval, isParentActing(account, context), context) ??
    shipmentOccurrenceRefusal(command.occurredAt, context.now, shipment);
  if (rejection !== null) return refuse(rejection);
  return accept({
    type: 'ShipmentRefused',
    data: {
      ...entryFields(command),
      ...splitToJson(open),
      shipmentId: shipment.shipmentId,
      newShipmentId: shipmentIdOf(account.id, account.shipmentsSent + 1),
      to: shipment.consignor,
      reason: command.reason,
      approval: command.approval,
    },
  });
}
