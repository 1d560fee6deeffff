import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsIn } from 'class-validator';
import { decideSurrenderCard, type SurrenderCard } from '../custody/account/surrender-card.js';
import { SURRENDER_REASONS, type SurrenderReason } from '../custody/account/events.js';
import { parseFindingId } from '../custody/finding/finding.js';
import { executeOnAccount } from './account-order.js';
import { OptionalText, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

export class SurrenderCardBody extends EntryBody {
  /** The account that issued the card. */
  @Text(32)
  account!: string;

  /** The office it was handed in at. */
  @Text(32)
  handedInAt!: string;

  @IsIn(SURRENDER_REASONS)
  reason!: SurrenderReason;

  @OptionalText(32)
  finding?: string | null;
}

/** An issued card comes back. */
export class SurrenderCardCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly serial: string,
    readonly body: SurrenderCardBody,
  ) {
    super();
  }
}

@CommandHandler(SurrenderCardCommand)
export class SurrenderCardHandler implements ICommandHandler<SurrenderCardCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, serial, body }: SurrenderCardCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const { finding } = body;
    const command: SurrenderCard = {
      ...reader.entry(body),
      serial: reader.serial(serial, ''),
      handedInAt: reader.facility(body.handedInAt, '/handedInAt'),
      findingId:
        typeof finding === 'string'
          ? reader.code(parseFindingId(finding), finding, '/finding')
          : null,
      reason: body.reason,
    };
    return executeOnAccount(this.executor, {
      name: 'SurrenderCard',
      envelope,
      account: reader.account(body.account, '/account'),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideSurrenderCard(state, command, await facts.issuedAt(command.serial), context),
    });
  }
}
