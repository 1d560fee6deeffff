import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  SUBJECT_VAULT,
  type SubjectVault,
  type VaultState,
} from '../access/subject-vault/subject-vault.js';
import { RegisterFollower } from '../commands/register-follower.js';
import type { EventStore } from '../event-store/event-store.js';
import { ReadModels, type ProjectionStatus } from '../read-models/read-models.js';
import { EVENT_STORE } from '../tokens.js';
import { answered } from './answer-schemas.js';

/** A projection further behind than this, in events, cannot answer for the books. */
const MAX_LAG_EVENTS = 10_000;

const VAULT_REASONS: Readonly<Record<VaultState, string | null>> = {
  writable: null,
  read_only: 'the subject vault is read-only: its server takes no writes',
  write_failed: 'the subject vault is read-only until restarted: a write failed',
  unreachable: 'the subject vault cannot be reached',
};

interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly reasons: readonly string[];
  readonly projections: readonly ProjectionStatus[];
}

function projectionReason({ name, haltedBy, lagEvents }: ProjectionStatus): string | null {
  if (haltedBy !== null) {
    const place = haltedBy.position === null ? '' : ` at position ${haltedBy.position}`;
    return `projection ${name} has halted${place}: ${haltedBy.reason}`;
  }
  return lagEvents > MAX_LAG_EVENTS ? `projection ${name} is ${lagEvents} events behind` : null;
}

/** Whether the process runs, and whether it can do its work. */
@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly follower: RegisterFollower,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SUBJECT_VAULT) private readonly vault: SubjectVault,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  @ApiResponse({ status: 200, description: 'It does.', schema: answered('Liveness') })
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Reads and writes can be served' })
  @ApiResponse({ status: 200, description: 'They can.', schema: answered('Readiness') })
  @ApiResponse({
    status: 503,
    description: 'They cannot; the answer says why.',
    schema: answered('Readiness'),
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const [projections, vault] = await Promise.all([this.readModels.status(), this.vault.state()]);
    const reasons = [
      ...this.ledgerReasons(),
      VAULT_REASONS[vault],
      ...projections.map(projectionReason),
    ];
    const given = reasons.filter((reason) => reason !== null);
    if (given.length > 0) void reply.code(503);
    return { status: given.length === 0 ? 'ready' : 'not_ready', reasons: given, projections };
  }

  private ledgerReasons(): readonly (string | null)[] {
    const { store, follower } = this;
    const { readOnlyReason } = store;
    return [
      readOnlyReason === null ? null : `the event store is read-only: ${readOnlyReason}`,
      follower.register.isPublished ? null : 'the register of facilities is not published',
      follower.haltedBy === null
        ? null
        : `the register of facilities has halted: ${follower.haltedBy}`,
    ];
  }
}
