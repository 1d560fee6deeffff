import type { IssuanceReason } from '../../custody/account/events.js';
import type { ResidentsDue } from '../../custody/demand/allocation.js';

/** Rates are taken over so many days, which end with the day the answer is for. */
export const RATE_DAYS = 30;

export interface ResidentsByReason {
  readonly reason: IssuanceReason;
  readonly residents: number;
}

/**
 * Who waits for a card at an office and all below it, and what there is for them.
 *
 * **Who waits.** For each reason the latest report that names it counts (as of the latest day; of one day
 * the one recorded last), less the blanks issued for that reason since its day, in the reporting office
 * and all below it.
 *
 * **Nobody twice.** A report stands for the office and all below it. Reports from below are part of it
 * unless they are as of a later day. Later ones replace it where every open office directly below has
 * one, or all of those below that one have; otherwise the larger stands: the office's own, or the sum of
 * the later ones, since all whom those name do wait. Reports of closed offices no longer count.
 */
export interface DemandFigures {
  readonly waiting: number;
  readonly byReason: readonly ResidentsByReason[];
  /** By deadline, those without one last. */
  readonly byDeadline: readonly ResidentsDue[];
  /** The nearest deadline that is not over. */
  readonly nextDeadline: string | null;
  /** The day of the oldest report these figures rest on; null where there is none. */
  readonly asOf: string | null;
  /** Blanks ready to be issued. */
  readonly usable: number;
  /** Usable blanks on their way there. */
  readonly coming: number;
  /** Of those who wait, for how many there is neither. */
  readonly uncovered: number;
  /** In the last {@link RATE_DAYS} days. */
  readonly issued: number;
  readonly issuedPerDay: number;
  /**
   * Residents who came to wait, a day: what reports a week apart or more, and the issuances between them,
   * come to. Null before there are two.
   */
  readonly newPerDay: number | null;
  /**
   * For how many days the usable blanks last at the rate of issue: 0 where there are none and somebody
   * waits. Else null where nothing is issued.
   */
  readonly daysOfCover: number | null;
  /** In how many days all who wait are served at the rate of issue; null where nothing is issued. */
  readonly daysToServe: number | null;
}

export const DEMAND_ORDERS = ['code', 'cover', 'waiting', 'deadline'] as const;
/**
 * `cover`: who runs out first; `waiting`: where most wait without a blank; `deadline`: the nearest
 * first, of one day where most wait without a blank. What cannot be told comes last.
 */
export type DemandOrder = (typeof DEMAND_ORDERS)[number];

const DAY_MS = 86_400_000;
const DAY_LENGTH = '2017-03-31'.length;
const JAKARTA_MS = 7 * 3_600_000;

/** `2017-03-31` with so many days added. */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, DAY_LENGTH);
}

/** From one day to another, positive when the second is later. */
export function daysBetween(from: string, until: string): number {
  return Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS);
}

/** The day in Jakarta. @param time in milliseconds since the epoch; null before anything was recorded */
export function dayInJakarta(time: number | null): string {
  return new Date((time ?? 0) + JAKARTA_MS).toISOString().slice(0, DAY_LENGTH);
}

/** With two decimals. */
export function perDay(count: number, days: number): number {
  return Math.round((count * 100) / days) / 100;
}

/** With one decimal; null where nothing is issued. */
export function daysFor(blanks: number, issued: number): number | null {
  return issued <= 0 ? null : Math.round((blanks * RATE_DAYS * 10) / issued) / 10;
}
