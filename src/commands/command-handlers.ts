import { CloseBatchHandler } from './close-batch.command.js';
import { CloseFacilityHandler } from './close-facility.command.js';
import { CorrectOccurrenceHandler } from './correct-occurrence.command.js';
import { CountStockHandler } from './count-stock.command.js';
import { DestroyBlanksHandler } from './destroy-blanks.command.js';
import { DispatchShipmentHandler } from './dispatch-shipment.command.js';
import { HandOverCustodyHandler } from './hand-over-custody.command.js';
import { IssueBlanksHandler } from './issue-blanks.command.js';
import { MoveFacilityHandler } from './move-facility.command.js';
import { OpenFacilityHandler } from './open-facility.command.js';
import { ProcureBatchHandler } from './procure-batch.command.js';
import { ReceiveShipmentHandler } from './receive-shipment.command.js';
import { RecordFindingHandler } from './record-finding.command.js';
import { RecordProductionHandler } from './record-production.command.js';
import { RecordSpoilageHandler } from './record-spoilage.command.js';
import { RecordUnnumberedHandler } from './record-unnumbered.command.js';
import { RecoverBlanksHandler } from './recover-blanks.command.js';
import { RefuseShipmentHandler } from './refuse-shipment.command.js';
import { RenameFacilityHandler } from './rename-facility.command.js';
import { RenumberFacilityHandler } from './renumber-facility.command.js';
import { ReportDemandHandler } from './report-demand.command.js';
import { ReportMissingHandler } from './report-missing.command.js';
import { ReportTransitIncidentHandler } from './report-transit-incident.command.js';
import { ResolveFindingHandler } from './resolve-finding.command.js';
import { ReverseEntryHandler } from './reverse-entry.command.js';
import { SurrenderCardHandler } from './surrender-card.command.js';

/** Every use case that writes. */
export const COMMAND_HANDLERS = [
  ProcureBatchHandler,
  RecordProductionHandler,
  CloseBatchHandler,
  DispatchShipmentHandler,
  ReceiveShipmentHandler,
  RefuseShipmentHandler,
  IssueBlanksHandler,
  SurrenderCardHandler,
  RecordSpoilageHandler,
  DestroyBlanksHandler,
  ReportMissingHandler,
  RecoverBlanksHandler,
  CountStockHandler,
  HandOverCustodyHandler,
  ReverseEntryHandler,
  CorrectOccurrenceHandler,
  ReportTransitIncidentHandler,
  RecordUnnumberedHandler,
  RecordFindingHandler,
  ResolveFindingHandler,
  ReportDemandHandler,
  OpenFacilityHandler,
  CloseFacilityHandler,
  RenameFacilityHandler,
  RenumberFacilityHandler,
  MoveFacilityHandler,
] as const;
