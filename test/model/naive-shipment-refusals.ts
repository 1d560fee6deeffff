import {
  type NaiveContext,
  type Check,
  kindOf,
  isUnknownFacility,
  isUnknownBatch,
  isClosed,
  accountChecks,
  approvalChecks,
  timeChecks,
  shipmentTimeChecks,
  allIn,
  hasRepeats,
  isParentActing,
  consigneeChecks,
  onTheRoadChecks,
} from './naive-checks.js';
import type { NaiveBooks } from './naive-books.js';
import { serialsOf } from './naive-text.js';
import type { StepOf } from './steps.js';

export function dispatchChecks(
  ledger: NaiveBooks,
  step: StepOf<'DispatchShipment'>,
  context: NaiveContext,
) {
  const { account, to, basis, approval } = step;
  const usable = step.packages.flatMap((pack) => serialsOf(pack.usable));
  const invalid = step.packages.flatMap((pack) => serialsOf(pack.invalid));
  const isLegacy = ledger.batches.get(account)?.contract === null;
  const isEvidence = kindOf(to) === 'evidence';
  const checks: readonly Check[] = [
    [hasRepeats([...usable, ...invalid]), 'overlapping_ranges'],
    [usable.length + invalid.length === 0, 'no_serials'],
    [isUnknownFacility(ledger, to), 'unknown_facility'],
    [isUnknownBatch(ledger, to), 'unknown_batch'],
    [isClosed(ledger, to), 'facility_closed'],
    [to === account, 'consignee_is_consignor'],
    [(basis === 'evidence') !== isEvidence, 'basis_mismatch'],
    [basis === 'opening' && !isLegacy, 'basis_mismatch'],
    [!allIn(ledger, step, usable, ['usable']), 'serials_not_usable_here'],
    [!allIn(ledger, step, invalid, ['invalid']), 'serials_not_invalid_here'],
  ];
  return [
    ...checks,
    ...accountChecks(ledger, step),
    ...approvalChecks(approval, false, step, context),
    ...timeChecks(step.at, context.now, null),
  ];
}

export function receiptChecks(
  ledger: NaiveBooks,
  step: StepOf<'ReceiveShipment'>,
  context: NaiveContext,
) {
  const shipment = ledger.shipments.get(step.shipment) ?? null;
  const unexpected = serialsOf(step.unexpected);
  const settled = [step.asStated, step.damaged, step.missing].flatMap(serialsOf);
  const checks: readonly Check[] = [
    [hasRepeats([...settled, ...unexpected]), 'overlapping_ranges'],
    [settled.length === 0, 'nothing_received'],
    [unexpected.some((serial) => shipment?.manifest.has(serial)), 'unexpected_on_manifest'],
  ];
  return [
    ...checks,
    ...accountChecks(ledger, step),
    ...consigneeChecks(ledger, step, shipment, context.now),
    ...onTheRoadChecks(ledger, shipment, settled),
    ...approvalChecks(step.approval, isParentActing(ledger, step), step, context),
    ...shipmentTimeChecks(step, context.now, shipment),
  ];
}

export function missingChecks(
  ledger: NaiveBooks,
  step: StepOf<'ReportMissing'>,
  context: NaiveContext,
) {
  const serials = serialsOf(step.serials);
  const shipment = ledger.shipments.get(step.shipment ?? '') ?? null;
  const isOnTheRoad = step.shipment !== null;
  const checks: readonly Check[] = [
    [serials.length === 0, 'no_serials'],
    [!isOnTheRoad && !allIn(ledger, step, serials, ['usable', 'invalid']), 'serials_not_held_here'],
  ];
  return [
    ...checks,
    ...accountChecks(ledger, step),
    ...(isOnTheRoad ? consigneeChecks(ledger, step, shipment, context.now) : []),
    ...onTheRoadChecks(ledger, shipment, serials),
    ...approvalChecks(step.approval, isOnTheRoad && isParentActing(ledger, step), step, context),
    ...shipmentTimeChecks(step, context.now, shipment),
  ];
}

export function transitChecks(
  ledger: NaiveBooks,
  step: StepOf<'RefuseShipment'> | StepOf<'ReportTransitIncident'>,
  context: NaiveContext,
): readonly Check[] {
  const shipment = ledger.shipments.get(step.shipment) ?? null;
  const account = accountChecks(ledger, step);
  const time = shipmentTimeChecks(step, context.now, shipment);
  if (step.kind === 'ReportTransitIncident')
    return [
      [shipment === null, 'shipment_not_found'],
      [shipment !== null && shipment.consignor !== step.account, 'not_the_consignor'],
      ...account,
      ...time,
    ];
  return [
    [shipment?.isSurrender === true, 'surrender_not_refusable'],
    ...account,
    ...consigneeChecks(ledger, step, shipment, context.now),
    ...onTheRoadChecks(ledger, shipment, []),
    ...approvalChecks(step.approval, isParentActing(ledger, step), step, context),
    ...time,
  ];
}
