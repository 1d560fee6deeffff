import type { BatchBooks } from '../batches/batch-books.js';
/** What the audit checks; the numbers are those of the domain's invariants. */
export type AuditCheck =
  /** 1: every blank was produced, and none is lost to the books. */
  | 'conservation'
  /** 2: every produced serial is in one state of one account or one open shipment. */
  | 'one_place'
  /** 3: issued at most once at a time; destroyed for good unless reversed. */
  | 'issued_once'
  /** 4: only the consignee settles, never beyond the manifest. */
  | 'consignee_only'
  /** 5: who, by which command, when. */
  | 'provenance'
  /** 6: every read model equals a fresh fold. */
  | 'read_models'
  /** Revisions without gaps, positions rising, no id twice. */
  | 'stream_order'
  /** An event that cannot be read in full. */
  | 'stored_form'
  /** What else an account's books do not allow. */
  | 'account_rules';

/** What an audit finds wrong, and exactly where. */
export interface AuditDifference {
  readonly check: AuditCheck;
  readonly what: string;
  /** Null where it is in no one event: the closing of the books, or a row of a read model. */
  readonly stream: string | null;
  readonly revision: string | null;
  readonly position: string | null;
  readonly expected: string;
  readonly actual: string;
}

/** Where all blanks of one batch are at the end of the log. */
export interface AuditBooks extends BatchBooks {
  readonly batch: string;
}

export interface AuditReport {
  /** Of the last event read; null on an empty log. */
  readonly position: string | null;
  readonly events: number;
  readonly accounts: number;
  readonly books: readonly AuditBooks[];
  /** Rows of read models compared; null when there were no read models. */
  readonly rowsCompared: number | null;
  /** The first {@link MAX_DIFFERENCES}, in the order they were met. */
  readonly differences: readonly AuditDifference[];
  /** All of them: the ledger is sound when it is 0. */
  readonly differenceCount: number;
}

export const MAX_DIFFERENCES = 1_000;
