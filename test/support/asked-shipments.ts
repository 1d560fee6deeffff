import type { CustodyEvent, CustodyEventOf } from '../../src/custody/account/events.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';
import { Scope } from '../../src/read-models/scope.js';
import { RouteOf, RouteOfHandler } from '../../src/read-models/shipments/route-of.query.js';
import {
  RoutesWithin,
  RoutesWithinHandler,
} from '../../src/read-models/shipments/routes-within.query.js';
import type { ShipmentSummary } from '../../src/read-models/shipments/shipment-answer.js';
import {
  ShipmentById,
  ShipmentByIdHandler,
} from '../../src/read-models/shipments/shipment-by-id.query.js';
import {
  ShipmentsOf,
  ShipmentsOfHandler,
  type ShipmentFilter,
} from '../../src/read-models/shipments/shipments-of.query.js';
import {
  TransitByLevel,
  TransitByLevelHandler,
} from '../../src/read-models/shipments/transit-by-level.query.js';
import {
  UnexpectedIn,
  UnexpectedInHandler,
} from '../../src/read-models/shipments/unexpected-in.query.js';
import type { AskedLedger } from './asked-ledger.js';
import { ENTRY } from './projection-world.js';

const NATION = Scope.nation;

/** What can be asked about shipments, answered by the read models of a ledger. */
export function askingShipments({ models, register }: AskedLedger) {
  const listing = new ShipmentsOfHandler(models, register);
  const routing = new RoutesWithinHandler(models, register);
  return {
    async list(filter: ShipmentFilter, scope = NATION): Promise<readonly ShipmentSummary[]> {
      const page = await listing.execute(new ShipmentsOf(scope, filter, null, 1_000));
      return page?.items ?? [];
    },
    routes: (within: string, scope = NATION, limit = 1_000, cursor: string | null = null) =>
      routing.execute(new RoutesWithin(scope, within, cursor, limit)),
    route: (from: string, to: string, scope = NATION) =>
      new RouteOfHandler(models).execute(new RouteOf(scope, from, to)),
    shipment: (id: string, scope = NATION) =>
      new ShipmentByIdHandler(models).execute(new ShipmentById(scope, id)),
    unexpected: (id: string, scope = NATION) =>
      new UnexpectedInHandler(models).execute(new UnexpectedIn(scope, id)),
    levels: (within: string, scope = NATION) =>
      new TransitByLevelHandler(models, register).execute(new TransitByLevel(scope, within)),
  };
}

const none = { usable: [], invalid: [] };

export function serials(first: number, last: number) {
  return [{ batch: '2017-A', ranges: [[first, last]] }];
}

export function dispatched(
  shipmentId: string,
  to: string,
  first: number,
  last: number,
  occurredAt: OccurredAt = ENTRY.occurredAt,
) {
  const data = {
    ...ENTRY,
    occurredAt,
    ...{ shipmentId, to, basis: 'allocation', carrier: 'Pos', vehicle: null },
    packages: [{ label: 'K', kind: 'dus', seal: 'S', usable: serials(first, last), invalid: [] }],
    ...{ expectedBy: '2017-04-02T10:00:00.000Z', paperNumber: null, approval: null },
  };
  return { type: 'ShipmentDispatched', data } as unknown as CustodyEvent;
}

export function receivedAs(shipmentId: string, found: object) {
  const data = { ...ENTRY, shipmentId, asStated: none, damaged: none, missing: none, ...found };
  return {
    type: 'ShipmentReceived',
    data: { sealChecks: [], unexpected: [], approval: null, ...data },
  } as unknown as CustodyEventOf<'ShipmentReceived'>;
}
