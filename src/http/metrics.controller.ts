import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SUBJECT_VAULT, type SubjectVault } from '../access/subject-vault/subject-vault.js';
import { StoreUnavailable, type EventStore } from '../event-store/event-store.js';
import { ReadModels } from '../read-models/read-models.js';
import { EVENT_STORE } from '../tokens.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import { LedgerMetrics } from './metrics.js';
import { WEBHOOKS } from './open-webhooks.js';

/** Figures for Prometheus. */
@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: LedgerMetrics,
    private readonly readModels: ReadModels,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SUBJECT_VAULT) private readonly vault: SubjectVault,
    @Inject(WEBHOOKS) private readonly webhooks: Webhooks | null,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Metrics in the text format of Prometheus' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'Every metric.', schema: { type: 'string' } })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    this.metrics.storeIs(this.store.readOnlyReason === null ? 'writable' : 'read_only');
    this.metrics.vaultIs((await this.vault.state()) === 'writable' ? 'writable' : 'read_only');
    await this.lookAtProjections();
    this.lookAtWebhooks();
    void reply.header('Content-Type', this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }

  private lookAtWebhooks(): void {
    if (this.webhooks === null) return;
    const all = this.webhooks.all();
    this.metrics.webhooksAre(
      all.reduce((sum, { pending }) => sum + pending, 0),
      all.reduce((sum, { deadLetters }) => sum + deadLetters, 0),
    );
  }

  private async lookAtProjections(): Promise<void> {
    try {
      for (const { name, ...lag } of await this.readModels.status())
        this.metrics.projectionBehind(name, lag);
      this.metrics.storeAnswers(true);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.metrics.storeAnswers(false);
    }
  }
}
