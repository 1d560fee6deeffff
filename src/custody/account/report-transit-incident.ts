import { reject } from '../rejection.js';
import type { ShipmentId } from './account-id.js';
import type { CustodyAccount } from './custody-account.js';
import {
  accept,
  accountRefusal,
  entryFields,
  shipmentOccurrenceRefusal,
  refuse,
  type Decision,
  type DecisionContext,
  type Shipment,
} from './decision.js';
import type { EntryFields, IncidentKind } from './events.js';

/** "The truck was robbed": moves nothing, alerts. */
export interface ReportTransitIncident extends EntryFields {
  readonly shipmentId: ShipmentId;
  readonly kind: IncidentKind;
  readonly place: string;
  readonly policeReport: string | null;
}

/** `shipment`: as the consignor's stream describes it, or null when there is none. */
export function decideReportTransitIncident(
  account: CustodyAccount,
  command: ReportTransitIncident,
  shipment: Shipment | null,
  context: DecisionContext,
): Decision {
  const rejection =
    accountRefusal(account, context) ??
    (shipment === null ? reject('shipment_not_found') : null) ??
    (shipment !== null && shipment.consignor !== account.id
      ? reject('not_the_consignor', { details: { consignor: shipment.consignor } })
      : null) ??
    shipmentOccurrenceRefusal(command.occurredAt, context.now, shipment);
  if (rejection !== null) return refuse(rejection);
  const { shipmentId, kind, place, policeReport } = command;
  return accept({
    type: 'TransitIncidentReported',
    data: { ...entryFields(command), shipmentId, kind, place, policeReport },
  });
}
