import type { OccurredAt } from '../occurrence.js';
import type { SerialSetJson } from '../serials/serial-set.js';
import type { AccountId, ShipmentId } from './account-id.js';

/*
 * The stored shapes of custody events, version 1. They are permanent: a name or a field below is
 * the storage format. New needs get new versions, and old ones are upcast when they are read.
 */

/** Blanks and cards still in somebody's hands, by what may be done with them. */
export const HELD_STATES = ['usable', 'invalid'] as const;
export type HeldState = (typeof HELD_STATES)[number];
/** Every state a serial can have in the books of an account. */
export type AccountState = HeldState | 'issued' | 'missing' | 'destroyed';

/** Serials divided by the state they had before the event. */
export interface SplitByState {
  readonly usable: SerialSetJson;
  readonly invalid: SerialSetJson;
}

export interface DocumentReference {
  readonly kind: string;
  readonly number: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A person acting in office: actor, approver, witness. Never a resident. */
export interface Officer {
  readonly id: string;
  readonly role: string;
  readonly facilityId: string;
}

/** A second person's approval, bound to the hash of the content approved; spent once. */
export interface Approval {
  readonly by: Officer;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Lower-case hex SHA-256 of the canonical command with its id, without persons and approval. */
  readonly contentHash: string;
}

/** What every event says besides its own facts. */
export interface EntryFields {
  readonly occurredAt: OccurredAt;
  readonly documents: readonly DocumentReference[];
  /** Free text of the officer; no personal data. */
  readonly note: string;
}

export const SHIPMENT_BASES = [
  'allocation',
  'return',
  'for_destruction',
  'grant',
  'opening',
  'evidence',
] as const;
export type ShipmentBasis = (typeof SHIPMENT_BASES)[number];

export const ISSUANCE_REASONS = [
  'backlog',
  'first_card',
  'marital_status',
  'damaged',
  'lost',
  'moved',
  'correction',
] as const;
export type IssuanceReason = (typeof ISSUANCE_REASONS)[number];

export const SURRENDER_REASONS = [
  'replaced',
  'moved',
  'deceased',
  'damaged',
  'data_changed',
  'found',
] as const;
export type SurrenderReason = (typeof SURRENDER_REASONS)[number];

export const SPOILAGE_CAUSES = [
  'misprint',
  'chip_failure',
  'printer_fault',
  'wrong_data',
  'physical_damage',
  'water_or_fire',
] as const;
export type SpoilageCause = (typeof SPOILAGE_CAUSES)[number];

export const DESTRUCTION_METHODS = ['burned', 'shredded', 'cut'] as const;
export type DestructionMethod = (typeof DESTRUCTION_METHODS)[number];

export const LOSS_KINDS = ['lost', 'stolen', 'unaccounted'] as const;
export type LossKind = (typeof LOSS_KINDS)[number];

export const RECOVERY_KINDS = ['found', 'never_missing'] as const;
export type RecoveryKind = (typeof RECOVERY_KINDS)[number];

export const INCIDENT_KINDS = ['robbery', 'accident', 'fire', 'seizure', 'delay'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** One carton, bag or envelope of a shipment. */
export interface PackageJson extends SplitByState {
  readonly label: string;
  readonly kind: string;
  readonly seal: string;
}

export interface SealCheck {
  readonly label: string;
  readonly seal: string;
  readonly isIntact: boolean;
}

/** What part of the books was counted: which states, and of which batches (null: all). */
export interface CountScope {
  readonly states: readonly HeldState[];
  readonly batches: readonly string[] | null;
}

export interface ChipManifest {
  readonly sha256: string;
  readonly rows: number;
  readonly format: string;
}

export interface QualitySample {
  readonly size: number;
  readonly defects: number;
}

/** Where serials are in the books, seen from one account's stream. */
export type Place =
  | { readonly place: 'unproduced' }
  | { readonly place: AccountState }
  | { readonly place: 'transit'; readonly shipmentId: ShipmentId; readonly state: HeldState };

export interface PostingJson {
  readonly from: Place;
  readonly to: Place;
  readonly serials: SerialSetJson;
}

interface Shapes {
  BatchProcured: EntryFields & {
    /** Null for a legacy batch: opening stock and cards older than the ledger. */
    readonly contract: string | null;
    readonly vendor: string;
    /** Calendar date. */
    readonly signedOn: string;
    readonly quantityContracted: number;
    /** Largest serial number the batch can have, inclusive. */
    readonly serialMax: number;
    readonly cardOrigin: string;
    readonly chipOrigin: string;
    readonly approval: Approval | null;
  };
  BlanksProduced: EntryFields & {
    readonly serials: SerialSetJson;
    readonly deliveryNo: string;
    readonly qualitySample: QualitySample | null;
    readonly chipManifest: ChipManifest | null;
  };
  BatchClosed: EntryFields & { readonly shortage: number; readonly reason: string | null };
  ShipmentDispatched: EntryFields & {
    readonly shipmentId: ShipmentId;
    readonly to: AccountId;
    readonly basis: ShipmentBasis;
    readonly packages: readonly PackageJson[];
    readonly carrier: string;
    readonly vehicle: string | null;
    /** ISO 8601, UTC. */
    readonly expectedBy: string;
    readonly paperNumber: string | null;
    readonly approval: Approval | null;
  };
  ShipmentReceived: EntryFields & {
    readonly shipmentId: ShipmentId;
    readonly asStated: SplitByState;
    readonly damaged: SplitByState;
    readonly missing: SplitByState;
    readonly sealChecks: readonly SealCheck[];
    /** Serials found in the shipment that its manifest does not name; they never enter custody. */
    readonly unexpected: SerialSetJson;
    readonly approval: Approval | null;
  };
  ShipmentRefused: EntryFields &
    SplitByState & {
      readonly shipmentId: ShipmentId;
      readonly newShipmentId: ShipmentId;
      readonly to: AccountId;
      readonly reason: string;
      readonly approval: Approval | null;
    };
  BlankIssued: EntryFields & {
    /** BATCH/NUMBER with nine digits. */
    readonly serial: string;
    /** Lower-case hex SHA-256 of salt, "nik" and the NIK; see the subject vault. */
    readonly subject: string;
    readonly reason: IssuanceReason;
    readonly replaces: string | null;
    readonly chipUid: string | null;
  };
  CardSurrendered: EntryFields & {
    readonly serial: string;
    /** The office the card was handed in at. */
    readonly to: AccountId;
    /** The shipment it travels in, or null when it was handed in at the account that issued it. */
    readonly shipmentId: ShipmentId | null;
    readonly findingId: string | null;
    readonly reason: SurrenderReason;
  };
  BlanksSpoiled: EntryFields & { readonly serials: SerialSetJson; readonly cause: SpoilageCause };
  BlanksDestroyed: EntryFields & {
    readonly serials: SerialSetJson;
    /** Cards without a legible serial, destroyed with them. */
    readonly unnumbered: number;
    readonly method: DestructionMethod;
    readonly place: string;
    readonly witnesses: readonly Officer[];
    readonly approval: Approval;
  };
  BlanksReportedMissing: EntryFields & {
    readonly fromUsable: SerialSetJson;
    readonly fromInvalid: SerialSetJson;
    readonly kind: LossKind;
    readonly policeReport: string | null;
    /** Set when the serials were still in transit to this account. */
    readonly shipmentId: ShipmentId | null;
    readonly approval: Approval | null;
  };
  BlanksRecovered: EntryFields & {
    readonly serials: SerialSetJson;
    readonly as: HeldState;
    readonly kind: RecoveryKind;
    readonly place: string;
  };
  StockCounted: EntryFields & {
    /** Revision of the account's stream the count was made against, as a decimal string. */
    readonly bookRevision: string;
    readonly scope: CountScope;
    readonly seenUsable: SerialSetJson;
    readonly seenInvalid: SerialSetJson;
    /** Becomes missing, by the state it has now. */
    readonly short: SplitByState;
    readonly surplus: SerialSetJson;
    readonly misclassified: SerialSetJson;
    /** Left or entered the counted part of the books since `bookRevision`. */
    readonly moved: SerialSetJson;
  };
  CustodianChanged: EntryFields & {
    readonly from: string | null;
    readonly to: string;
    readonly countEventId: string;
  };
  EntryReversed: EntryFields & {
    readonly eventId: string;
    /** Revision of the entry in this stream, as a decimal string. */
    readonly revision: string;
    readonly entryType: ReversibleType;
    /** The postings made by this reversal: those of the entry, backwards. */
    readonly postings: readonly PostingJson[];
    /** Cards without a number that the entry had destroyed and that are held again. */
    readonly unnumbered: number;
    readonly reason: string;
    readonly approval: Approval;
  };
  OccurrenceCorrected: EntryFields & {
    readonly eventId: string;
    readonly revision: string;
    /** When the entry happened, as corrected; `occurredAt` is when the correction was made. */
    readonly correctedTo: OccurredAt;
    readonly reason: string;
  };
  TransitIncidentReported: EntryFields & {
    readonly shipmentId: ShipmentId;
    readonly kind: IncidentKind;
    readonly place: string;
    readonly policeReport: string | null;
  };
  UnnumberedCardsRecorded: EntryFields & {
    readonly count: number;
    readonly bag: string;
    readonly seal: string;
    readonly source: string;
  };
}

export const REVERSIBLE_TYPES = [
  'ShipmentReceived',
  'BlanksSpoiled',
  'BlanksReportedMissing',
  'StockCounted',
  'BlankIssued',
  'BlanksDestroyed',
] as const satisfies readonly (keyof Shapes)[];
export type ReversibleType = (typeof REVERSIBLE_TYPES)[number];

export type CustodyEventType = keyof Shapes;
export type CustodyEventData<T extends CustodyEventType> = Shapes[T];
/** One entry of an account's stream. */
export type CustodyEvent = {
  readonly [T in CustodyEventType]: { readonly type: T; readonly data: Shapes[T] };
}[CustodyEventType];
export type CustodyEventOf<T extends CustodyEventType> = Extract<CustodyEvent, { type: T }>;

/** The schema version newly written events of each type carry in their metadata. */
export const CUSTODY_SCHEMA_VERSION = 1;
