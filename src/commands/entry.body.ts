import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';
import { PRECISIONS, ZONES, type Precision, type Zone } from '../custody/occurrence.js';
import { Instant, ListOf, Note, ObjectOf, OptionalObjectOf, Text } from './body-decorators.js';

/** A revision of a stream as a decimal string. */
export const REVISION = /^(0|[1-9][0-9]{0,14})$/;
/** Lower-case hex. */
export const SHA256 = /^[0-9a-f]{64}$/;

/** When it happened, as the officer states it from the paper. */
export class OccurredAtBody {
  /** Local time: `2017-03-31`, `2017-03-31T09:15` or `2017-03-31T09:15:30`, as `precision` says. */
  @Text(19)
  value!: string;

  @IsIn(PRECISIONS)
  precision!: Precision;

  @IsIn(Object.keys(ZONES))
  zone!: Zone;
}

/** A paper the entry rests on. */
export class DocumentBody {
  @Text(64)
  kind!: string;

  @Text(128)
  number!: string;

  /** Lower-case hex SHA-256 of the scan. */
  @Matches(SHA256)
  sha256!: string;
}

/** A person acting in office. */
export class OfficerBody {
  @Text(64)
  id!: string;

  @Text(32)
  role!: string;

  @Text(32)
  facilityId!: string;
}

/** A second person's approval of exactly this command. */
export class ApprovalBody {
  @ObjectOf(() => OfficerBody)
  by!: OfficerBody;

  @Instant()
  at!: string;

  /** The content hash the ledger gave for this command. */
  @Matches(SHA256)
  contentHash!: string;
}

/** The papers a change to the register of facilities rests on. */
export class PaperBody {
  @IsOptional()
  @ListOf(() => DocumentBody)
  documents?: DocumentBody[];

  /** No personal data. */
  @Note()
  note?: string;
}

/** What every entry says besides its own facts. */
export class EntryBody extends PaperBody {
  @ObjectOf(() => OccurredAtBody)
  occurredAt!: OccurredAtBody;
}

export class ApprovedEntryBody extends EntryBody {
  @OptionalObjectOf(() => ApprovalBody)
  approval?: ApprovalBody | null;
}

/** A seal looked at on arrival. */
export class SealCheckBody {
  @Text(64)
  label!: string;

  @Text(64)
  seal!: string;

  @IsBoolean()
  isIntact!: boolean;
}
