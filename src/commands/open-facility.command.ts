import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { decideOpenFacility, type OpenFacility } from '../custody/facilities/facility-decisions.js';
import { parseFacilityCode } from '../custody/facilities/facility-code.js';
import { Day, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { PaperBody } from './entry.body.js';
import { RegisterFollower } from './register-follower.js';
import { executeOnRegister, readPaper } from './register-order.js';

export class OpenFacilityBody extends PaperBody {
  /** Its code in the public register, e.g. `31.71.01.1009`. */
  @Text(16)
  code!: string;

  @Text(200)
  name!: string;

  /** The facility directly above it. */
  @Text(32)
  parent!: string;

  /** The day it takes effect. */
  @Day()
  effectiveOn!: string;
}

/** An office opens. */
export class OpenFacilityCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly body: OpenFacilityBody,
  ) {
    super();
  }
}

@CommandHandler(OpenFacilityCommand)
export class OpenFacilityHandler implements ICommandHandler<OpenFacilityCommand> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly follower: RegisterFollower,
  ) {}

  execute({ envelope, body }: OpenFacilityCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: OpenFacility = {
      ...readPaper(body),
      code: reader.code(parseFacilityCode(body.code), body.code, '/code'),
      name: body.name,
      parent: reader.facility(body.parent, '/parent'),
      effectiveOn: body.effectiveOn,
    };
    return executeOnRegister(this.executor, this.follower, {
      name: 'OpenFacility',
      envelope,
      command,
      reader,
      decide: (register) => decideOpenFacility(register, command),
    });
  }
}
