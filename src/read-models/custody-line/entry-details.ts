import { assertNever } from '../../custody/assert.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import type { JsonObject } from '../../event-store/event-store.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';

/**
 * What an entry says besides its serials, places and persons, as far as whoever follows a serial needs
 * it: no free text, no documents. Small, so that no question need read the log for it.
 */
export function entryDetails(event: Recorded<CustodyEvent>): JsonObject {
  const { onBehalfOf } = event.metadata;
  const details = detailsByType(event) as unknown as JsonObject;
  return onBehalfOf === null ? details : { ...details, onBehalfOf };
}

function detailsByType({ type, data }: CustodyEvent): object {
  switch (type) {
    case 'BatchProcured':
      return { contract: data.contract, vendor: data.vendor, signedOn: data.signedOn };
    case 'BlanksProduced':
      return { deliveryNo: data.deliveryNo };
    case 'BatchClosed':
      return { shortage: data.shortage, reason: data.reason };
    case 'ShipmentDispatched': {
      const { basis, carrier, vehicle, expectedBy, paperNumber } = data;
      return { basis, carrier, vehicle, expectedBy, paperNumber };
    }
    case 'ShipmentReceived':
      return { sealChecks: data.sealChecks };
    case 'ShipmentRefused':
      return { reason: data.reason };
    case 'BlankIssued':
      return { reason: data.reason };
    case 'CardSurrendered':
      return { reason: data.reason, findingId: data.findingId };
    case 'BlanksSpoiled':
      return { cause: data.cause };
    case 'BlanksDestroyed':
      return { method: data.method, place: data.place, witnesses: data.witnesses };
    case 'BlanksReportedMissing':
      return { kind: data.kind, policeReport: data.policeReport };
    case 'BlanksRecovered':
      return { as: data.as, kind: data.kind, place: data.place };
    case 'StockCounted':
      return { bookRevision: data.bookRevision };
    case 'CustodianChanged':
      return { from: data.from, to: data.to };
    case 'EntryReversed':
      return { entryType: data.entryType, reason: data.reason };
    case 'OccurrenceCorrected':
      return { correctedTo: data.correctedTo, reason: data.reason };
    case 'TransitIncidentReported': {
      const { shipmentId, kind, place, policeReport } = data;
      return { shipmentId, kind, place, policeReport };
    }
    case 'UnnumberedCardsRecorded':
      return { count: data.count, bag: data.bag, seal: data.seal };
    default:
      return assertNever(type);
  }
}
