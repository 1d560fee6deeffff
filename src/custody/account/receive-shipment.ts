import { assert } from '../assert.js';
import { reject, type Rejection } from '../rejection.js';
import type { SerialSet } from '../serials/serial-set.js';
import type { ShipmentId } from './account-id.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  approvalRefusal,
  entryFields,
  formRefusal,
  shipmentOccurrenceRefusal,
  offending,
  outsideRefusal,
  refuse,
  type Decision,
  type DecisionContext,
  type Shipment,
} from './decision.js';
import type { Approval, EntryFields, SealCheck } from './events.js';
import {
  consigneeRefusal,
  isParentActing,
  manifestOf,
  openPart,
  splitBy,
  splitToJson,
} from './incoming-shipment.js';

/** The handover record: what of the open part arrived as stated, arrived damaged, or did not arrive. */
export interface ReceiveShipment extends EntryFields {
  readonly shipmentId: ShipmentId;
  readonly asStated: SerialSet;
  readonly damaged: SerialSet;
  readonly missing: SerialSet;
  readonly sealChecks: readonly SealCheck[];
  /** Serials found that the manifest does not name. */
  readonly unexpected: SerialSet;
  /** Needed where the parent acts for a silent consignee. */
  readonly approval: Approval | null;
}

function contentRefusal(
  open: SerialSet,
  manifest: SerialSet,
  settled: SerialSet,
  unexpected: SerialSet,
): Rejection | null {
  const stray = unexpected.intersect(manifest);
  return (
    (open.isEmpty ? reject('shipment_closed') : null) ??
    (settled.isEmpty ? reject('nothing_received') : null) ??
    outsideRefusal('not_on_manifest', settled, manifest) ??
    outsideRefusal('not_in_transit', settled, open) ??
    (stray.isEmpty ? null : reject('unexpected_on_manifest', offending(stray)))
  );
}

/** `shipment`: as its sender's stream describes it, or null when there is none. */
export function decideReceiveShipment(
  account: CustodyAccount,
  command: ReceiveShipment,
  shipment: Shipment | null,
  context: DecisionContext,
): Decision {
  const { asStated, damaged, missing, unexpected, approval } = command;
  const unfit =
    formRefusal(asStated, damaged, missing, unexpected) ??
    accountRefusal(account, context) ??
    consigneeRefusal(account, shipment, context);
  if (unfit !== null) return refuse(unfit);
  assert(shipment !== null, 'the consignee check has found the shipment');
  const open = openPart(account, shipment);
  const settled = asStated.plus(damaged).plus(missing);
  const rejection =
    contentRefusal(manifestOf(open), manifestOf(shipment), settled, unexpected) ??
    approvalRefusal(approval, isParentActing(account, context), context) ??
    shipmentOccurrenceRefusal(command.occurredAt, context.now, shipment);
  if (rejection !== null) return refuse(rejection);
  return accept({
    type: 'ShipmentReceived',
    data: {
      ...entryFields(command),
      shipmentId: shipment.shipmentId,
      asStated: splitToJson(splitBy(asStated, open)),
      damaged: splitToJson(splitBy(damaged, open)),
      missing: splitToJson(splitBy(missing, open)),
      sealChecks: command.sealChecks,
      unexpected: unexpected.toJson(),
      approval,
    },
  });
}
