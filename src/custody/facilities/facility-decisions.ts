import { type CalendarDate, type Facility, isCalendarDate, isFacilityOpen } from './facility.js';
import {
  CENTRAL_STORE,
  LEVELS,
  type FacilityCode,
  type FacilityId,
  type Level,
  facilityIdOf,
  levelAbove,
  levelOf,
} from './facility-code.js';
import { type FacilityDocument, type FacilityEvent } from './facility-events.js';
import { type FacilityRegister } from './facility-register.js';
import {
  FACILITY_REJECTIONS,
  type FacilityRejection,
  type FacilityRejectionCode,
} from './facility-rejection.js';

interface Paper {
  readonly note: string;
  readonly documents: readonly FacilityDocument[];
}

export type PublishRegister = Paper;

export interface OpenFacility extends Paper {
  readonly code: FacilityCode;
  readonly name: string;
  readonly parent: FacilityId;
  readonly effectiveOn: CalendarDate;
}

export interface CloseFacility extends Paper {
  readonly facilityId: FacilityId;
  readonly successor: FacilityId;
  readonly effectiveOn: CalendarDate;
  readonly reason: string;
}

export interface RenameFacility extends Paper {
  readonly facilityId: FacilityId;
  readonly name: string;
  readonly effectiveOn: CalendarDate;
}

export interface RenumberFacility extends Paper {
  readonly facilityId: FacilityId;
  readonly code: FacilityCode;
  readonly effectiveOn: CalendarDate;
}

export interface MoveFacility extends Paper {
  readonly facilityId: FacilityId;
  readonly parent: FacilityId;
  readonly effectiveOn: CalendarDate;
}

/** The events to append to `register-facilities`, or the first refusal by precedence. */
export type FacilityDecision =
  | { readonly ok: true; readonly events: readonly FacilityEvent[] }
  | { readonly ok: false; readonly rejection: FacilityRejection };

const NAME_MAXIMUM_LENGTH = 200;

type Refused = FacilityRejectionCode | null;

/** Checks run in order and the first refusal counts, so precedence is the order of the list. */
function decide(checks: readonly (() => Refused)[], event: () => FacilityEvent): FacilityDecision {
  for (const check of checks) {
    const code = check();
    if (code !== null) {
      return { ok: false, rejection: { code, message: FACILITY_REJECTIONS[code] } };
    }
  }
  return { ok: true, events: [event()] };
}

function published(register: FacilityRegister): Refused {
  return register.isPublished ? null : 'register_not_published';
}

function dated(effectiveOn: string): Refused {
  return isCalendarDate(effectiveOn) ? null : 'invalid_effective_date';
}

function named(name: string): Refused {
  const fits = name.length >= 1 && name.length <= NAME_MAXIMUM_LENGTH && name === name.trim();
  return fits && !/\p{Cc}/u.test(name) ? null : 'invalid_name';
}

/** The facility a command changes exists, is open, and was open when the change takes effect. */
function changeable(facility: Facility | null, effectiveOn: CalendarDate): Refused {
  if (facility === null) return 'unknown_facility';
  if (!isFacilityOpen(facility)) return 'facility_closed';
  const opened = facility.openedAt === null || facility.openedAt <= effectiveOn;
  return opened ? null : 'effective_before_opening';
}

function notCentral(register: FacilityRegister, id: FacilityId): Refused {
  if (register.get(id) === null) return 'unknown_facility';
  return id === CENTRAL_STORE ? 'central_store_permanent' : null;
}

function parentFits(parent: Facility | null, level: Level): Refused {
  return parent?.level === levelAbove(level) ? null : 'parent_level_mismatch';
}

function succeeds(
  successor: Facility | null,
  facility: Facility,
  effectiveOn: CalendarDate,
): boolean {
  if (successor === null || successor.facilityId === facility.facilityId) return false;
  if (!isFacilityOpen(successor) || !isFacilityOpen(successor, effectiveOn)) return false;
  return LEVELS.indexOf(successor.level) <= LEVELS.indexOf(facility.level);
}

/** Begins the ledger's register with the published one it was seeded with. */
export function decidePublishRegister(
  register: FacilityRegister,
  command: PublishRegister,
): FacilityDecision {
  const { source, version, licence, sha256, counts } = register.published;
  const { note, documents } = command;
  return decide([() => (register.isPublished ? 'register_already_published' : null)], () => ({
    type: 'RegisterPublished',
    data: { source, version, licence, sha256, counts, note, documents },
  }));
}

