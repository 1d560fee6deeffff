/** The zones of Indonesia (WIB, WITA, WIT); none has daylight saving time. */
export const ZONES = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;
export type Zone = keyof typeof ZONES;

export const PRECISIONS = ['day', 'minute', 'second'] as const;
export type Precision = (typeof PRECISIONS)[number];

/**
 * When something happened, as the officer states it from the paper: local time in `zone`, written
 * `2017-03-31`, `2017-03-31T09:15` or `2017-03-31T09:15:30` according to `precision`.
 */
export interface OccurredAt {
  readonly value: string;
  readonly precision: Precision;
  readonly zone: Zone;
}

/** Milliseconds since the epoch, both ends inclusive. */
export interface Interval {
  readonly earliest: number;
  readonly latest: number;
}

/** How far clocks may disagree before a stated time is refused, in milliseconds. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

interface Form {
  readonly pattern: RegExp;
  readonly textLength: number;
  readonly lengthMs: number;
}

const FORMS: Readonly<Record<Precision, Form>> = {
  day: { pattern: /^\d{4}-\d{2}-\d{2}$/, textLength: 10, lengthMs: 86_400_000 },
  minute: { pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, textLength: 16, lengthMs: 60_000 },
  second: { pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/, textLength: 19, lengthMs: 1_000 },
};

/** Whether value, precision and zone form a real time of the calendar between 1900 and 2199. */
export function isOccurredAt(at: {
  value: string;
  precision: string;
  zone: string;
}): at is OccurredAt {
  if (!Object.hasOwn(FORMS, at.precision) || !Object.hasOwn(ZONES, at.zone)) return false;
  if (!FORMS[at.precision as Precision].pattern.test(at.value)) return false;
  const padded = `${at.value}${'T00:00:00'.slice(at.value.length - 10)}.000Z`;
  const instant = Date.parse(padded);
  if (Number.isNaN(instant) || new Date(instant).toISOString() !== padded) return false;
  return at.value >= '1900' && at.value < '2200';
}

/** The instants a stated time may mean. The time must satisfy {@link isOccurredAt}. */
export function intervalOf(at: OccurredAt): Interval {
  const local = Date.parse(`${at.value}${'T00:00:00'.slice(at.value.length - 10)}.000Z`);
  const earliest = local - ZONES[at.zone] * 3_600_000;
  return { earliest, latest: latestOf(earliest, at.precision) };
}

/** The last instant of a stated time, of which the first is known. */
export function latestOf(earliest: number, precision: Precision): number {
  return earliest + FORMS[precision].lengthMs - 1;
}

/** The stated time whose first instant is `earliest`: what {@link intervalOf} takes apart. */
export function occurredAtOf(earliest: number, precision: Precision, zone: Zone): OccurredAt {
  const local = new Date(earliest + ZONES[zone] * 3_600_000).toISOString();
  return { value: local.slice(0, FORMS[precision].textLength), precision, zone };
}

/** Whether all of `at` lies more than the tolerance after `now` (milliseconds since the epoch). */
export function isInFuture(at: OccurredAt, now: number): boolean {
  return intervalOf(at).earliest > now + CLOCK_TOLERANCE_MS;
}

/** Whether all of `at` lies more than the tolerance before all of `cause`, at stated precision. */
export function isBeforeCause(at: OccurredAt, cause: OccurredAt): boolean {
  return intervalOf(at).latest + CLOCK_TOLERANCE_MS < intervalOf(cause).earliest;
}
