import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import {
  decideResolveFinding,
  FINDING_RESOLUTIONS,
  parseFindingId,
  streamOfFinding,
  type FindingResolution,
  type ResolveFinding,
} from '../custody/finding/finding.js';
import { findingAggregate } from './aggregates.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

const MAX_EVENTS = 1_000;
const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export class ResolveFindingBody extends EntryBody {
  @IsIn(FINDING_RESOLUTIONS)
  how!: FindingResolution;

  /** Ids of the entries that carried it out. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_EVENTS)
  @Matches(EVENT_ID, { each: true })
  eventIds?: string[];
}

/** The books account for what was found. */
export class ResolveFindingCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly finding: string,
    readonly body: ResolveFindingBody,
  ) {
    super();
  }
}

@CommandHandler(ResolveFindingCommand)
export class ResolveFindingHandler implements ICommandHandler<ResolveFindingCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  async execute({ envelope, finding, body }: ResolveFindingCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: ResolveFinding = {
      ...reader.entry(body),
      findingId: reader.code(parseFindingId(finding), finding, ''),
      how: body.how,
      eventIds: [...(body.eventIds ?? [])],
    };
    if (reader.rejection !== null) return { ok: false, rejection: reader.rejection };
    return this.executor.execute({
      name: 'ResolveFinding',
      stream: streamOfFinding(command.findingId),
      aggregate: findingAggregate,
      envelope,
      command,
      approval: null,
      decide: ({ state }, context) => decideResolveFinding(state, command, context),
    });
  }
}
