import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideCloseBatch, type CloseBatch } from '../custody/account/close-batch.js';
import { executeOnAccount } from './account-order.js';
import { OptionalText } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

export class CloseBatchBody extends EntryBody {
  /** Why less was made than contracted. */
  @OptionalText(500)
  reason?: string | null;
}

/** Production of a batch is over. */
export class CloseBatchCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: CloseBatchBody,
  ) {
    super();
  }
}

@CommandHandler(CloseBatchCommand)
export class CloseBatchHandler implements ICommandHandler<CloseBatchCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: CloseBatchCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: CloseBatch = {
      ...reader.entry(body),
      reason: body.reason ?? null,
    };
    return executeOnAccount(this.executor, {
      name: 'CloseBatch',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: (state, context) => decideCloseBatch(state, command, context),
    });
  }
}
