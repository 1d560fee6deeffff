import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsIn } from 'class-validator';
import { decideRecoverBlanks, type RecoverBlanks } from '../custody/account/recover-blanks.js';
import {
  HELD_STATES,
  RECOVERY_KINDS,
  type HeldState,
  type RecoveryKind,
} from '../custody/account/events.js';
import { executeOnAccount } from './account-order.js';
import { Ranges, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

export class RecoverBlanksBody extends EntryBody {
  @Ranges()
  serials!: string[];

  @IsIn(HELD_STATES)
  as!: HeldState;

  @IsIn(RECOVERY_KINDS)
  kind!: RecoveryKind;

  @Text()
  place!: string;
}

/** Missing serials are in custody again. */
export class RecoverBlanksCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: RecoverBlanksBody,
  ) {
    super();
  }
}

@CommandHandler(RecoverBlanksCommand)
export class RecoverBlanksHandler implements ICommandHandler<RecoverBlanksCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: RecoverBlanksCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: RecoverBlanks = {
      ...reader.entry(body),
      serials: reader.serials(body.serials, '/serials'),
      as: body.as,
      kind: body.kind,
      place: body.place,
    };
    return executeOnAccount(this.executor, {
      name: 'RecoverBlanks',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: (state, context) => decideRecoverBlanks(state, command, context),
    });
  }
}
