import type { Approval } from '../../src/custody/account/events.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { RejectionCode } from '../../src/custody/rejection.js';
import type { NaiveLedger, NaiveShipment, NaiveStream } from './naive-ledger.js';
import { isBefore, isFuture, serialsOf } from './naive-text.js';
import type { Step, StepOf } from './steps.js';

export interface NaiveContext {
  /** The node's clock or the stream's latest recording, whichever is later. */
  readonly now: number;
  readonly contentHash: string | null;
  readonly stream: NaiveStream;
}

const REVERSIBLE = [
  'ShipmentReceived',
  'BlanksSpoiled',
  'BlanksReportedMissing',
  'StockCounted',
  'BlankIssued',
  'BlanksDestroyed',
];

type Check = readonly [boolean, RejectionCode];
type Kind = 'facility' | 'batch' | 'evidence';

function kindOf(account: string): Kind {
  if (account.startsWith('B.')) return 'batch';
  return account.startsWith('E.') ? 'evidence' : 'facility';
}

function isUnknownFacility(ledger: NaiveLedger, account: string): boolean {
  return kindOf(account) === 'facility' && !ledger.facilities.has(account);
}

function isUnknownBatch(ledger: NaiveLedger, account: string): boolean {
  return kindOf(account) === 'batch' && !ledger.batches.has(account);
}

function isClosed(ledger: NaiveLedger, account: string): boolean {
  return ledger.facilities.get(account)?.isOpen === false;
}

function isSuccessor(ledger: NaiveLedger, step: Step, account: string): boolean {
  return (
    isClosed(ledger, account) && ledger.facilities.get(account)?.successor === step.actor.facilityId
  );
}

