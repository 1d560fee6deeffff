import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  decideCloseFacility,
  type CloseFacility,
} from '../custody/facilities/facility-decisions.js';
import { Day, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { PaperBody } from './entry.body.js';
import { RegisterFollower } from './register-follower.js';
import { executeOnRegister, readPaper } from './register-order.js';

export class CloseFacilityBody extends PaperBody {
  /** Who may act for it from now on. */
  @Text(32)
  successor!: string;

  @Text(500)
  reason!: string;

  /** The day it takes effect. */
  @Day()
  effectiveOn!: string;
}

/** An office closes and names its successor. */
export class CloseFacilityCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly facility: string,
    readonly body: CloseFacilityBody,
  ) {
    super();
  }
}

@CommandHandler(CloseFacilityCommand)
export class CloseFacilityHandler implements ICommandHandler<CloseFacilityCommand> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly follower: RegisterFollower,
  ) {}

  execute({ envelope, facility, body }: CloseFacilityCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: CloseFacility = {
      ...readPaper(body),
      facilityId: reader.facility(facility, ''),
      successor: reader.facility(body.successor, '/successor'),
      reason: body.reason,
      effectiveOn: body.effectiveOn,
    };
    return executeOnRegister(this.executor, this.follower, {
      name: 'CloseFacility',
      envelope,
      command,
      reader,
      decide: (register) => decideCloseFacility(register, command),
    });
  }
}
