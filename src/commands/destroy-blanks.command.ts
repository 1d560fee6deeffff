import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsIn, IsInt, IsOptional } from 'class-validator';
import { decideDestroyBlanks, type DestroyBlanks } from '../custody/account/destroy-blanks.js';
import { DESTRUCTION_METHODS, type DestructionMethod } from '../custody/account/events.js';
import { executeOnAccount } from './account-order.js';
import { ListOf, Ranges, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { ApprovedEntryBody, OfficerBody } from './entry.body.js';

export class DestroyBlanksBody extends ApprovedEntryBody {
  @Ranges()
  serials?: string[];

  /** Cards without a legible serial destroyed with them. */
  @IsOptional()
  @IsInt()
  unnumbered?: number;

  @IsIn(DESTRUCTION_METHODS)
  method!: DestructionMethod;

  @Text()
  place!: string;

  @ListOf(() => OfficerBody)
  witnesses!: OfficerBody[];
}

/** Invalid cards are destroyed before witnesses. */
export class DestroyBlanksCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: DestroyBlanksBody,
  ) {
    super();
  }
}

@CommandHandler(DestroyBlanksCommand)
export class DestroyBlanksHandler implements ICommandHandler<DestroyBlanksCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: DestroyBlanksCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: DestroyBlanks = {
      ...reader.entry(body),
      serials: reader.serials(body.serials, '/serials'),
      unnumbered: body.unnumbered ?? 0,
      method: body.method,
      place: body.place,
      witnesses: body.witnesses.map(({ id, role, facilityId }) => ({ id, role, facilityId })),
      approval: reader.approval(body.approval),
    };
    return executeOnAccount(this.executor, {
      name: 'DestroyBlanks',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: (state, context) => decideDestroyBlanks(state, command, context),
    });
  }
}