/** A new office. Its id is its code, or `code~2` and so on when the code had a bearer before. */
export function decideOpenFacility(
  register: FacilityRegister,
  command: OpenFacility,
): FacilityDecision {
  const { code, name, effectiveOn } = command;
  const parent = register.get(command.parent);
  const level = levelOf(code);
  const isTaken = (): boolean => {
    const bearer = register.byCode(code);
    return bearer !== null && isFacilityOpen(bearer);
  };
  const isInside = level === 'province' || code.startsWith(`${parent?.code ?? ''}.`);
  return decide(
    [
      () => published(register),
      () => dated(effectiveOn),
      () => named(name),
      () => changeable(parent, effectiveOn),
      () => (isTaken() ? 'facility_exists' : null),
      () => parentFits(parent, level),
      () => (isInside ? null : 'code_outside_parent'),
    ],
    () => ({
      type: 'FacilityOpened',
      data: {
        facilityId: facilityIdOf(code, register.bearersOf(code).length + 1),
        code,
        name,
        level,
        parent: command.parent,
        effectiveOn,
        note: command.note,
        documents: command.documents,
      },
    }),
  );
}

/** An office ends; its successor answers for what it left and may act for it. */
export function decideCloseFacility(
  register: FacilityRegister,
  command: CloseFacility,
): FacilityDecision {
  const { facilityId, successor, effectiveOn } = command;
  const facility = register.get(facilityId);
  const hasOpenChildren = (): boolean =>
    register.children(facilityId).some((child) => isFacilityOpen(child));
  const isSucceeded = (): boolean =>
    facility !== null && succeeds(register.get(successor), facility, effectiveOn);
  return decide(
    [
      () => published(register),
      () => dated(effectiveOn),
      () => notCentral(register, facilityId),
      () => changeable(facility, effectiveOn),
      () => (hasOpenChildren() ? 'has_open_children' : null),
      () => (isSucceeded() ? null : 'successor_invalid'),
    ],
    () => ({
      type: 'FacilityClosed',
      data: {
        facilityId,
        successor,
        effectiveOn,
        reason: command.reason,
        note: command.note,
        documents: command.documents,
      },
    }),
  );
}

export function decideRenameFacility(
  register: FacilityRegister,
  command: RenameFacility,
): FacilityDecision {
  const { facilityId, name, effectiveOn } = command;
  const facility = register.get(facilityId);
  return decide(
    [
      () => published(register),
      () => dated(effectiveOn),
      () => named(name),
      () => changeable(facility, effectiveOn),
      () => (facility?.name === name ? 'nothing_changed' : null),
    ],
    () => ({
      type: 'FacilityRenamed',
      data: { facilityId, name, effectiveOn, note: command.note, documents: command.documents },
    }),
  );
}

/** A new code for the same office: id, streams and shipment numbers stay. */
export function decideRenumberFacility(
  register: FacilityRegister,
  command: RenumberFacility,
): FacilityDecision {
  const { facilityId, code, effectiveOn } = command;
  const facility = register.get(facilityId);
  const isTaken = (): boolean => {
    const bearer = register.byCode(code);
    return bearer !== null && isFacilityOpen(bearer) && bearer.facilityId !== facilityId;
  };
  return decide(
    [
      () => published(register),
      () => dated(effectiveOn),
      () => notCentral(register, facilityId),
      () => changeable(facility, effectiveOn),
      () => (isTaken() ? 'code_in_use' : null),
      () => (facility?.level === levelOf(code) ? null : 'level_mismatch'),
      () => (facility?.code === code ? 'nothing_changed' : null),
    ],
    () => ({
      type: 'FacilityRenumbered',
      data: { facilityId, code, effectiveOn, note: command.note, documents: command.documents },
    }),
  );
}

/** The same office below another parent, e.g. when a province is divided. */
export function decideMoveFacility(
  register: FacilityRegister,
  command: MoveFacility,
): FacilityDecision {
  const { facilityId, effectiveOn } = command;
  const facility = register.get(facilityId);
  const parent = register.get(command.parent);
  return decide(
    [
      () => published(register),
      () => dated(effectiveOn),
      () => (parent === null ? 'unknown_facility' : null),
      () => notCentral(register, facilityId),
      () => changeable(facility, effectiveOn),
      () => changeable(parent, effectiveOn),
      () => (facility === null ? 'unknown_facility' : parentFits(parent, facility.level)),
      () => (facility?.parent === command.parent ? 'nothing_changed' : null),
    ],
    () => ({
      type: 'FacilityMoved',
      data: {
        facilityId,
        parent: command.parent,
        effectiveOn,
        note: command.note,
        documents: command.documents,
      },
    }),
  );
}
