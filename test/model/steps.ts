import type {
  Approval,
  HeldState,
  Officer,
  ShipmentBasis,
} from '../../src/custody/account/events.js';
import type { FindingResolution } from '../../src/custody/finding/finding.js';
import type { OccurredAt } from '../../src/custody/occurrence.js';

/** What every step says. Serials, accounts, codes and times are texts as a body has them. */
interface Common {
  readonly commandId: string;
  readonly actor: Officer;
  /** The account written to; the finding's id for findings. */
  readonly account: string;
  readonly at: OccurredAt;
  readonly note: string;
}

interface Approvable {
  readonly approval: Approval | null;
}

interface Count {
  readonly bookRevision: number;
  readonly states: readonly HeldState[];
  readonly batches: readonly string[] | null;
  readonly seenUsable: readonly string[];
  readonly seenInvalid: readonly string[];
}

interface Details {
  ProcureBatch: Approvable & {
    readonly contract: string | null;
    readonly quantity: number;
    readonly serialMax: number;
  };
  RecordProduction: { readonly serials: readonly string[] };
  CloseBatch: { readonly reason: string | null };
  DispatchShipment: Approvable & {
    readonly to: string;
    readonly basis: ShipmentBasis;
    readonly packages: readonly {
      readonly usable: readonly string[];
      readonly invalid: readonly string[];
    }[];
    readonly expectedBy: string;
  };
  ReceiveShipment: Approvable & {
    readonly shipment: string;
    readonly asStated: readonly string[];
    readonly damaged: readonly string[];
    readonly missing: readonly string[];
    readonly unexpected: readonly string[];
  };
  RefuseShipment: Approvable & { readonly shipment: string };
  IssueBlanks: {
    /** Whether each entry names as many and as long papers as an entry may. */
    readonly isBulky: boolean;
    readonly issuances: readonly {
      readonly serial: string;
      readonly nik: string;
      readonly replaces: string | null;
      readonly chipUid: string | null;
    }[];
  };
  SurrenderCard: { readonly serial: string; readonly handedInAt: string };
  RecordSpoilage: { readonly serials: readonly string[] };
  DestroyBlanks: Approvable & {
    readonly serials: readonly string[];
    readonly unnumbered: number;
    readonly witnesses: readonly Officer[];
    readonly hasRecord: boolean;
  };
  ReportMissing: Approvable & {
    readonly serials: readonly string[];
    readonly shipment: string | null;
  };
  RecoverBlanks: { readonly serials: readonly string[]; readonly as: HeldState };
  CountStock: Count;
  HandOverCustody: Count & { readonly from: string | null; readonly to: string };
  ReverseEntry: Approvable & { readonly revision: number };
  CorrectOccurrence: { readonly revision: number; readonly correctedTo: OccurredAt };
  ReportTransitIncident: { readonly shipment: string };
  RecordUnnumbered: { readonly count: number };
  RecordFinding: { readonly serials: readonly string[]; readonly illegibleCount: number };
  ResolveFinding: { readonly how: FindingResolution; readonly eventIds: readonly string[] };
  ReportDemand: { readonly waiting: number | null };
}

export type StepKind = keyof Details;
export type StepOf<K extends StepKind> = Common & Details[K] & { readonly kind: K };
/** One command of a history. */
export type Step = { [K in StepKind]: StepOf<K> }[StepKind];

export const STEP_KINDS = [
  'ProcureBatch',
  'RecordProduction',
  'CloseBatch',
  'DispatchShipment',
  'ReceiveShipment',
  'RefuseShipment',
  'IssueBlanks',
  'SurrenderCard',
  'RecordSpoilage',
  'DestroyBlanks',
  'ReportMissing',
  'RecoverBlanks',
  'CountStock',
  'HandOverCustody',
  'ReverseEntry',
  'CorrectOccurrence',
  'ReportTransitIncident',
  'RecordUnnumbered',
  'RecordFinding',
  'ResolveFinding',
  'ReportDemand',
] as const satisfies readonly StepKind[];

export function approvalOf(step: Step): Approval | null {
  return 'approval' in step ? step.approval : null;
}

/** The stream the step is written to, by the naming rule of the domain. */
export function streamOf(step: Step): string {
  if (step.kind === 'RecordFinding' || step.kind === 'ResolveFinding')
    return `finding-${step.account}`;
  return step.kind === 'ReportDemand' ? `demand-${step.account}` : `custody-${step.account}`;
}
