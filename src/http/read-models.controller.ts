import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Clock } from '../commands/command-envelope.js';
import { ReadModels, type ProjectionStatus } from '../read-models/read-models.js';
import { RebuildDesk, type RebuildStatus } from '../read-models/rebuild-desk.js';
import { CLOCK } from '../tokens.js';
import { OperationRoute } from './operation-route.js';
import { Problem } from './problem.js';
import { ReadRoute } from './read-route.js';

/** The derived tables behind every answer. */
@ApiTags('operations')
@Controller('read-models')
export class ReadModelsController {
  private readonly desk: RebuildDesk;

  constructor(
    private readonly models: ReadModels,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.desk = new RebuildDesk(models, () => clock.now());
  }

  @ReadRoute('', {
    summary: 'How far each read model is, and what became of the last rebuild',
    answer: 'Every projection; the rebuild under way, or the last one of this process.',
    schema: 'ReadModels',
    takesQuery: false,
  })
  async status(): Promise<{
    readonly projections: readonly ProjectionStatus[];
    readonly rebuild: RebuildStatus | null;
  }> {
    return { projections: await this.models.status(), rebuild: this.desk.status };
  }

  @OperationRoute('rebuilds', {
    summary: 'Build all read models anew from the log, while these serve on',
    example: {},
    schema: 'Rebuild',
  })
  rebuild(): RebuildStatus {
    const started = this.desk.start();
    if (started === null) throw new Problem('rebuild_under_way');
    return started;
  }
}
