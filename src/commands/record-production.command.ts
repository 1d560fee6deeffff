import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Matches } from 'class-validator';
import {
  decideRecordProduction,
  type RecordProduction,
} from '../custody/account/record-production.js';
import { executeOnAccount } from './account-order.js';
import { OptionalObjectOf, Ranges, Text, Whole } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody, SHA256 } from './entry.body.js';

const MAX_QUANTITY = 999_999_999;

/** A quality sample of the instalment. */
export class QualitySampleBody {
  @Whole(0, MAX_QUANTITY)
  size!: number;

  @Whole(0, MAX_QUANTITY)
  defects!: number;
}

/** The list of chip numbers that came with the instalment. */
export class ChipManifestBody {
  @Matches(SHA256)
  sha256!: string;

  @Whole(0, MAX_QUANTITY)
  rows!: number;

  @Text(32)
  format!: string;
}

export class RecordProductionBody extends EntryBody {
  @Ranges()
  serials!: string[];

  @Text(128)
  deliveryNo!: string;

  @OptionalObjectOf(() => QualitySampleBody)
  qualitySample?: QualitySampleBody | null;

  @OptionalObjectOf(() => ChipManifestBody)
  chipManifest?: ChipManifestBody | null;
}

/** An instalment of a batch: creates usable blanks at its vendor. */
export class RecordProductionCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: RecordProductionBody,
  ) {
    super();
  }
}

@CommandHandler(RecordProductionCommand)
export class RecordProductionHandler implements ICommandHandler<RecordProductionCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: RecordProductionCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const { qualitySample, chipManifest } = body;
    const command: RecordProduction = {
      ...reader.entry(body),
      serials: reader.serials(body.serials, '/serials'),
      deliveryNo: body.deliveryNo,
      qualitySample: qualitySample
        ? { size: qualitySample.size, defects: qualitySample.defects }
        : null,
      chipManifest: chipManifest
        ? { sha256: chipManifest.sha256, rows: chipManifest.rows, format: chipManifest.format }
        : null,
    };
    return executeOnAccount(this.executor, {
      name: 'RecordProduction',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: (state, context) => decideRecordProduction(state, command, context),
    });
  }
}
