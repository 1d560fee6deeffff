import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsIn } from 'class-validator';
import {
  decideReportTransitIncident,
  type ReportTransitIncident,
} from '../custody/account/report-transit-incident.js';
import { INCIDENT_KINDS, type IncidentKind } from '../custody/account/events.js';
import { executeOnAccount } from './account-order.js';
import { OptionalText, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

export class ReportTransitIncidentBody extends EntryBody {
  /** The consignor's account, which reports. */
  @Text(32)
  account!: string;

  @IsIn(INCIDENT_KINDS)
  kind!: IncidentKind;

  @Text()
  place!: string;

  @OptionalText(128)
  policeReport?: string | null;
}

/** "The truck was robbed": moves nothing, alerts. */
export class ReportTransitIncidentCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly shipment: string,
    readonly body: ReportTransitIncidentBody,
  ) {
    super();
  }
}

@CommandHandler(ReportTransitIncidentCommand)
export class ReportTransitIncidentHandler implements ICommandHandler<ReportTransitIncidentCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, shipment, body }: ReportTransitIncidentCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: ReportTransitIncident = {
      ...reader.entry(body),
      shipmentId: reader.shipment(shipment),
      kind: body.kind,
      place: body.place,
      policeReport: body.policeReport ?? null,
    };
    return executeOnAccount(this.executor, {
      name: 'ReportTransitIncident',
      envelope,
      account: reader.account(body.account, '/account'),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideReportTransitIncident(
          state,
          command,
          await facts.shipment(command.shipmentId),
          context,
        ),
    });
  }
}
