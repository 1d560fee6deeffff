import { assert } from '../assert.js';

/**
 * Codes of the Ministry of Home Affairs: PP province, PP.KK regency or city, PP.KK.CC district,
 * PP.KK.CC.DDDD village, and `00` for the central store, which this ledger adds.
 */

/** A code as the ministry gives it. It may change hands: see {@link FacilityId}. */
export type FacilityCode = string & { readonly __facilityCode: true };

/**
 * The permanent name of one facility: the first code it bore, with `~2`, `~3` … when that code had
 * been borne by another facility before. Streams and shipment numbers use it; it never changes.
 */
export type FacilityId = string & { readonly __facilityId: true };

/** From the top down. */
export const LEVELS = ['nation', 'province', 'regency', 'district', 'village'] as const;
export type Level = (typeof LEVELS)[number];

/** The code and the id of the central store, the root of the register. */
export const CENTRAL_STORE_CODE = '00' as FacilityCode;
export const CENTRAL_STORE = '00' as FacilityId;

const CODE = /^[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?$/;
const REUSE_SUFFIX = /~(?:[2-9]|[1-9][0-9]{1,3})$/;
const LEVEL_OF_LENGTH: Readonly<Record<number, Level>> = {
  2: 'province',
  5: 'regency',
  8: 'district',
  13: 'village',
};
const PARENT_LENGTH = { province: 0, regency: 2, district: 5, village: 8 } as const;

/** The code, or null when the text is none. Only ASCII digits count as digits. */
export function parseFacilityCode(text: string): FacilityCode | null {
  if (!CODE.test(text)) return null;
  // Nothing stands below the central store, so `00` begins no other code.
  return text.length > 2 && text.startsWith('00') ? null : (text as FacilityCode);
}

/** The id, or null when the text is none. */
export function parseFacilityId(text: string): FacilityId | null {
  const code = text.replace(REUSE_SUFFIX, '');
  return parseFacilityCode(code) === null ? null : (text as FacilityId);
}

/** The id of the `nth` facility (from 1) to bear a code. */
export function facilityIdOf(code: FacilityCode, nth: number): FacilityId {
  return (nth === 1 ? code : `${code}~${nth}`) as FacilityId;
}

/** The level, which the form of the code tells; a facility keeps its level for life. */
export function levelOf(code: FacilityCode | FacilityId): Level {
  if (code === CENTRAL_STORE) return 'nation';
  const level = LEVEL_OF_LENGTH[code.replace(REUSE_SUFFIX, '').length];
  assert(level !== undefined, 'a facility code has 2, 5, 8 or 13 characters');
  return level;
}

/** The level directly above, or null above the nation. */
export function levelAbove(level: Level): Level | null {
  return LEVELS[LEVELS.indexOf(level) - 1] ?? null;
}

/** The code one level up as the digits tell it, or null for the central store. */
export function parentCode(code: FacilityCode): FacilityCode | null {
  const level = levelOf(code);
  if (level === 'nation') return null;
  const length = PARENT_LENGTH[level];
  return length === 0 ? CENTRAL_STORE_CODE : (code.slice(0, length) as FacilityCode);
}

/**
 * The code of the province an id began in, or null for the central store. A facility that has
 * moved since is asked for in the register: see `FacilityRegister.ancestors`.
 */
export function provinceOf(id: FacilityId): FacilityCode | null {
  return id === CENTRAL_STORE ? null : (id.slice(0, 2) as FacilityCode);
}

/** Whether a village code is that of a kelurahan: its last part begins with 1. */
export function isKelurahan(code: FacilityCode): boolean {
  return levelOf(code) === 'village' && code.charAt(9) === '1';
}
