import { Module, type DynamicModule } from '@nestjs/common';
import { AccountBooksController } from './account-books.controller.js';
import { AccountStockController } from './account-stock.controller.js';
import { BatchesController } from './batches.controller.js';
import { CardsController } from './cards.controller.js';
import { CommandGateway } from './command-gateway.js';
import { DemandController } from './demand.controller.js';
import { EventsController } from './events.controller.js';
import { ExportsController } from './exports.controller.js';
import { FacilitiesController } from './facilities.controller.js';
import { FeedController } from './feed.controller.js';
import { FindingsController } from './findings.controller.js';
import { HealthController } from './health.controller.js';
import { LiveLog } from '../read-models/live/live-log.js';
import { EVENT_STORE, SETTINGS } from '../tokens.js';
import type { EventStore } from '../event-store/event-store.js';
import { LedgerMetrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MissingController } from './missing.controller.js';
import { ProblemsController } from './problems.controller.js';
import { QueryGateway } from './query-gateway.js';
import { ReadModelsController } from './read-models.controller.js';
import { RoutesController } from './routes.controller.js';
import { ShipmentsController } from './shipments.controller.js';
import { StockController } from './stock.controller.js';
import { openWebhooks, WEBHOOKS } from './open-webhooks.js';
import { WebhooksController } from './webhooks.controller.js';
import { TraceController } from './trace.controller.js';

const CONTROLLERS = [
  BatchesController,
  ReadModelsController,
  ShipmentsController,
  RoutesController,
  AccountStockController,
  AccountBooksController,
  CardsController,
  FindingsController,
  TraceController,
  MissingController,
  StockController,
  DemandController,
  EventsController,
  ExportsController,
  FeedController,
  FacilitiesController,
  HealthController,
  MetricsController,
  ProblemsController,
  WebhooksController,
];

/** Everything under `/api`. */
@Module({})
export class HttpModule {
  static forRoot(metrics: LedgerMetrics): DynamicModule {
    return {
      module: HttpModule,
      controllers: CONTROLLERS,
      providers: [
        CommandGateway,
        QueryGateway,
        { provide: LedgerMetrics, useValue: metrics },
        {
          provide: LiveLog,
          useFactory: (store: EventStore) => new LiveLog(store),
          inject: [EVENT_STORE],
        },
        {
          provide: WEBHOOKS,
          useFactory: openWebhooks,
          inject: [SETTINGS, EVENT_STORE, LiveLog],
        },
      ],
    };
  }
}
