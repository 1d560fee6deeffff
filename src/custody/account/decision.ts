import type { FacilityId } from '../facilities/facility-code.js';
import { isBeforeCause, isInFuture, type OccurredAt } from '../occurrence.js';
import { reject, type Rejection } from '../rejection.js';
import { formatSerialRange, MAX_RANGES_PER_EVENT } from '../serials/serial-range.js';
import type { SerialSet } from '../serials/serial-set.js';
import {
  accountParts,
  facilityOf,
  type AccountId,
  type AccountKind,
  type ShipmentId,
} from './account-id.js';
import type { CustodyAccount } from './custody-account.js';
import type { Approval, CustodyEvent, Officer } from './events.js';

export type Decision<E = CustodyEvent> =
  | { readonly ok: true; readonly events: readonly E[] }
  | { readonly ok: false; readonly rejection: Rejection };

export function accept<E>(...events: readonly E[]): Decision<E> {
  return { ok: true, events };
}

export function refuse(rejection: Rejection): {
  readonly ok: false;
  readonly rejection: Rejection;
} {
  return { ok: false, rejection };
}

/** What decisions ask of the register of facilities. */
export interface FacilityDirectory {
  get(id: FacilityId): FacilityStanding | undefined;
}

export interface FacilityStanding {
  readonly facilityId: FacilityId;
  readonly parent: FacilityId | null;
  readonly isOpen: boolean;
  readonly successor: FacilityId | null;
}

/** What surrounds a command: all that decisions may not find out for themselves. */
export interface DecisionContext {
  readonly actor: Officer;
  /** The latest instant this node knows of, in milliseconds since the epoch. */
  readonly now: number;
  /** SHA-256 of the command's content, which an approval of it must name. */
  readonly contentHash: string;
  readonly isApprovalSpent: boolean;
  /** The id the event will have as entry `index` of this command. */
  readonly eventIdOf: (index: number, event: CustodyEvent) => string;
  readonly facilities: FacilityDirectory;
}

/** A shipment as its sender's entry describes it. */
export interface Shipment {
  readonly shipmentId: ShipmentId;
  readonly origin: 'dispatch' | 'refusal' | 'surrender';
  readonly consignor: AccountId;
  readonly consignee: AccountId;
  readonly usable: SerialSet;
  readonly invalid: SerialSet;
  /** Milliseconds since the epoch, or null where no time was agreed. */
  readonly expectedBy: number | null;
  readonly occurredAt: OccurredAt;
  /** When the ledger accepted it, in milliseconds since the epoch. */
  readonly recordedAt: number;
}

const MAX_RANGES_SHOWN = 20;

/** Offending serials as text, at most 20 ranges of them. */
export function offending(serials: SerialSet): { readonly serials: readonly string[] } {
  return { serials: serials.firstRanges(MAX_RANGES_SHOWN).map(formatSerialRange) };
}

/** Refuses when `claimed` is not wholly within `actual`, naming the difference. */
export function outsideRefusal(
  code: Parameters<typeof reject>[0],
  claimed: SerialSet,
  actual: SerialSet,
): Rejection | null {
  return actual.containsAll(claimed) ? null : reject(code, offending(claimed.subtract(actual)));
}

/** `too_many_ranges` over all sets together, then `overlapping_ranges` between them. */
export function formRefusal(...sets: readonly SerialSet[]): Rejection | null {
  const ranges = sets.reduce((sum, set) => sum + set.rangeCount, 0);
  if (ranges > MAX_RANGES_PER_EVENT) return reject('too_many_ranges', { details: { ranges } });
  let all = sets[0];
  for (const set of sets.slice(1)) {
    if (all?.intersects(set)) return reject('overlapping_ranges', offending(all.intersect(set)));
    all = all?.plus(set);
  }
  return null;
}

export function emptyRefusal(...sets: readonly SerialSet[]): Rejection | null {
  return sets.every((set) => set.isEmpty) ? reject('no_serials') : null;
}

/** `unknown_facility` for a facility account that the register does not have; no check of batches. */
export function unknownFacilityRefusal(
  account: AccountId,
  facilities: FacilityDirectory,
): Rejection | null {
  const facilityId = facilityOf(account);
  if (facilityId === null || facilities.get(facilityId) !== undefined) return null;
  return reject('unknown_facility', { details: { facility: facilityId } });
}

