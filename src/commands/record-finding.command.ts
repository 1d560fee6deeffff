import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, Matches } from 'class-validator';
import {
  decideRecordFinding,
  parseFindingId,
  streamOfFinding,
  type RecordFinding,
} from '../custody/finding/finding.js';
import { findingAggregate } from './aggregates.js';
import { Ranges, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody, SHA256 } from './entry.body.js';

const MAX_CHIPS = 10_000;
const MAX_PHOTOS = 100;
const CHIP_UID = /^[0-9A-F]{8,32}$/;

export class RecordFindingBody extends EntryBody {
  /** The finder's reference, e.g. `SERANG-2018-09`: capitals, digits and dashes. */
  @Text(32)
  finding!: string;

  @Text()
  place!: string;

  @Ranges()
  serials?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_CHIPS)
  @Matches(CHIP_UID, { each: true })
  chipUids?: string[];

  /** Cards without a legible serial. */
  @IsOptional()
  @IsInt()
  illegibleCount?: number;

  /** SHA-256 of each photo. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_PHOTOS)
  @Matches(SHA256, { each: true })
  photos?: string[];
}

/** Cards turned up outside any manifest. */
export class RecordFindingCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly body: RecordFindingBody,
  ) {
    super();
  }
}

@CommandHandler(RecordFindingCommand)
export class RecordFindingHandler implements ICommandHandler<RecordFindingCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  async execute({ envelope, body }: RecordFindingCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: RecordFinding = {
      ...reader.entry(body),
      findingId: reader.code(parseFindingId(body.finding), body.finding, '/finding'),
      place: body.place,
      serials: reader.serials(body.serials, '/serials'),
      chipUids: [...(body.chipUids ?? [])],
      illegibleCount: body.illegibleCount ?? 0,
      photos: [...(body.photos ?? [])],
    };
    if (reader.rejection !== null) return { ok: false, rejection: reader.rejection };
    return this.executor.execute({
      name: 'RecordFinding',
      stream: streamOfFinding(command.findingId),
      aggregate: findingAggregate,
      envelope,
      command,
      approval: null,
      decide: ({ state }, context) => decideRecordFinding(state, command, context),
    });
  }
}
