import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
} from 'class-validator';
import { decideCountStock, type CountStock } from '../custody/account/count-stock.js';
import { HELD_STATES, type CountScope, type HeldState } from '../custody/account/events.js';
import { parseBatchCode } from '../custody/serials/serial-number.js';
import { executeOnAccount } from './account-order.js';
import { ObjectOf, Ranges } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody, REVISION } from './entry.body.js';

const MAX_BATCHES = 100;

/** Which part of the books was counted. */
export class CountScopeBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(HELD_STATES, { each: true })
  states!: HeldState[];

  /** Left out: all batches. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_BATCHES)
  @ArrayUnique()
  @IsString({ each: true })
  batches?: string[] | null;
}

/** What a count sheet says. */
export function readCount(
  reader: BodyReader,
  body: {
    bookRevision: string;
    scope: CountScopeBody;
    seenUsable?: string[];
    seenInvalid?: string[];
  },
): Pick<CountStock, 'bookRevision' | 'scope' | 'seenUsable' | 'seenInvalid'> {
  const batches = body.scope.batches ?? null;
  batches?.forEach((text, index) => {
    reader.code(parseBatchCode(text).ok ? text : null, text, `/scope/batches/${String(index)}`);
  });
  const scope: CountScope = {
    states: [...body.scope.states],
    batches: batches === null ? null : [...batches],
  };
  return {
    bookRevision: BigInt(body.bookRevision),
    scope,
    seenUsable: reader.serials(body.seenUsable, '/seenUsable'),
    seenInvalid: reader.serials(body.seenInvalid, '/seenInvalid'),
  };
}

export class CountStockBody extends EntryBody {
  /** Revision of the account's stream the count sheet was made at, a decimal string. */
  @Matches(REVISION)
  bookRevision!: string;

  @ObjectOf(() => CountScopeBody)
  scope!: CountScopeBody;

  @Ranges()
  seenUsable?: string[];

  @Ranges()
  seenInvalid?: string[];
}

/** A stock count against the books. */
export class CountStockCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: CountStockBody,
  ) {
    super();
  }
}

@CommandHandler(CountStockCommand)
export class CountStockHandler implements ICommandHandler<CountStockCommand> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ envelope, account, body }: CountStockCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const command: CountStock = {
      ...reader.entry(body),
      ...readCount(reader, body),
    };
    return executeOnAccount(this.executor, {
      name: 'CountStock',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: async (state, context, facts) =>
        decideCountStock(state, command, await facts.bookAt(command.bookRevision), context),
    });
  }
}
