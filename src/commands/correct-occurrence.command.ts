import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Matches } from 'class-validator';
import {
  decideCorrectOccurrence,
  type CorrectOccurrence,
} from '../custody/account/correct-occurrence.js';
import { executeOnAccount } from './account-order.js';
import { ObjectOf, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody, OccurredAtBody, REVISION } from './entry.body.js';

export class CorrectOccurrenceBody extends EntryBody {
  /** Revision of the entry, a decimal string. */
  @Matches(REVISION)
  revision!: string;

  @ObjectOf(() => OccurredAtBody)
  correctedTo!: OccurredAtBody;

  @Text(500)
  reason!: string;
}

/** Replaces a wrong time of an entry. */
export class CorrectOccurrenceCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: CorrectOccurrenceBody,
  ) {
    super();
  }
}

@CommandHandler(CorrectOccurrenceCommand)
export class CorrectOccurrenceHandler implements ICommandHandler<CorrectOccurrenceCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: CorrectOccurrenceCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: CorrectOccurrence = {
      ...reader.entry(body),
      revision: BigInt(body.revision),
      correctedTo: reader.time(body.correctedTo, '/correctedTo'),
      reason: body.reason,
    };
    return executeOnAccount(this.executor, {
      name: 'CorrectOccurrence',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideCorrectOccurrence(state, command, await facts.correctable(command.revision), context),
    });
  }
}
