import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsInt, IsOptional } from 'class-validator';
import { batchAccount } from '../custody/account/account-id.js';
import { decideProcureBatch, type ProcureBatch } from '../custody/account/procure-batch.js';
import { parseBatchCode } from '../custody/serials/serial-number.js';
import { executeOnAccount } from './account-order.js';
import { Day, OptionalText, Text } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { ApprovedEntryBody } from './entry.body.js';

export class ProcureBatchBody extends ApprovedEntryBody {
  /** `[0-9A-Z-]{1,16}`; unique in the nation. */
  @Text(16)
  batch!: string;

  /** Null for a legacy batch: opening stock and cards older than the ledger. */
  @OptionalText(128)
  contract?: string | null;

  @Text()
  vendor!: string;

  @Day()
  signedOn!: string;

  @IsInt()
  quantity!: number;

  /** Largest serial number of the batch; its quantity where it is left out. */
  @IsOptional()
  @IsInt()
  serialMax?: number;

  @Text(64)
  cardOrigin!: string;

  @Text(64)
  chipOrigin!: string;
}

/** Opens the serial space of a batch under a contract. */
export class ProcureBatchCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly body: ProcureBatchBody,
  ) {
    super();
  }
}

@CommandHandler(ProcureBatchCommand)
export class ProcureBatchHandler implements ICommandHandler<ProcureBatchCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, body }: ProcureBatchCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const batch = parseBatchCode(body.batch);
    const code = reader.code(batch.ok ? batch.value : null, body.batch, '/batch');
    const command: ProcureBatch = {
      ...reader.entry(body),
      contract: body.contract ?? null,
      vendor: body.vendor,
      signedOn: body.signedOn,
      quantity: body.quantity,
      serialMax: body.serialMax ?? body.quantity,
      cardOrigin: body.cardOrigin,
      chipOrigin: body.chipOrigin,
      approval: reader.approval(body.approval),
    };
    return executeOnAccount(this.executor, {
      name: 'ProcureBatch',
      envelope,
      account: batchAccount(code),
      command,
      reader,
      decide: (account, context) => decideProcureBatch(account, command, context),
    });
  }
}
