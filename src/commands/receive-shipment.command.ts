import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsOptional } from 'class-validator';
import {
  decideReceiveShipment,
  type ReceiveShipment,
} from '../custody/account/receive-shipment.js';
import { executeOnAccount } from './account-order.js';
import { ListOf, Ranges, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { ApprovedEntryBody, SealCheckBody } from './entry.body.js';

const MAX_SEALS = 1_000;

export class ReceiveShipmentBody extends ApprovedEntryBody {
  /** The consignee's account, which receives. */
  @Text(32)
  account!: string;

  @Ranges()
  asStated?: string[];

  @Ranges()
  damaged?: string[];

  @Ranges()
  missing?: string[];

  @IsOptional()
  @ListOf(() => SealCheckBody, MAX_SEALS)
  sealChecks?: SealCheckBody[];

  /** Serials found that the manifest does not name. */
  @Ranges()
  unexpected?: string[];
}

/** The handover record of an incoming shipment. */
export class ReceiveShipmentCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly shipment: string,
    readonly body: ReceiveShipmentBody,
  ) {
    super();
  }
}

@CommandHandler(ReceiveShipmentCommand)
export class ReceiveShipmentHandler implements ICommandHandler<ReceiveShipmentCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, shipment, body }: ReceiveShipmentCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: ReceiveShipment = {
      ...reader.entry(body),
      shipmentId: reader.shipment(shipment),
      asStated: reader.serials(body.asStated, '/asStated'),
      damaged: reader.serials(body.damaged, '/damaged'),
      missing: reader.serials(body.missing, '/missing'),
      sealChecks: (body.sealChecks ?? []).map(({ label, seal, isIntact }) => ({
        label,
        seal,
        isIntact,
      })),
      unexpected: reader.serials(body.unexpected, '/unexpected'),
      approval: reader.approval(body.approval),
    };
    return executeOnAccount(this.executor, {
      name: 'ReceiveShipment',
      envelope,
      account: reader.account(body.account, '/account'),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideReceiveShipment(state, command, await facts.shipment(command.shipmentId), context),
    });
  }
}
