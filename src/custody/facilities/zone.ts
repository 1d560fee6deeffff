import type { Zone } from '../occurrence.js';
import type { FacilityId } from './facility-code.js';

// Keppres 41/1987, with the provinces founded since; all others keep the time of Jakarta.
const MAKASSAR = new Set(['51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76']);
const JAYAPURA = new Set(['81', '82', '91', '92', '93', '94', '95', '96']);

/** The zone a facility's clock shows, by the province that its id began in; the nation's is Jakarta's. */
export function zoneOf(facility: FacilityId): Zone {
  const province = facility.slice(0, 2);
  if (MAKASSAR.has(province)) return 'Asia/Makassar';
  return JAYAPURA.has(province) ? 'Asia/Jayapura' : 'Asia/Jakarta';
}
