import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideRefuseShipment, type RefuseShipment } from '../custody/account/refuse-shipment.js';
import { executeOnAccount } from './account-order.js';
import { Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { ApprovedEntryBody } from './entry.body.js';

export class RefuseShipmentBody extends ApprovedEntryBody {
  /** The consignee's account, which refuses. */
  @Text(32)
  account!: string;

  @Text(500)
  reason!: string;
}

/** The open part of a shipment goes back to its consignor. */
export class RefuseShipmentCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly shipment: string,
    readonly body: RefuseShipmentBody,
  ) {
    super();
  }
}

@CommandHandler(RefuseShipmentCommand)
export class RefuseShipmentHandler implements ICommandHandler<RefuseShipmentCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, shipment, body }: RefuseShipmentCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: RefuseShipment = {
      ...reader.entry(body),
      shipmentId: reader.shipment(shipment),
      reason: body.reason,
      approval: reader.approval(body.approval),
    };
    return executeOnAccount(this.executor, {
      name: 'RefuseShipment',
      envelope,
      account: reader.account(body.account, '/account'),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideRefuseShipment(state, command, await facts.shipment(command.shipmentId), context),
    });
  }
}
