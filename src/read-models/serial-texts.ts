import { formatSerialRange } from '../custody/serials/serial-range.js';
import { SerialSet, type SerialSetJson } from '../custody/serials/serial-set.js';

/** The most ranges of one set that an answer shows. */
export const MAX_RANGES_SHOWN = 1_000;

/** A set as text, `2017-A/1..250000`, in order. */
export interface SerialTexts {
  readonly count: number;
  readonly ranges: readonly string[];
  /** Whether there are more ranges than are shown. */
  readonly truncated: boolean;
}

export function serialTexts(serials: SerialSet): SerialTexts {
  const ranges = serials.firstRanges(MAX_RANGES_SHOWN).map(formatSerialRange);
  return { count: serials.size, ranges, truncated: serials.rangeCount > MAX_RANGES_SHOWN };
}

export function serialTextsOfJson(json: SerialSetJson): SerialTexts {
  return serialTexts(SerialSet.fromJson(json));
}
