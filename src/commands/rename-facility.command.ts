import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  decideRenameFacility,
  type RenameFacility,
} from '../custody/facilities/facility-decisions.js';
import { Day, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { PaperBody } from './entry.body.js';
import { RegisterFollower } from './register-follower.js';
import { executeOnRegister, readPaper } from './register-order.js';

export class RenameFacilityBody extends PaperBody {
  @Text(200)
  name!: string;

  /** The day it takes effect. */
  @Day()
  effectiveOn!: string;
}

/** An office gets another name. */
export class RenameFacilityCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly facility: string,
    readonly body: RenameFacilityBody,
  ) {
    super();
  }
}

@CommandHandler(RenameFacilityCommand)
export class RenameFacilityHandler implements ICommandHandler<RenameFacilityCommand> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly follower: RegisterFollower,
  ) {}

  execute({ envelope, facility, body }: RenameFacilityCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: RenameFacility = {
      ...readPaper(body),
      facilityId: reader.facility(facility, ''),
      name: body.name,
      effectiveOn: body.effectiveOn,
    };
    return executeOnRegister(this.executor, this.follower, {
      name: 'RenameFacility',
      envelope,
      command,
      reader,
      decide: (register) => decideRenameFacility(register, command),
    });
  }
}
