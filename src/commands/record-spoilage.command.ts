import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsIn } from 'class-validator';
import { decideRecordSpoilage, type RecordSpoilage } from '../custody/account/record-spoilage.js';
import { SPOILAGE_CAUSES, type SpoilageCause } from '../custody/account/events.js';
import { executeOnAccount } from './account-order.js';
import { Ranges } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

export class RecordSpoilageBody extends EntryBody {
  @Ranges()
  serials!: string[];

  @IsIn(SPOILAGE_CAUSES)
  cause!: SpoilageCause;
}

/** Usable blanks become invalid. */
export class RecordSpoilageCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: RecordSpoilageBody,
  ) {
    super();
  }
}

@CommandHandler(RecordSpoilageCommand)
export class RecordSpoilageHandler implements ICommandHandler<RecordSpoilageCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: RecordSpoilageCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: RecordSpoilage = {
      ...reader.entry(body),
      serials: reader.serials(body.serials, '/serials'),
      cause: body.cause,
    };
    return executeOnAccount(this.executor, {
      name: 'RecordSpoilage',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: (state, context) => decideRecordSpoilage(state, command, context),
    });
  }
}
