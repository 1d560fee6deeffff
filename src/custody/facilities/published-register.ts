import { type FacilityCode } from './facility-code.js';

export interface FacilityCounts {
  readonly provinces: number;
  readonly regencies: number;
  readonly districts: number;
  readonly villages: number;
}

/**
 * The offices of the nation as one publication lists them, with the central store added. The
 * arrays run in step, in code order, so that every parent comes before its children.
 */
export interface PublishedRegister {
  /** Who published it, e.g. `npm:idn-area-data`. */
  readonly source: string;
  readonly version: string;
  /** SPDX identifier of the licence of the data. */
  readonly licence: string;
  /**
   * SHA-256, lower-case hex, of the UTF-8 text that has one line `code;name\n` for each facility in
   * the order of the arrays. Codes hold no `;` and names no line feed, so the text has one reading.
   */
  readonly sha256: string;
  /** The central store is in none of them. */
  readonly counts: FacilityCounts;
  readonly facilities: {
    readonly codes: readonly FacilityCode[];
    readonly names: readonly string[];
  };
}
