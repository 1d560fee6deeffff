import { Module, type DynamicModule } from '@nestjs/common';
import { HttpModule } from './http/http.module.js';
import type { LedgerMetrics } from './http/metrics.js';
import { LedgerModule, type LedgerOptions } from './ledger.module.js';
import type { Settings } from './settings.js';

export interface AppOptions extends Pick<
  LedgerOptions,
  'clock' | 'maxFileBytes' | 'onHalt' | 'onLost' | 'onForeign'
> {
  readonly metrics: LedgerMetrics;
}

/** The server: the ledger, written by this process alone, and its HTTP interface. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, { metrics, ...options }: AppOptions): DynamicModule {
    const ledger = { ...options, mode: 'writer', onAppend: metrics.appended } as const;
    return {
      module: AppModule,
      imports: [LedgerModule.forRoot(settings, ledger), HttpModule.forRoot(metrics)],
    };
  }
}
