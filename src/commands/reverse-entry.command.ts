import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Matches } from 'class-validator';
import { decideReverseEntry, type ReverseEntry } from '../custody/account/reverse-entry.js';
import { executeOnAccount } from './account-order.js';
import { Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { ApprovedEntryBody, REVISION } from './entry.body.js';

export class ReverseEntryBody extends ApprovedEntryBody {
  /** Revision of the entry, a decimal string. */
  @Matches(REVISION)
  revision!: string;

  @Text(500)
  reason!: string;
}

/** An entry made in error is undone. */
export class ReverseEntryCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: ReverseEntryBody,
  ) {
    super();
  }
}

@CommandHandler(ReverseEntryCommand)
export class ReverseEntryHandler implements ICommandHandler<ReverseEntryCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: ReverseEntryCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: ReverseEntry = {
      ...reader.entry(body),
      revision: BigInt(body.revision),
      reason: body.reason,
      approval: reader.approval(body.approval),
    };
    return executeOnAccount(this.executor, {
      name: 'ReverseEntry',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideReverseEntry(state, command, await facts.history(command.revision), context),
    });
  }
}
