import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IsArray } from 'class-validator';
import { Nik, parseNik } from '../access/subject-vault/nik.js';
import { SUBJECT_VAULT, type SubjectVault } from '../access/subject-vault/subject-vault.js';
import { ISSUANCE_REASONS, type IssuanceReason } from '../custody/account/events.js';
import {
  decideIssueBlanks,
  MAX_ISSUANCES,
  withSubjects,
  type IssueBlanks,
} from '../custody/account/issue-blanks.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import { executeOnAccount } from './account-order.js';
import { MatchesSchema } from './body-decorators.js';
import { BodyReader } from './body-reader.js';
import type { CommandEnvelope } from './command-envelope.js';
import { CommandExecutor, type CommandResult } from './command-executor.js';
import { EntryBody } from './entry.body.js';

const nullable = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });

const ISSUANCES_SCHEMA = {
  type: 'array',
  minItems: 1,
  maxItems: MAX_ISSUANCES,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['serial', 'nik', 'reason'],
    properties: {
      serial: { type: 'string', maxLength: 64 },
      nik: { type: 'string', maxLength: 64 },
      reason: { enum: ISSUANCE_REASONS },
      replaces: nullable({ type: 'string', maxLength: 64 }),
      chipUid: nullable({ type: 'string', maxLength: 64 }),
    },
  },
};

const CHIP_UID = /^[0-9A-F]{8,32}$/;

/** One blank personalised for one resident. */
export class IssuanceBody {
  serial!: string;
  /** Goes to the subject vault and nowhere else. */
  nik!: string;
  reason!: IssuanceReason;
  /** The card this one replaces. */
  replaces?: string | null;
  /** 8 to 32 upper-case hex digits. */
  chipUid?: string | null;
}

export class IssueBlanksBody extends EntryBody {
  @IsArray()
  @MatchesSchema(ISSUANCES_SCHEMA)
  issuances!: IssuanceBody[];
}

/** Blanks become cards of residents, one event a blank. */
export class IssueBlanksCommand extends Command<CommandResult> {
  constructor(
    readonly envelope: CommandEnvelope,
    readonly account: string,
    readonly body: IssueBlanksBody,
  ) {
    super();
  }
}

function readIssuances(
  reader: BodyReader,
  issuances: readonly IssuanceBody[],
): IssueBlanks['issuances'] {
  return issuances.map(({ serial, reason, replaces, chipUid }, index) => {
    const at = `/issuances/${String(index)}`;
    if (typeof chipUid === 'string')
      reader.code(CHIP_UID.test(chipUid) ? chipUid : null, '', `${at}/chipUid`);
    return {
      serial: reader.serial(serial, `${at}/serial`),
      reason,
      replaces: typeof replaces === 'string' ? reader.serial(replaces, `${at}/replaces`) : null,
      chipUid: chipUid ?? null,
    };
  });
}

/** The persons of the command, apart from it: they are neither hashed nor stored with it. */
function readNiks(reader: BodyReader, issuances: readonly IssuanceBody[]): readonly Nik[] {
  return issuances.flatMap(({ nik }, index) => {
    const parsed = parseNik(nik);
    if (parsed instanceof Nik) return [parsed];
    reader.refuse('nik_malformed', `/issuances/${String(index)}/nik`, parsed);
    return [];
  });
}

@CommandHandler(IssueBlanksCommand)
export class IssueBlanksHandler implements ICommandHandler<IssueBlanksCommand> {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(SUBJECT_VAULT) private readonly vault: SubjectVault,
  ) {}

  execute({ envelope, account, body }: IssueBlanksCommand): Promise<CommandResult> {
    const reader = new BodyReader();
    const niks = readNiks(reader, body.issuances);
    const command: IssueBlanks = {
      ...reader.entry(body),
      issuances: readIssuances(reader, body.issuances),
    };
    return executeOnAccount(this.executor, {
      name: 'IssueBlanks',
      envelope,
      account: reader.account(account, ''),
      command,
      reader,
      decide: (state, context) => decideIssueBlanks(state, command, context),
      complete: async (events) =>
        withSubjects(
          events,
          await this.vault.subjectsOf(niks, new Date(this.executor.clock.now())),
        ),
      isSamePerson: (stored) => this.isSamePerson(stored, niks),
    });
  }

  private async isSamePerson(stored: readonly Recorded[], niks: readonly Nik[]): Promise<boolean> {
    // All at once: the vault answers together what it is asked together.
    const subjects = await Promise.all(niks.map((nik) => this.vault.find(nik)));
    return stored.every(
      (event, index) => event.type === 'BlankIssued' && event.data.subject === subjects[index],
    );
  }
}
