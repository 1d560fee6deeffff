import { Module, type DynamicModule } from '@nestjs/common';
import { AccountBooksController } from './account-books.controller.js';
import { AccountStockController } from './account-stock.controller.js';
import { BatchesController } from './batches.controller.js';
import { CardsController } from './cards.controller.js';
import { CommandGateway } from './command-gateway.js';
import { EventsController } from './events.controller.js';
import { FacilitiesController } from './facilities.controller.js';
import { FindingsController } from './findings.controller.js';
import { HealthController } from './health.controller.js';
import { LedgerMetrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MissingController } from './missing.controller.js';
import { ProblemsController } from './problems.controller.js';
import { QueryGateway } from './query-gateway.js';
import { ShipmentsController } from './shipments.controller.js';
import { StockController } from './stock.controller.js';
import { TraceController } from './trace.controller.js';

const CONTROLLERS = [
  BatchesController,
  ShipmentsController,
  AccountStockController,
  AccountBooksController,
  CardsController,
  FindingsController,
  TraceController,
  MissingController,
  StockController,
  EventsController,
  FacilitiesController,
  HealthController,
  MetricsController,
  ProblemsController,
];

/** Everything under `/api`. */
@Module({})
export class HttpModule {
  static forRoot(metrics: LedgerMetrics): DynamicModule {
    return {
      module: HttpModule,
      controllers: CONTROLLERS,
      providers: [CommandGateway, QueryGateway, { provide: LedgerMetrics, useValue: metrics }],
    };
  }
}
