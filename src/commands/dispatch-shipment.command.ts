import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsIn } from 'class-validator';
import {
  decideDispatchShipment,
  type DispatchShipment,
} from '../custody/account/dispatch-shipment.js';
import { accountParts } from '../custody/account/account-id.js';
import { SHIPMENT_BASES, type ShipmentBasis } from '../custody/account/events.js';
import { executeOnAccount } from './account-order.js';
import { Instant, ListOf, OptionalText, Ranges, Text } from './body-decorators.js';
import { BodyReader, instant } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { ApprovedEntryBody } from './entry.body.js';

/** Most packages of one shipment. */
const MAX_PACKAGES = 1_000;

/** A carton, bag or envelope with its seal. */
export class PackageBody {
  @Text(64)
  label!: string;

  @Text(32)
  kind!: string;

  @Text(64)
  seal!: string;

  @Ranges()
  usable?: string[];

  @Ranges()
  invalid?: string[];
}

export class DispatchShipmentBody extends ApprovedEntryBody {
  /** The consignee's account. */
  @Text(32)
  to!: string;

  @IsIn(SHIPMENT_BASES)
  basis!: ShipmentBasis;

  @ListOf(() => PackageBody, MAX_PACKAGES)
  packages!: PackageBody[];

  @Text()
  carrier!: string;

  @OptionalText(64)
  vehicle?: string | null;

  @Instant()
  expectedBy!: string;

  /** Number on the printed surat jalan, where it has one of its own. */
  @OptionalText(128)
  paperNumber?: string | null;
}

/** Serials leave in sealed packages for another account. */
export class DispatchShipmentCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: DispatchShipmentBody,
  ) {
    super();
  }
}

@CommandHandler(DispatchShipmentCommand)
export class DispatchShipmentHandler implements ICommandHandler<DispatchShipmentCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: DispatchShipmentCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: DispatchShipment = {
      ...reader.entry(body),
      to: reader.account(body.to, '/to'),
      basis: body.basis,
      packages: body.packages.map(({ label, kind, seal, usable, invalid }, index) => ({
        label,
        kind,
        seal,
        usable: reader.serials(usable, `/packages/${String(index)}/usable`),
        invalid: reader.serials(invalid, `/packages/${String(index)}/invalid`),
      })),
      carrier: body.carrier,
      vehicle: body.vehicle ?? null,
      expectedBy: instant(body.expectedBy),
      paperNumber: body.paperNumber ?? null,
      approval: reader.approval(body.approval),
    };
    return executeOnAccount(this.executor, {
      name: 'DispatchShipment',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: async (state, context, facts) => {
        const consignee = accountParts(command.to);
        const isConsigneeBatchKnown =
          consignee.kind === 'batch' && (await facts.isBatchKnown(consignee.batch));
        return decideDispatchShipment(state, command, { isConsigneeBatchKnown }, context);
      },
    });
  }
}
