import { assert } from '../../custody/assert.js';
import type { Place } from '../../custody/account/events.js';

/**
 * Where a serial can be, as the rows number it: the account is that of the entry, the shipment that of
 * the entry too. The order is that of the stored numbers: what is new goes to the end.
 */
export const PLACES = [
  'unproduced',
  'usable',
  'invalid',
  'issued',
  'missing',
  'destroyed',
  'transit_usable',
  'transit_invalid',
] as const;
export type PlaceName = (typeof PLACES)[number];

export function placeName(place: Place): PlaceName {
  if (place.place !== 'transit') return place.place;
  return place.state === 'usable' ? 'transit_usable' : 'transit_invalid';
}

export function placeNumber(place: Place): number {
  return PLACES.indexOf(placeName(place));
}

/** @throws InvariantViolation when the rows are of no version of this program */
export function placeOfNumber(number: number): PlaceName {
  const place = PLACES[number];
  assert(place !== undefined, 'a row names a place by its number');
  return place;
}

export function isInTransit(place: PlaceName): boolean {
  return place === 'transit_usable' || place === 'transit_invalid';
}
