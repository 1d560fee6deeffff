import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsOptional } from 'class-validator';
import { ISSUANCE_REASONS, type IssuanceReason } from '../custody/account/events.js';
import {
  decideReportDemand,
  MAX_WAITING,
  streamOfDemand,
  type ReportDemand,
} from '../custody/demand/demand.js';
import { demandAggregate } from './aggregates.js';
import { Day, MatchesSchema } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

const COUNT = { type: 'integer', minimum: 0, maximum: MAX_WAITING };
const BY_REASON_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: Object.fromEntries(ISSUANCE_REASONS.map((reason) => [reason, COUNT])),
};

export class ReportDemandBody extends EntryBody {
  @Day()
  asOf!: string;

  /** The day by which they must be served, e.g. that of an election. */
  @IsOptional()
  @Day()
  deadline?: string | null;

  /** Residents waiting, by reason. */
  @MatchesSchema(BY_REASON_SCHEMA)
  byReason!: Partial<Record<IssuanceReason, number>>;
}

/** Residents waiting for a card at an office. */
export class ReportDemandCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: ReportDemandBody,
  ) {
    super();
  }
}

@CommandHandler(ReportDemandCommand)
export class ReportDemandHandler implements ICommandHandler<ReportDemandCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  async execute({ envelope, account, body }: ReportDemandCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: ReportDemand = {
      ...reader.entry(body),
      facilityId: reader.facility(account, ''),
      asOf: body.asOf,
      deadline: body.deadline ?? null,
      byReason: { ...body.byReason },
    };
    if (reader.rejection !== null) return { ok: false, rejection: reader.rejection };
    return this.executor.execute({
      name: 'ReportDemand',
      stream: streamOfDemand(command.facilityId),
      aggregate: demandAggregate,
      envelope,
      command,
      approval: null,
      decide: (_session, context) => decideReportDemand(command, context),
    });
  }
}