/** The account written to: known, of a kind that does such things, open or acted for. */
function accountChecks(
  ledger: NaiveLedger,
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

function approvalChecks(
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

function timeChecks(at: OccurredAt, now: number, cause: OccurredAt | null): readonly Check[] {
  return [
    [isFuture(at, now), 'occurred_in_future'],
    [cause !== null && isBefore(at, cause), 'occurred_before_cause'],
  ];
}

/** Of one who names a shipment: it has told this node when it was recorded. */
function shipmentTimeChecks(step: Step, now: number, shipment: NaiveShipment | null) {
  return timeChecks(step.at, Math.max(now, shipment?.recordedAt ?? 0), shipment?.at ?? null);
}

function allIn(
  ledger: NaiveLedger,
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

function hasRepeats(serials: readonly string[]): boolean {
  return new Set(serials).size < serials.length;
}

function isParentActing(ledger: NaiveLedger, step: Step): boolean {
  const { account, actor } = step;
  if (account === actor.facilityId || isSuccessor(ledger, step, account)) return false;
  return ledger.facilities.get(account)?.parent === actor.facilityId;
}

function consigneeChecks(
  ledger: NaiveLedger,
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

function onTheRoadChecks(
  ledger: NaiveLedger,
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

function dispatchChecks(
  ledger: NaiveLedger,
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

function receiptChecks(
  ledger: NaiveLedger,
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

function missingChecks(ledger: NaiveLedger, step: StepOf<'ReportMissing'>, context: NaiveContext) {
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

function destructionChecks(
  ledger: NaiveLedger,
  step: StepOf<'DestroyBlanks'>,
  context: NaiveContext,
) {
  const serials = serialsOf(step.serials);
  const { unnumbered, approval, witnesses, actor } = step;
  const ids = new Set(witnesses.map(({ id }) => id));
  ids.delete(actor.id);
  ids.delete(approval?.by.id ?? '');
  const checks: readonly Check[] = [
    [serials.length === 0 && unnumbered === 0, 'no_serials'],
    [unnumbered < 0, 'quantity_out_of_bounds'],
    [!allIn(ledger, step, serials, ['invalid']), 'serials_not_invalid_here'],
    [unnumbered > context.stream.unnumbered, 'unnumbered_exceeds_balance'],
    [ids.size < 2, 'witnesses_required'],
    [!step.hasRecord, 'record_required'],
  ];
  return [
    ...checks,
    ...accountChecks(ledger, step, ['facility', 'batch']),
    ...approvalChecks(approval, true, step, context),
    ...timeChecks(step.at, context.now, null),
  ];
}

function reversalChecks(ledger: NaiveLedger, step: StepOf<'ReverseEntry'>, context: NaiveContext) {
  const { entries } = context.stream;
  const entry = entries[step.revision];
  const touched = new Set(
    entries.slice(step.revision + 1).flatMap(({ moves }) => moves.map(({ serial }) => serial)),
  );
  const officers = [step.actor, ...(step.approval === null ? [] : [step.approval.by])];
  const isOfMinistry = officers.every(({ role }) => role === 'ministry');
  const checks: readonly Check[] = [
    [entry === undefined, 'entry_not_found'],
    [entry !== undefined && !REVERSIBLE.includes(entry.type), 'not_reversible'],
    [entry?.isReversed === true, 'entry_already_reversed'],
    [entry?.moves.some(({ serial }) => touched.has(serial)) === true, 'entry_built_upon'],
    [entry?.type === 'BlanksDestroyed' && !isOfMinistry, 'ministry_officers_required'],
  ];
  return [
    ...checks,
    ...accountChecks(ledger, step),
    ...approvalChecks(step.approval, true, step, context),
    ...timeChecks(step.at, context.now, entry?.at ?? null),
  ];
}

function correctionChecks(
  ledger: NaiveLedger,
  step: StepOf<'CorrectOccurrence'>,
  context: NaiveContext,
) {
  const entry = context.stream.entries[step.revision];
  const isAboutOthers = entry?.type === 'EntryReversed' || entry?.type === 'OccurrenceCorrected';
  const checks: readonly Check[] = [
    [entry === undefined, 'entry_not_found'],
    [isAboutOthers, 'not_reversible'],
    [entry?.isReversed === true, 'entry_already_reversed'],
  ];
  return [
    ...checks,
    ...accountChecks(ledger, step),
    ...timeChecks(step.at, context.now, null),
    ...timeChecks(step.correctedTo, context.now, entry?.cause ?? null),
  ];
}

function countChecks(
  ledger: NaiveLedger,
  step: StepOf<'CountStock'> | StepOf<'HandOverCustody'>,
  { now, stream }: NaiveContext,
) {
  const seen = [...serialsOf(step.seenUsable), ...serialsOf(step.seenInvalid)];
  const checks: readonly Check[] = [
    [hasRepeats(seen), 'overlapping_ranges'],
    [step.bookRevision >= stream.entries.length, 'book_revision_unknown'],
  ];
  const handover: readonly Check[] =
    step.kind === 'CountStock'
      ? []
      : [
          [step.from === step.to, 'custodian_unchanged'],
          [step.from !== stream.custodian, 'not_the_custodian'],
        ];
  return [
    ...checks,
    ...handover,
    ...accountChecks(ledger, step),
    ...timeChecks(step.at, now, null),
  ];
}

function batchChecks(
  ledger: NaiveLedger,
  step: StepOf<'ProcureBatch'> | StepOf<'RecordProduction'> | StepOf<'CloseBatch'>,
  context: NaiveContext,
): readonly Check[] {
  const run = ledger.batches.get(step.account);
  const time = timeChecks(step.at, context.now, null);
  const code = step.account.slice(2);
  const made = [...ledger.places.keys()].filter((serial) => serial.startsWith(`${code}/`));
  if (step.kind === 'ProcureBatch') {
    const { quantity, serialMax, approval } = step;
    return [
      [quantity < 1 || quantity > serialMax || serialMax > 999_999_999, 'quantity_out_of_bounds'],
      [run !== undefined, 'batch_exists'],
      ...approvalChecks(approval, false, step, context),
      ...time,
    ];
  }
  const account = accountChecks(ledger, step, ['batch']);
  const closed: Check = [run?.isClosed === true, 'batch_closed'];
  if (step.kind === 'CloseBatch') {
    const isShort = run !== undefined && made.length < run.quantity && step.reason === null;
    return [closed, [isShort, 'shortage_reason_required'], ...account, ...time];
  }
  const serials = serialsOf(step.serials);
  const isOutside = (serial: string): boolean => {
    const [batch, number] = serial.split('/');
    return batch !== code || Number(number) > (run?.serialMax ?? 0);
  };
  return [
    closed,
    [run !== undefined && serials.some(isOutside), 'range_outside_batch'],
    [serials.length === 0, 'no_serials'],
    [serials.some((serial) => ledger.places.has(serial)), 'already_produced'],
    [run !== undefined && made.length + serials.length > run.quantity, 'quantity_exceeds_contract'],
    ...account,
    ...time,
  ];
}

function cardChecks(
  ledger: NaiveLedger,
  step: StepOf<'IssueBlanks'> | StepOf<'SurrenderCard'>,
  { now, stream }: NaiveContext,
): readonly Check[] {
  const account = accountChecks(ledger, step, ['facility']);
  if (step.kind === 'IssueBlanks') {
    const serials = step.issuances.flatMap(({ serial }) => serialsOf([serial]));
    const isSelf = step.issuances.some(
      ({ serial, replaces }) =>
        replaces !== null && serialsOf([replaces])[0] === serialsOf([serial])[0],
    );
    return [
      [hasRepeats(serials), 'overlapping_ranges'],
      [serials.length === 0, 'no_serials'],
      [!allIn(ledger, step, serials, ['usable']), 'serials_not_usable_here'],
      [isSelf, 'card_replaces_itself'],
      ...account,
      ...timeChecks(step.at, now, null),
    ];
  }
  const serials = serialsOf([step.serial]);
  const issuance = stream.entries.findLast(
    ({ type, moves }) => type === 'BlankIssued' && moves[0]?.serial === serials[0],
  );
  const isHere = step.handedInAt === step.account;
  const mayTake = isHere && isSuccessor(ledger, step, step.account);
  return [
    // The office that issued it may be closed: what counts is where the card is handed in.
    ...account.filter(([, code]) => code !== 'facility_closed'),
    [isUnknownFacility(ledger, step.handedInAt), 'unknown_facility'],
    [isClosed(ledger, step.handedInAt) && !mayTake, 'facility_closed'],
    [!allIn(ledger, step, serials, ['issued']), 'serials_not_issued_here'],
    ...timeChecks(step.at, now, issuance?.at ?? null),
  ];
}

function findingChecks(
  ledger: NaiveLedger,
  step: StepOf<'RecordFinding'> | StepOf<'ResolveFinding'>,
  { now }: NaiveContext,
): readonly Check[] {
  const finding = ledger.findings.get(step.account);
  if (step.kind === 'RecordFinding') {
    const { serials, illegibleCount } = step;
    return [
      [serials.length === 0 && illegibleCount === 0, 'no_serials'],
      [illegibleCount < 0 || illegibleCount > 10_000_000, 'quantity_out_of_bounds'],
      [finding !== undefined, 'finding_exists'],
      ...timeChecks(step.at, now, null),
    ];
  }
  const needsEntry = step.how !== 'contradiction' && step.how !== 'no_serials';
  return [
    [finding === undefined, 'finding_not_found'],
    [finding?.isResolved === true, 'finding_resolved'],
    [needsEntry && step.eventIds.length === 0, 'evidence_required'],
    ...timeChecks(step.at, now, finding?.at ?? null),
  ];
}

function simpleChecks(
  ledger: NaiveLedger,
  step:
    | StepOf<'RecordSpoilage'>
    | StepOf<'RecoverBlanks'>
    | StepOf<'RecordUnnumbered'>
    | StepOf<'ReportDemand'>,
  { now }: NaiveContext,
): readonly Check[] {
  const time = timeChecks(step.at, now, null);
  if (step.kind === 'RecordUnnumbered') {
    const { count } = step;
    const account = accountChecks(ledger, step);
    return [[count < 1 || count > 10_000_000, 'quantity_out_of_bounds'], ...account, ...time];
  }
  if (step.kind === 'ReportDemand') {
    const { waiting } = step;
    const isOut = waiting === null || waiting < 0 || waiting > 100_000_000;
    const unknown = isUnknownFacility(ledger, step.account);
    return [[isOut, 'quantity_out_of_bounds'], [unknown, 'unknown_facility'], ...time];
  }
  const serials = serialsOf(step.serials);
  const none: Check = [serials.length === 0, 'no_serials'];
  if (step.kind === 'RecordSpoilage') {
    const isElsewhere = !allIn(ledger, step, serials, ['usable']);
    const account = accountChecks(ledger, step, ['facility', 'batch']);
    return [none, [isElsewhere, 'serials_not_usable_here'], ...account, ...time];
  }
  const isElsewhere = !allIn(ledger, step, serials, ['missing']);
  return [none, [isElsewhere, 'serials_not_missing_here'], ...accountChecks(ledger, step), ...time];
}

function transitChecks(
  ledger: NaiveLedger,
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

function checks(ledger: NaiveLedger, step: Step, context: NaiveContext): readonly Check[] {
  switch (step.kind) {
    case 'ProcureBatch':
    case 'RecordProduction':
    case 'CloseBatch':
      return batchChecks(ledger, step, context);
    case 'DispatchShipment':
      return dispatchChecks(ledger, step, context);
    case 'ReceiveShipment':
      return receiptChecks(ledger, step, context);
    case 'RefuseShipment':
    case 'ReportTransitIncident':
      return transitChecks(ledger, step, context);
    case 'IssueBlanks':
    case 'SurrenderCard':
      return cardChecks(ledger, step, context);
    case 'DestroyBlanks':
      return destructionChecks(ledger, step, context);
    case 'ReportMissing':
      return missingChecks(ledger, step, context);
    case 'CountStock':
    case 'HandOverCustody':
      return countChecks(ledger, step, context);
    case 'ReverseEntry':
      return reversalChecks(ledger, step, context);
    case 'CorrectOccurrence':
      return correctionChecks(ledger, step, context);
    case 'RecordFinding':
    case 'ResolveFinding':
      return findingChecks(ledger, step, context);
    default:
      return simpleChecks(ledger, step, context);
  }
}

/** Every refusal that applies to a well-written command that was not sent before. */
export function refusals(
  ledger: NaiveLedger,
  step: Step,
  context: NaiveContext,
): readonly RejectionCode[] {
  return checks(ledger, step, context).flatMap(([applies, code]) => (applies ? [code] : []));
}
