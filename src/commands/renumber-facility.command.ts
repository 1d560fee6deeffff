import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  decideRenumberFacility,
  type RenumberFacility,
} from '../custody/facilities/facility-decisions.js';
import { parseFacilityCode } from '../custody/facilities/facility-code.js';
import { Day, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { PaperBody } from './entry.body.js';
import { RegisterFollower } from './register-follower.js';
import { executeOnRegister, readPaper } from './register-order.js';

export class RenumberFacilityBody extends PaperBody {
  /** Its new code in the public register. */
  @Text(16)
  code!: string;

  /** The day it takes effect. */
  @Day()
  effectiveOn!: string;
}

/** An office gets another code; its id stays. */
export class RenumberFacilityCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly facility: string,
    readonly body: RenumberFacilityBody,
  ) {
    super();
  }
}

@CommandHandler(RenumberFacilityCommand)
export class RenumberFacilityHandler implements ICommandHandler<RenumberFacilityCommand> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly follower: RegisterFollower,
  ) {}

  execute({ envelope, facility, body }: RenumberFacilityCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: RenumberFacility = {
      ...readPaper(body),
      facilityId: reader.facility(facility, ''),
      code: reader.code(parseFacilityCode(body.code), body.code, '/code'),
      effectiveOn: body.effectiveOn,
    };
    return executeOnRegister(this.executor, this.follower, {
      name: 'RenumberFacility',
      envelope,
      command,
      reader,
      decide: (register) => decideRenumberFacility(register, command),
    });
  }
}
