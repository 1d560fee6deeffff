import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  decideHandOverCustody,
  type HandOverCustody,
} from '../custody/account/hand-over-custody.js';
import { executeOnAccount } from './account-order.js';
import { OptionalText, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { CountStockBody, readCount } from './count-stock.command.js';

export class HandOverCustodyBody extends CountStockBody {
  /** The officer who answered so far; null for the first custodian of the account. */
  @OptionalText(64)
  from?: string | null;

  @Text(64)
  to!: string;
}

/** One officer hands the account to another, with the count both signed. */
export class HandOverCustodyCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: HandOverCustodyBody,
  ) {
    super();
  }
}

@CommandHandler(HandOverCustodyCommand)
export class HandOverCustodyHandler implements ICommandHandler<HandOverCustodyCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: HandOverCustodyCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: HandOverCustody = {
      ...reader.entry(body),
      ...readCount(reader, body),
      from: body.from ?? null,
      to: body.to,
    };
    return executeOnAccount(this.executor, {
      name: 'HandOverCustody',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideHandOverCustody(state, command, await facts.bookAt(command.bookRevision), context),
    });
  }
}
