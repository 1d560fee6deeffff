import { HoldingsOfHandler } from './accounts/holdings-of.query.js';
import { BatchByCodeHandler } from './batches/batch-by-code.query.js';
import { EventsExportHandler } from './exports/events-export.query.js';
import { MovementsExportHandler } from './exports/movements-export.query.js';
import { StockExportHandler } from './exports/stock-export.query.js';
import { TraceExportHandler } from './exports/trace-export.query.js';
import {
  StockAsOfHandler,
  StockChangesHandler,
  StocksAsOfHandler,
} from './history/stock-as-of.query.js';
import { ProposedAllocationHandler } from './demand/allocation.query.js';
import { DemandOfFacilityHandler } from './demand/demand-of-facility.query.js';
import { DemandWithinHandler } from './demand/demand-within.query.js';
import { FindingByIdHandler, FindingsHandler } from './findings/findings.query.js';
import { GapByIdHandler } from './missing/gap-by-id.query.js';
import { GapsWithinHandler } from './missing/gaps.query.js';
import { SearchFacilitiesHandler } from './facilities/search-facilities.query.js';
import { RouteOfHandler } from './shipments/route-of.query.js';
import { RoutesWithinHandler } from './shipments/routes-within.query.js';
import { ShipmentByIdHandler } from './shipments/shipment-by-id.query.js';
import { ShipmentsOfHandler } from './shipments/shipments-of.query.js';
import { TransitByLevelHandler } from './shipments/transit-by-level.query.js';
import { UnexpectedInHandler } from './shipments/unexpected-in.query.js';
import { StockCardOfHandler } from './stock-card/stock-card.query.js';
import { StockOfFacilityHandler } from './stock/stock-of-facility.query.js';
import { StockWithinHandler } from './stock/stock-within.query.js';
import { BatchTreeHandler } from './trace/batch-tree.query.js';
import { TraceSerialHandler } from './trace/trace-serial.query.js';
import { TraceSerialsHandler } from './trace/trace-serials.query.js';
import { EventsAfterHandler } from './trail/events-after.query.js';
import { EventsOfHandler } from './trail/events-of.query.js';

/** Every question. They need `ReadModels`, `FacilityRegister` and `EVENT_STORE`. */
export const QUERY_HANDLERS = [
  StockOfFacilityHandler,
  StockWithinHandler,
  ShipmentByIdHandler,
  ShipmentsOfHandler,
  RoutesWithinHandler,
  RouteOfHandler,
  TransitByLevelHandler,
  UnexpectedInHandler,
  DemandWithinHandler,
  DemandOfFacilityHandler,
  ProposedAllocationHandler,
  BatchByCodeHandler,
  HoldingsOfHandler,
  EventsOfHandler,
  StockCardOfHandler,
  StockAsOfHandler,
  StocksAsOfHandler,
  StockChangesHandler,
  EventsAfterHandler,
  SearchFacilitiesHandler,
  EventsExportHandler,
  MovementsExportHandler,
  StockExportHandler,
  TraceExportHandler,
  TraceSerialHandler,
  TraceSerialsHandler,
  BatchTreeHandler,
  GapsWithinHandler,
  GapByIdHandler,
  FindingsHandler,
  FindingByIdHandler,
] as const;