/** `unknown_facility`, `unknown_batch`, `command_not_for_account`, `facility_closed`, of the account written to. */
export function accountRefusal(
  account: CustodyAccount,
  context: DecisionContext,
  kinds: readonly AccountKind[] = ['facility', 'batch', 'evidence'],
): Rejection | null {
  return (
    unknownFacilityRefusal(account.id, context.facilities) ??
    unknownBatchRefusal(account) ??
    kindRefusal(account, kinds) ??
    closedRefusal(account.id, context)
  );
}

export function unknownBatchRefusal(account: CustodyAccount): Rejection | null {
  const parts = accountParts(account.id);
  if (parts.kind !== 'batch' || account.batch !== null) return null;
  return reject('unknown_batch', { details: { batch: parts.batch } });
}

/** A legacy batch may do what offices do: its cards were issued before the ledger began. */
export function kindRefusal(
  account: CustodyAccount,
  kinds: readonly AccountKind[],
): Rejection | null {
  const { kind } = accountParts(account.id);
  const isLegacyOffice = account.batch?.contract === null && kinds.includes('facility');
  return kinds.includes(kind) || isLegacyOffice
    ? null
    : reject('command_not_for_account', { details: { account: account.id } });
}

/** A closed facility acts only through its successor. */
export function closedRefusal(
  account: AccountId,
  { actor, facilities }: DecisionContext,
): Rejection | null {
  const isSuccessor = standingOf(account, facilities)?.successor === actor.facilityId;
  return isSuccessor ? null : consigneeClosedRefusal(account, facilities);
}

/** Nothing is sent to a closed facility, whoever sends it. */
export function consigneeClosedRefusal(
  consignee: AccountId,
  facilities: FacilityDirectory,
): Rejection | null {
  const facility = standingOf(consignee, facilities);
  if (facility === undefined || facility.isOpen) return null;
  return reject('facility_closed', {
    details: { facility: facility.facilityId, successor: facility.successor ?? 'none' },
  });
}

export function standingOf(
  account: AccountId,
  facilities: FacilityDirectory,
): FacilityStanding | undefined {
  const facilityId = facilityOf(account);
  return facilityId === null ? undefined : facilities.get(facilityId);
}

/** The facility an actor of another office acts for (as successor or as parent), or null. */
export function actingFor(
  account: AccountId,
  actor: Officer,
  facilities: FacilityDirectory,
): FacilityId | null {
  const facility = standingOf(account, facilities);
  if (facility === undefined || facility.facilityId === actor.facilityId) return null;
  const isStandIn =
    facility.parent === actor.facilityId ||
    (!facility.isOpen && facility.successor === actor.facilityId);
  return isStandIn ? facility.facilityId : null;
}

/** `approval_required`, `self_approval`, `approval_spent`, `approval_mismatch`. */
export function approvalRefusal(
  approval: Approval | null,
  isRequired: boolean,
  context: DecisionContext,
): Rejection | null {
  const expected = { details: { contentHash: context.contentHash } };
  if (approval === null) return isRequired ? reject('approval_required', expected) : null;
  if (approval.by.id === context.actor.id) return reject('self_approval');
  if (context.isApprovalSpent) return reject('approval_spent');
  return approval.contentHash === context.contentHash
    ? null
    : reject('approval_mismatch', expected);
}

/** `occurred_in_future`, then `occurred_before_cause` where the entry names a cause. */
export function occurrenceRefusal(
  at: OccurredAt,
  now: number,
  cause: OccurredAt | null = null,
): Rejection | null {
  if (isInFuture(at, now))
    return reject('occurred_in_future', { details: { occurredAt: at.value } });
  if (cause === null || !isBeforeCause(at, cause)) return null;
  return reject('occurred_before_cause', { details: { occurredAt: at.value, cause: cause.value } });
}

/** As {@link occurrenceRefusal}, by a node that has seen the shipment: its clock may be slow. */
export function shipmentOccurrenceRefusal(
  at: OccurredAt,
  now: number,
  shipment: Shipment | null,
): Rejection | null {
  const latest = Math.max(now, shipment?.recordedAt ?? now);
  return occurrenceRefusal(at, latest, shipment?.occurredAt ?? null);
}

/** The common fields of an entry, without the rest of its command. */
export function entryFields<T extends { occurredAt: OccurredAt; documents: unknown; note: string }>(
  command: T,
): Pick<T, 'occurredAt' | 'documents' | 'note'> {
  return { occurredAt: command.occurredAt, documents: command.documents, note: command.note };
}
