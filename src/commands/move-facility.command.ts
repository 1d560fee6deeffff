import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideMoveFacility, type MoveFacility } from '../custody/facilities/facility-decisions.js';
import { Day, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { PaperBody } from './entry.body.js';
import { RegisterFollower } from './register-follower.js';
import { executeOnRegister, readPaper } from './register-order.js';

export class MoveFacilityBody extends PaperBody {
  /** The facility directly above it from now on. */
  @Text(32)
  parent!: string;

  /** The day it takes effect. */
  @Day()
  effectiveOn!: string;
}

/** An office gets another parent. */
export class MoveFacilityCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly facility: string,
    readonly body: MoveFacilityBody,
  ) {
    super();
  }
}

@CommandHandler(MoveFacilityCommand)
export class MoveFacilityHandler implements ICommandHandler<MoveFacilityCommand> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly follower: RegisterFollower,
  ) {}

  execute({ envelope, facility, body }: MoveFacilityCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: MoveFacility = {
      ...readPaper(body),
      facilityId: reader.facility(facility, ''),
      parent: reader.facility(body.parent, '/parent'),
      effectiveOn: body.effectiveOn,
    };
    return executeOnRegister(this.executor, this.follower, {
      name: 'MoveFacility',
      envelope,
      command,
      reader,
      decide: (register) => decideMoveFacility(register, command),
    });
  }
}
