import { count, recover } from './counter.js';
import type { SerialRange } from '../custody/serials/serial-range.js';
import { isOneOf, onDay, type EveryNth, type Wave } from './national-2017-shipments.js';
import type { PrintingOffice } from './printing-office.js';
import type { Story } from './story.js';

const FIRST_PRINTING_DAY = 5;
const DAYS_BETWEEN_PRINTINGS = 4;
/** Offices whose count comes out short; half of them find the blanks the next day. */
const SHORT: EveryNth = { every: 40, first: 5 };
const FOUND_NEXT_DAY: EveryNth = { every: 80, first: 5 };
const LAST_WAVE = 3;

/** Blanks a count did not find. */
export interface Overlooked {
  readonly office: string;
  readonly ranges: readonly SerialRange[];
}

/**
 * The offices print what a wave has brought, in even portions, and count once. What their counts
 * leave missing. The last printing of a wave uses up all there is.
 */
export function printWave(
  story: Story,
  offices: readonly PrintingOffice[],
  wave: Wave,
): readonly Overlooked[] {
  const missing: Overlooked[] = [];
  for (let nth = 0; nth < wave.printings; nth++) {
    printOnce(story, offices, wave, nth);
    if (nth === 0) missing.push(...countAll(story, offices, wave));
  }
  return missing;
}

function printOnce(
  story: Story,
  offices: readonly PrintingOffice[],
  wave: Wave,
  nth: number,
): void {
  const day = FIRST_PRINTING_DAY + DAYS_BETWEEN_PRINTINGS * nth;
  const busy = offices.filter(({ usable }) => usable > 0);
  const portions = busy.map(({ usable }) => Math.ceil(usable / (wave.printings - nth)));
  for (const office of busy) office.takeBackDamaged(onDay(wave, day, '10:00'));
  const toPrint = busy.map((office, at) =>
    office.spoilSome(onDay(wave, day, '11:00'), portions[at] ?? 0),
  );
  busy.forEach((office, at) => {
    office.print(onDay(wave, day, '14:00'), toPrint[at] ?? 0, wave.number === 0);
  });
}

function countAll(
  story: Story,
  offices: readonly PrintingOffice[],
  wave: Wave,
): readonly Overlooked[] {
  const short = (at: number, usable: number): number =>
    wave.number < LAST_WAVE && isOneOf(at, SHORT) && usable > 2 ? 1 + (wave.number % 2) : 0;
  const counted = offices.map(({ id, usable }, at) => {
    const time = onDay(wave, FIRST_PRINTING_DAY + 1, '15:00');
    const ranges = usable === 0 ? [] : count(story, time, id, short(at, usable));
    return { office: id, ranges, isFound: isOneOf(at, FOUND_NEXT_DAY) };
  });
  const overlooked = counted.filter(({ ranges }) => ranges.length > 0);
  for (const { office, ranges, isFound } of overlooked) {
    if (isFound) recover(story, onDay(wave, FIRST_PRINTING_DAY + 2, '09:00'), { office, ranges });
  }
  return overlooked.filter(({ isFound }) => !isFound);
}
