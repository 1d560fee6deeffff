import type { FacilityRegister } from '../custody/facilities/facility-register.js';
import type { FacilityId } from '../custody/facilities/facility-code.js';

/** The province of DKI Jakarta. */
export const JAKARTA = '31' as FacilityId;
/** Its islands, which are reached by boat. */
const THOUSAND_ISLANDS = '31.01';

export interface JakartaOffices {
  /** Five cities, and the regency of the islands. */
  readonly cities: readonly string[];
  /** 44 district offices (kecamatan). */
  readonly districts: readonly string[];
  /** 267 urban village offices (kelurahan). */
  readonly villages: readonly string[];
}

/** The last part of the code of a kelurahan begins with 1, that of a desa with 2. */
function isUrbanVillage(facilityId: string): boolean {
  return facilityId.charAt(9) === '1';
}

/** The offices of DKI, those on the mainland first, each kind in code order. */
export function jakartaOffices(facilities: FacilityRegister): JakartaOffices {
  const within = facilities.within(JAKARTA).filter(({ closedAt }) => closedAt === null);
  const islands = (facilityId: string): boolean => facilityId.startsWith(THOUSAND_ISLANDS);
  const of = (level: string): readonly string[] => {
    const all = within.filter((it) => it.level === level).map((it) => String(it.facilityId));
    return [...all.filter((it) => !islands(it)), ...all.filter(islands)];
  };
  return {
    cities: of('regency'),
    districts: of('district'),
    villages: of('village').filter(isUrbanVillage),
  };
}

/** The share of a list, spread evenly over it, at least one. The whole list at scale 1. */
export function shareOf<T>(items: readonly T[], scale: number): readonly T[] {
  const count = Math.max(1, Math.round(items.length * scale));
  return Array.from(
    { length: count },
    (_, at) => items[Math.floor((at * items.length) / count)],
  ).filter((item) => item !== undefined);
}

export interface ProvinceShare {
  readonly province: string;
  readonly cartons: number;
}

/**
 * Cartons for every province by its number of districts, at least one each; what rounding leaves
 * goes to the largest remainders.
 */
export function provinceShares(
  facilities: FacilityRegister,
  cartons: number,
): readonly ProvinceShare[] {
  const provinces = facilities
    .within('00' as FacilityId)
    .filter(({ level, closedAt }) => level === 'province' && closedAt === null);
  const weights = provinces.map(
    ({ facilityId }) =>
      facilities.within(facilityId).filter(({ level }) => level === 'district').length,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const spread = Math.max(0, cartons - provinces.length);
  const exact = weights.map((weight) => (spread * weight) / total);
  const left = spread - exact.reduce((sum, share) => sum + Math.floor(share), 0);
  const byRemainder = exact
    .map((share, at) => ({ at, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.at - b.at)
    .slice(0, left);
  const lucky = new Set(byRemainder.map(({ at }) => at));
  return provinces.map(({ facilityId }, at) => ({
    province: facilityId,
    cartons: 1 + Math.floor(exact[at] ?? 0) + (lucky.has(at) ? 1 : 0),
  }));
}
