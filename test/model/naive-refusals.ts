import type { RejectionCode } from '../../src/custody/rejection.js';
import {
  type NaiveContext,
  type Check,
  isUnknownFacility,
  isClosed,
  accountChecks,
  approvalChecks,
  timeChecks,
  allIn,
  hasRepeats,
  isSuccessor,
} from './naive-checks.js';
import type { NaiveBooks } from './naive-books.js';
import { serialsOf } from './naive-text.js';
import {
  dispatchChecks,
  missingChecks,
  receiptChecks,
  transitChecks,
} from './naive-shipment-refusals.js';
import type { Step, StepKind, StepOf } from './steps.js';

const REVERSIBLE = [
  'ShipmentReceived',
  'BlanksSpoiled',
  'BlanksReportedMissing',
  'StockCounted',
  'BlankIssued',
  'BlanksDestroyed',
];

function destructionChecks(
  ledger: NaiveBooks,
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

function reversalChecks(ledger: NaiveBooks, step: StepOf<'ReverseEntry'>, context: NaiveContext) {
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
  ledger: NaiveBooks,
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
  ledger: NaiveBooks,
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
  ledger: NaiveBooks,
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
  ledger: NaiveBooks,
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
  ledger: NaiveBooks,
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
  ledger: NaiveBooks,
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

const checks: {
  readonly [K in StepKind]: (
    ledger: NaiveBooks,
    step: StepOf<K>,
    context: NaiveContext,
  ) => readonly Check[];
} = {
  ProcureBatch: batchChecks,
  RecordProduction: batchChecks,
  CloseBatch: batchChecks,
  DispatchShipment: dispatchChecks,
  ReceiveShipment: receiptChecks,
  RefuseShipment: transitChecks,
  ReportTransitIncident: transitChecks,
  IssueBlanks: cardChecks,
  SurrenderCard: cardChecks,
  DestroyBlanks: destructionChecks,
  ReportMissing: missingChecks,
  CountStock: countChecks,
  HandOverCustody: countChecks,
  ReverseEntry: reversalChecks,
  CorrectOccurrence: correctionChecks,
  RecordFinding: findingChecks,
  ResolveFinding: findingChecks,
  RecordSpoilage: simpleChecks,
  RecoverBlanks: simpleChecks,
  RecordUnnumbered: simpleChecks,
  ReportDemand: simpleChecks,
};

/** Every refusal that applies to a well-written command that was not sent before. */
export function refusals(
  ledger: NaiveBooks,
  step: Step,
  context: NaiveContext,
): readonly RejectionCode[] {
  const list = checks[step.kind] as (
    ledger: NaiveBooks,
    step: Step,
    context: NaiveContext,
  ) => readonly Check[];
  return list(ledger, step, context).flatMap(([applies, code]) => (applies ? [code] : []));
}
