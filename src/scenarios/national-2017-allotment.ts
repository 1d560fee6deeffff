import type { IssuanceReason } from '../custody/account/events.js';
import type { Facility } from '../custody/facilities/facility.js';
import type { FacilityId } from '../custody/facilities/facility-code.js';
import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import { provinceShares, shareOf } from './offices.js';
import { ResidentsWaiting } from './residents-waiting.js';
import { CARTON } from './shipments.js';

/** District offices that print, beside the regency's own. */
const PRINTING_DISTRICTS = 3;
/** A regency that takes part has at least so many cartons, as far as its province has them. */
const CARTONS_OF_A_REGENCY = 4;
/** What of a year's cartons has left the central store by the end of each wave. */
const BY_END_OF_WAVE = [0.55, 0.7, 0.85, 1] as const;

/** Residents to be served for each 7,000,000 blanks. */
const STOCK = 7_000_000;
const WAITING: readonly (readonly [IssuanceReason, number])[] = [
  ['backlog', 4_500_000],
  ['first_card', 1_200_000],
  ['damaged', 600_000],
  ['moved', 450_000],
  ['lost', 300_000],
  ['marital_status', 300_000],
  ['correction', 150_000],
];

/** A regency of the story: what it gets in a year, and who waits for it. */
export interface Regency {
  readonly id: string;
  readonly province: string;
  /** Of the whole year. */
  readonly cartons: number;
  /** Where cards are printed: its own office, then those of its first districts. */
  readonly offices: readonly string[];
  readonly waiting: ResidentsWaiting;
}

function openOf(
  facilities: FacilityRegister,
  parent: FacilityId,
  level: string,
): readonly Facility[] {
  return facilities
    .children(parent)
    .filter((child) => child.level === level && child.closedAt === null);
}

/** Whole parts of `total` for the items `before` to `after` of `all`; all the parts add up to it. */
function partOf(total: number, before: number, after: number, all: number): number {
  return Math.round((total * after) / all) - Math.round((total * before) / all);
}

/**
 * Cartons for the regencies of every province by its number of districts, and residents waiting by
 * the number of cartons. All 514 regencies where there are cartons enough for them.
 */
export function allotments(facilities: FacilityRegister, cartons: number): readonly Regency[] {
  let given = 0;
  const stock = cartons * CARTON;
  return provinceShares(facilities, cartons).flatMap(({ province, cartons: share }) => {
    const all = openOf(facilities, province as FacilityId, 'regency');
    const most = Math.max(1, Math.floor(share / CARTONS_OF_A_REGENCY));
    const chosen = shareOf(all, Math.min(1, most / all.length));
    return chosen.map(({ facilityId }, at) => {
      const own = partOf(share, at, at + 1, chosen.length);
      const before = given;
      given += own;
      const districts = openOf(facilities, facilityId, 'district').slice(0, PRINTING_DISTRICTS);
      const waiting = WAITING.map(([reason, ofStock]): [IssuanceReason, number] => {
        const total = Math.round((ofStock * stock) / STOCK);
        return [reason, partOf(total, before, given, cartons)];
      });
      return {
        id: facilityId,
        province,
        cartons: own,
        offices: [facilityId, ...districts.map((district) => district.facilityId)],
        waiting: new ResidentsWaiting(waiting),
      };
    });
  });
}

/** Cartons a regency gets in a wave, from 0. */
export function cartonsInWave({ cartons }: Pick<Regency, 'cartons'>, wave: number): number {
  const upTo = (end: number): number => Math.ceil(cartons * (BY_END_OF_WAVE[end] ?? 0));
  return upTo(wave) - upTo(wave - 1);
}

/** Cartons of a wave for each printing office of a regency, one after the other in turn. */
export function cartonsOfOffices(
  { offices }: Pick<Regency, 'offices'>,
  cartons: number,
): readonly { readonly office: string; readonly cartons: number }[] {
  return offices.map((office, at) => ({
    office,
    cartons: Math.floor((cartons - at - 1) / offices.length) + 1,
  }));
}
