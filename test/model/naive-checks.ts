import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { Approval } from '../../src/custody/account/events.js';
import type { RejectionCode } from '../../src/custody/rejection.js';
import type { NaiveBooks, NaiveShipment, NaiveStream } from './naive-books.js';
import { isBefore, isFuture } from './naive-text.js';
import type { Step } from './steps.js';

/* Checks that several commands share: whether each refusal applies, and its code. */

export interface NaiveContext {
  /** The node's clock or the stream's latest recording, whichever is later. */
  readonly now: number;
  readonly contentHash: string | null;
  readonly stream: NaiveStream;
}

export type Check = readonly [boolean, RejectionCode];
type Kind = 'facility' | 'batch' | 'evidence';

export function kindOf(account: string): Kind {
  if (account.startsWith('B.')) return 'batch';
  return account.startsWith('E.') ? 'evidence' : 'facility';
}

export function isUnknownFacility(ledger: NaiveBooks, account: string): boolean {
  return kindOf(account) === 'facility' && !ledger.facilities.has(account);
}

export function isUnknownBatch(ledger: NaiveBooks, account: string): boolean {
  return kindOf(account) === 'batch' && !ledger.batches.has(account);
}

export function isClosed(ledger: NaiveBooks, account: string): boolean {
  return ledger.facilities.get(account)?.isOpen === false;
}

export function isSuccessor(ledger: NaiveBooks, step: Step, account: string): boolean {
  return (
    isClosed(ledger, account) && ledger.facilities.get(account)?.successor === step.actor.facilityId
  );
}

/** The account written to: known, of a kind that does such things, open or acted for. */
export function accountChecks(
  ledger: NaiveBooks,
  step: Step,
  kinds: readonly Kind[] = ['facility', 'batch', 'evidence'],
): readonly Check[] {
  const { account } = step;
  const isLegacy = ledger.batches.get(account)?.contract === null && kinds.includes('facility');
  return [
    [isUnknownFacility(ledger, account), 'unknown_facility'],
    [isUnknownBatch(ledger, account), 'unknown_batch'],
    [!kinds.includes(kindOf(account)) && !isLegacy, 'command_not_for_account'],
    [isClosed(ledger, account) && !isSuccessor(ledger, step, account), 'facility_closed'],
  ];
}

export function approvalChecks(
  approval: Approval | null,
  isRequired: boolean,
  step: Step,
  { contentHash, stream }: NaiveContext,
): readonly Check[] {
  if (approval === null) return [[isRequired, 'approval_required']];
  return [
    [approval.by.id === step.actor.id, 'self_approval'],
    [stream.approvals.has(approval.contentHash), 'approval_spent'],
    [approval.contentHash !== contentHash, 'approval_mismatch'],
  ];
}

export function timeChecks(
  at: OccurredAt,
  now: number,
  cause: OccurredAt | null,
): readonly Check[] {
  return [
    [isFuture(at, now), 'occurred_in_future'],
    [cause !== null && isBefore(at, cause), 'occurred_before_cause'],
  ];
}

/** Of one who names a shipment: it has told this node when it was recorded. */
export function shipmentTimeChecks(step: Step, now: number, shipment: NaiveShipment | null) {
  return timeChecks(step.at, Math.max(now, shipment?.recordedAt ?? 0), shipment?.at ?? null);
}

export function allIn(
  ledger: NaiveBooks,
  step: Step,
  serials: readonly string[],
  states: readonly string[],
): boolean {
  return serials.every((serial) => {
    const at = ledger.places.get(serial);
    return (
      at !== undefined &&
      'account' in at &&
      at.account === step.account &&
      states.includes(at.state)
    );
  });
}

export function hasRepeats(serials: readonly string[]): boolean {
  return new Set(serials).size < serials.length;
}

export function isParentActing(ledger: NaiveBooks, step: Step): boolean {
  const { account, actor } = step;
  if (account === actor.facilityId || isSuccessor(ledger, step, account)) return false;
  return ledger.facilities.get(account)?.parent === actor.facilityId;
}

export function consigneeChecks(
  ledger: NaiveBooks,
  step: Step,
  shipment: NaiveShipment | null,
  now: number,
): readonly Check[] {
  if (shipment === null) return [[true, 'shipment_not_found']];
  const { account, actor } = step;
  const isParent = isParentActing(ledger, step);
  const mayAct =
    kindOf(account) !== 'facility' ||
    actor.facilityId === account ||
    isSuccessor(ledger, step, account) ||
    isParent;
  const isSilent = shipment.expectedBy !== null && now > shipment.expectedBy;
  return [
    [shipment.consignee !== account || !mayAct, 'not_the_consignee'],
    [isParent && !isSilent, 'consignee_not_silent'],
  ];
}

export function onTheRoadChecks(
  ledger: NaiveBooks,
  shipment: NaiveShipment | null,
  serials: readonly string[],
): readonly Check[] {
  if (shipment === null) return [];
  const open = ledger.open(shipment.id);
  return [
    [open.size === 0, 'shipment_closed'],
    [serials.some((serial) => !shipment.manifest.has(serial)), 'not_on_manifest'],
    [
      serials.some((serial) => shipment.manifest.has(serial) && !open.has(serial)),
      'not_in_transit',
    ],
  ];
}
