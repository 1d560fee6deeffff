import {
  INCIDENT_KINDS,
  SHIPMENT_BASES,
  type CustodyEventData,
  type SealCheck,
} from '../../../custody/account/events.js';
import {
  accountId,
  approval,
  entryOf,
  instant,
  packageShape,
  serialSet,
  shipmentId,
  splitByState,
} from './common.js';
import { firstVersion } from './definition.js';
import { described, listOf, nullable, objectOf, oneOf, text, truth } from './shape.js';

export const SHIPMENT_EVENTS = {
  ShipmentDispatched: firstVersion(
    'Usable and invalid serials leave the account in sealed packages, on a dispatch note.',
    entryOf<CustodyEventData<'ShipmentDispatched'>>({
      shipmentId,
      to: accountId,
      basis: oneOf(SHIPMENT_BASES),
      packages: listOf(packageShape),
      carrier: text(),
      vehicle: nullable(text()),
      expectedBy: instant,
      paperNumber: described(nullable(text()), 'The number printed on the dispatch note.'),
      approval: nullable(approval),
    }),
  ),
  ShipmentReceived: firstVersion(
    'Of the open part of a shipment: what arrived as stated, damaged or not at all.',
    entryOf<CustodyEventData<'ShipmentReceived'>>({
      shipmentId,
      asStated: splitByState,
      damaged: splitByState,
      missing: splitByState,
      sealChecks: listOf(objectOf<SealCheck>({ label: text(), seal: text(), isIntact: truth })),
      unexpected: described(serialSet, 'Not on the manifest: noted, and never in custody.'),
      approval: nullable(approval),
    }),
  ),
  ShipmentRefused: firstVersion(
    'The open part goes back to the consignor under a new number.',
    entryOf<CustodyEventData<'ShipmentRefused'>>({
      shipmentId,
      newShipmentId: shipmentId,
      to: accountId,
      usable: serialSet,
      invalid: serialSet,
      reason: text(),
      approval: nullable(approval),
    }),
  ),
  TransitIncidentReported: firstVersion(
    'Something happened to a shipment on its way; moves nothing, alerts.',
    entryOf<CustodyEventData<'TransitIncidentReported'>>({
      shipmentId,
      kind: oneOf(INCIDENT_KINDS),
      place: text(),
      policeReport: nullable(text()),
    }),
  ),
};
