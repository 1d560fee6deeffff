import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsInt } from 'class-validator';
import {
  decideRecordUnnumbered,
  type RecordUnnumbered,
} from '../custody/account/record-unnumbered.js';
import { executeOnAccount } from './account-order.js';
import { Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

export class RecordUnnumberedBody extends EntryBody {
  @IsInt()
  count!: number;

  @Text(64)
  bag!: string;

  @Text(64)
  seal!: string;

  @Text()
  source!: string;
}

/** Cards without a legible serial are taken in. */
export class RecordUnnumberedCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: RecordUnnumberedBody,
  ) {
    super();
  }
}

@CommandHandler(RecordUnnumberedCommand)
export class RecordUnnumberedHandler implements ICommandHandler<RecordUnnumberedCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: RecordUnnumberedCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: RecordUnnumbered = {
      ...reader.entry(body),
      count: body.count,
      bag: body.bag,
      seal: body.seal,
      source: body.source,
    };
    return executeOnAccount(this.executor, {
      name: 'RecordUnnumbered',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: (state, context) => decideRecordUnnumbered(state, command, context),
    });
  }
}
