import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsIn } from 'class-validator';
import { decideReportMissing, type ReportMissing } from '../custody/account/report-missing.js';
import { LOSS_KINDS, type LossKind } from '../custody/account/events.js';
import { executeOnAccount } from './account-order.js';
import { OptionalText, Ranges } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { ApprovedEntryBody } from './entry.body.js';

export class ReportMissingBody extends ApprovedEntryBody {
  @Ranges()
  serials!: string[];

  @IsIn(LOSS_KINDS)
  kind!: LossKind;

  @OptionalText(128)
  policeReport?: string | null;

  /** Set when the serials are in transit to this account. */
  @OptionalText(40)
  shipment?: string | null;
}

/** Serials are unaccounted for from now on. */
export class ReportMissingCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: ReportMissingBody,
  ) {
    super();
  }
}

@CommandHandler(ReportMissingCommand)
export class ReportMissingHandler implements ICommandHandler<ReportMissingCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: ReportMissingCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: ReportMissing = {
      ...reader.entry(body),
      serials: reader.serials(body.serials, '/serials'),
      kind: body.kind,
      policeReport: body.policeReport ?? null,
      shipmentId: typeof body.shipment === 'string' ? reader.shipment(body.shipment) : null,
      approval: reader.approval(body.approval),
    };
    return executeOnAccount(this.executor, {
      name: 'ReportMissing',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: async (state, context, facts) => {
        const { shipmentId } = command;
        const shipment = shipmentId === null ? null : await facts.shipment(shipmentId);
        return decideReportMissing(state, command, shipment, context);
      },
    });
  }
}
