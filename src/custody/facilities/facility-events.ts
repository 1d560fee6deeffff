import { type CalendarDate } from './facility.js';
import { type FacilityCode, type FacilityId, type Level } from './facility-code.js';
import { type FacilityCounts } from './published-register.js';

/** The stream of the facility register. */
export const REGISTER_STREAM = 'register-facilities';

/** A paper an entry rests on, named by its hash. */
export interface FacilityDocument {
  readonly kind: string;
  readonly number: string;
  readonly sha256: string;
}

interface Entry {
  /** Free text without personal data. */
  readonly note: string;
  readonly documents: readonly FacilityDocument[];
}

/** Always the first event: the facilities it names need no event each. */
export interface RegisterPublished {
  readonly type: 'RegisterPublished';
  readonly data: Entry & {
    readonly source: string;
    readonly version: string;
    readonly licence: string;
    readonly sha256: string;
    readonly counts: FacilityCounts;
  };
}

export interface FacilityOpened {
  readonly type: 'FacilityOpened';
  readonly data: Entry & {
    readonly facilityId: FacilityId;
    readonly code: FacilityCode;
    readonly name: string;
    readonly level: Level;
    readonly parent: FacilityId;
    readonly effectiveOn: CalendarDate;
  };
}

export interface FacilityClosed {
  readonly type: 'FacilityClosed';
  readonly data: Entry & {
    readonly facilityId: FacilityId;
    readonly successor: FacilityId;
    readonly effectiveOn: CalendarDate;
    readonly reason: string;
  };
}

interface FacilityRenamed {
  readonly type: 'FacilityRenamed';
  readonly data: Entry & {
    readonly facilityId: FacilityId;
    readonly name: string;
    readonly effectiveOn: CalendarDate;
  };
}

interface FacilityRenumbered {
  readonly type: 'FacilityRenumbered';
  readonly data: Entry & {
    readonly facilityId: FacilityId;
    readonly code: FacilityCode;
    readonly effectiveOn: CalendarDate;
  };
}

interface FacilityMoved {
  readonly type: 'FacilityMoved';
  readonly data: Entry & {
    readonly facilityId: FacilityId;
    readonly parent: FacilityId;
    readonly effectiveOn: CalendarDate;
  };
}

/** The type names and the shapes are the storage format, for good. */
export type FacilityEvent =
  | RegisterPublished
  | FacilityOpened
  | FacilityClosed
  | FacilityRenamed
  | FacilityRenumbered
  | FacilityMoved;
