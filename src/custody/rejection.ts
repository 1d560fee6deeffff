import type { FacilityRejectionCode } from './facilities/facility-rejection.js';

/**
 * Every refusal of the ledger, in order of precedence: when several apply, the first of this table
 * is the one returned. A refused command changes nothing, and a retry is decided anew.
 */
export const REJECTIONS = {
  idempotency_key_reused:
    'The command id was used before on this stream with other content or by another actor.',
  serial_malformed: 'A serial number or range is not written BATCH/NUMBER or BATCH/FIRST..LAST.',
  range_reversed: 'A range ends before it begins.',
  range_outside_batch: 'A serial number lies outside 1 and the largest number its batch can have.',
  too_many_ranges: 'The command names more than 10,000 serial ranges.',
  overlapping_ranges: 'A serial number is named twice in one command.',
  code_malformed:
    'An account, facility, batch, finding or chip code is not written as such codes are.',
  time_malformed: 'A stated time is not a real time written in the form of its precision.',
  nik_malformed: 'The NIK is not 16 digits of region, date of birth and serial.',
  no_serials: 'The command names no serial number where it needs one.',
  quantity_out_of_bounds: 'A quantity is not within its bounds.',
  unknown_facility: 'No facility has this id.',
  unknown_batch: 'No batch has this code.',
  batch_exists: 'A batch with this code has been procured.',
  command_not_for_account: 'This kind of account cannot do this.',
  facility_closed:
    'The facility is closed; only its successor may act for it, and nothing may be sent to it.',
  consignee_is_consignor: 'A shipment cannot go to the account that sends it.',
  basis_mismatch:
    'The basis does not fit: evidence goes to evidence accounts, opening stock leaves legacy batches.',
  shipment_not_found: 'No shipment has this number.',
  not_the_consignee: 'Only the consignee, or who acts for it, may do this.',
  not_the_consignor: 'Only the consignor may do this.',
  consignee_not_silent:
    'The parent may act for a consignee only after the expected time has passed.',
  surrender_not_refusable: 'A surrendered card on its way cannot be refused.',
  shipment_closed: 'Nothing of this shipment is in transit any more.',
  nothing_received: 'The receipt names no serial of the shipment.',
  not_on_manifest: 'A serial is not on the manifest of the shipment.',
  not_in_transit:
    'A serial of the manifest has already been received, reported missing or refused.',
  unexpected_on_manifest: 'A serial reported as unexpected is on the manifest.',
  batch_closed: 'Production of the batch is closed.',
  already_produced: 'A serial has been produced before.',
  quantity_exceeds_contract: 'Production would exceed the quantity contracted.',
  shortage_reason_required: 'A batch closed short of its contract needs a reason.',
  serials_not_usable_here: 'A serial is not a usable blank of this account.',
  serials_not_invalid_here: 'A serial is not an invalid card of this account.',
  serials_not_held_here: 'A serial is neither usable nor invalid in this account.',
  serials_not_issued_here: 'The card was not issued by this account, or is not issued now.',
  serials_not_missing_here: 'A serial is not missing from this account.',
  card_replaces_itself: 'A card cannot replace itself.',
  unnumbered_exceeds_balance: 'More cards without a number than the account holds.',
  book_revision_unknown: 'The book revision counted against does not exist yet.',
  custodian_unchanged: 'The custody is handed to the officer who has it.',
  not_the_custodian: 'The custody is handed over by an officer who does not have it.',
  entry_not_found: 'The stream has no such entry.',
  not_reversible: 'Entries of this kind cannot be undone.',
  entry_already_reversed: 'The entry has been undone before.',
  entry_built_upon: 'A later entry of the stream touches the same serials.',
  ministry_officers_required: 'A destruction is undone only by two officers of the ministry.',
  finding_exists: 'A finding with this id has been recorded.',
  finding_not_found: 'No finding has this id.',
  finding_resolved: 'The finding has been resolved.',
  evidence_required: 'The resolution names no entry that carried it out.',
  witnesses_required:
    'A destruction needs two witnesses who are neither its actor nor its approver.',
  record_required: 'A destruction needs its official record.',
  approval_required: 'A second person must approve this.',
  self_approval: 'The approver is the actor.',
  approval_spent: 'The approval was used before.',
  approval_mismatch: 'The approval is for other content.',
  occurred_in_future: 'The stated time lies more than 5 minutes in the future.',
  occurred_before_cause: 'The stated time lies wholly before what it refers to.',
  append_too_large: 'The command is too large to be stored in one piece.',
} as const;

export type RejectionCode = keyof typeof REJECTIONS;

/** In order of precedence. */
export const REJECTION_CODES = Object.keys(REJECTIONS) as readonly RejectionCode[];

/** A refusal is a value: what was wrong, and where. */
export interface Rejection {
  readonly code: RejectionCode | FacilityRejectionCode;
  readonly message: string;
  /** JSON pointer to the offending part of the command's body. */
  readonly pointer?: string;
  /** Offending ranges as text, at most 20 of them. */
  readonly serials?: readonly string[];
  /** Further facts a caller needs to do better, e.g. the content hash to be approved. */
  readonly details?: Readonly<Record<string, string | number>>;
}

export type RejectionExtras = Pick<Rejection, 'pointer' | 'serials' | 'details'>;

/** A refusal with its standard meaning. */
export function reject(code: RejectionCode, extras: RejectionExtras = {}): Rejection {
  return { code, message: REJECTIONS[code], ...extras };
}
