import {
  type BatchCode,
  isNumberInBatch,
  MAX_SERIAL_NUMBER,
  MAX_SERIAL_TEXT_LENGTH,
  type Parsed,
  refuse,
} from './serial-number.js';

/** Consecutive serial numbers of one batch, inclusive at both ends: 1 <= first <= last. */
export interface SerialRange {
  readonly batch: BatchCode;
  readonly first: number;
  readonly last: number;
}

/** The most ranges one event, and so one command, may name. */
export const MAX_RANGES_PER_EVENT = 10_000;

const SERIAL_RANGE = /^([0-9A-Z-]{1,16})\/([0-9]+)(?:\.\.([0-9]+))?$/;

/**
 * Reads `2017-A/1..250000`, or a single `2017-A/17`, with or without the leading zeros.
 * Refusals, in this order: `serial_malformed`, `range_reversed`, `range_outside_batch`.
 * O(1) whatever the numbers, and never an exception.
 */
export function parseSerialRange(text: string): Parsed<SerialRange> {
  const match = text.length <= MAX_SERIAL_TEXT_LENGTH ? SERIAL_RANGE.exec(text) : null;
  if (match === null) {
    return refuse('serial_malformed', 'a range is written BATCH/FIRST..LAST or BATCH/NUMBER');
  }
  const [, batch = '', firstDigits = '', lastDigits = firstDigits] = match;
  const first = Number(firstDigits);
  const last = Number(lastDigits);
  if (first > last) {
    return refuse('range_reversed', 'the first number of a range is at most its last');
  }
  if (!isNumberInBatch(firstDigits) || !isNumberInBatch(lastDigits)) {
    return refuse('range_outside_batch', `numbers run from 1 to ${MAX_SERIAL_NUMBER}`);
  }
  return { ok: true, value: { batch: batch as BatchCode, first, last } };
}

/** `2017-A/1..250000`, and a single number as `2017-A/17`: the one text of a range. */
export function formatSerialRange(range: SerialRange): string {
  const { batch, first, last } = range;
  return first === last ? `${batch}/${first}` : `${batch}/${first}..${last}`;
}
