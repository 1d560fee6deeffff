import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  SUBJECT_VAULT,
  type SubjectVault,
  type VaultState,
} from '../access/subject-vault/subject-vault.js';
import { RegisterFollower } from '../commands/register-follower.js';
import { StoreUnavailable, type EventStore } from '../event-store/event-store.js';
import { ReadModels, type ProjectionStatus } from '../read-models/read-models.js';
import { EVENT_STORE } from '../tokens.js';
import { answered } from './answer-schemas.js';

/** A projection further behind than this, in events, cannot answer for the books. */
const MAX_LAG_EVENTS = 10_000;
/** The same in milliseconds, where the event store does not count events. */
const MAX_LAG_MS = 10_000;

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

function projectionReason({ name, haltedBy, ...behind }: ProjectionStatus): string | null {
  if (haltedBy !== null) {
    const place = haltedBy.position === null ? '' : ` at position ${haltedBy.position}`;
    return `projection ${name} has halted${place}: ${haltedBy.reason}`;
  }
  const lag = tooFarBehind(behind);
  return lag === null ? null : `projection ${name} is ${lag}`;
}

function tooFarBehind({
  lagEvents,
  lagMs,
}: Pick<ProjectionStatus, 'lagEvents' | 'lagMs'>): string | null {
  if (lagEvents !== null) return lagEvents > MAX_LAG_EVENTS ? `${lagEvents} events behind` : null;
  if (lagMs === null) return 'still reading the log';
  return lagMs > MAX_LAG_MS ? `${Math.round(lagMs / 1_000)} s behind` : null;
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
    const [projections, vault] = await Promise.all([this.projections(), this.vault.state()]);
    const reasons = [
      projections === null ? 'the event store does not answer' : null,
      ...this.ledgerReasons(),
      VAULT_REASONS[vault],
      ...(projections ?? []).map(projectionReason),
    ];
    const given = reasons.filter((reason) => reason !== null);
    if (given.length > 0) void reply.code(503);
    return {
      status: given.length === 0 ? 'ready' : 'not_ready',
      reasons: given,
      projections: projections ?? [],
    };
  }

  /** Null when the store does not say how far behind they are. */
  private async projections(): Promise<readonly ProjectionStatus[] | null> {
    try {
      return await this.readModels.status();
    } catch (error) {
      if (error instanceof StoreUnavailable) return null;
      throw error;
    }
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
