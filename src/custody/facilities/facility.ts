import { type FacilityCode, type FacilityId, type Level } from './facility-code.js';

/** A day of the calendar, `2017-03-31`. */
export type CalendarDate = string;

/** What may change in the life of a facility. */
export interface FacilityAttributes {
  readonly code: FacilityCode;
  readonly name: string;
  /** Null for the central store alone. */
  readonly parent: FacilityId | null;
}

/** One attribute took a new value on a day. */
export type FacilityChange = { readonly effectiveOn: CalendarDate } & (
  | Pick<FacilityAttributes, 'code'>
  | Pick<FacilityAttributes, 'name'>
  | Pick<FacilityAttributes, 'parent'>
);

interface FacilityHistory {
  readonly original: FacilityAttributes;
  /** By effective date; of one date, in the order recorded. */
  readonly changes: readonly FacilityChange[];
}

/**
 * An office that may hold blanks. `code`, `name` and `parent` are those of the last effective
 * change on record. Instances are never altered: a change makes a new one.
 */
export interface Facility extends FacilityAttributes {
  readonly facilityId: FacilityId;
  readonly level: Level;
  /** The first day it was open, or null when it stood before this register. */
  readonly openedAt: CalendarDate | null;
  /** The first day it was no longer open, or null. */
  readonly closedAt: CalendarDate | null;
  /** Who answers for what a closed facility left; null while it is open. */
  readonly successor: FacilityId | null;
  /** Null when nothing has ever changed. */
  readonly history: FacilityHistory | null;
}

function fold(history: FacilityHistory, until: CalendarDate | null): FacilityAttributes {
  const inForce = history.changes.filter((it) => until === null || it.effectiveOn <= until);
  const { code, name, parent }: FacilityAttributes = inForce.reduce(
    (attributes, change) => ({ ...attributes, ...change }),
    history.original,
  );
  return { code, name, parent };
}

/** Code, name and parent as they stood at the end of `date`. */
export function attributesAsOf(facility: Facility, date: CalendarDate): FacilityAttributes {
  if (facility.history !== null) return fold(facility.history, date);
  const { code, name, parent } = facility;
  return { code, name, parent };
}

/** The facility with one more change, which may be recorded later than others yet date before them. */
export function withChange(facility: Facility, change: FacilityChange): Facility {
  const { code, name, parent } = facility;
  const before = facility.history ?? { original: { code, name, parent }, changes: [] };
  const at = before.changes.findLastIndex((it) => it.effectiveOn <= change.effectiveOn) + 1;
  const history = { ...before, changes: before.changes.toSpliced(at, 0, change) };
  return { ...facility, ...fold(history, null), history };
}

/**
 * Whether the facility was open on `date`; without a date, whether no closing is on record, even
 * one that takes effect later.
 */
export function isFacilityOpen(facility: Facility, date?: CalendarDate): boolean {
  if (date === undefined) return facility.closedAt === null;
  const opened = facility.openedAt === null || facility.openedAt <= date;
  return opened && (facility.closedAt === null || date < facility.closedAt);
}

/** Whether the text is a day of the calendar between 1900 and 2199, in the form `2017-03-31`. */
export function isCalendarDate(text: string): text is CalendarDate {
  if (!/^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const instant = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}
