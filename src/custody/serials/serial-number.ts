/**
 * The code of one production run, e.g. `2017-A`: 1 to 16 of `0-9`, `A-Z` and `-`, ASCII only, so
 * that no two codes look alike and comparison by code unit is the order everywhere.
 * Made only by {@link parseBatchCode} and the parsers built on it.
 */
export type BatchCode = string & { readonly __brand: 'BatchCode' };

/** Why a text does not name serial numbers. `at` is the index of the offending item in its list. */
export type SerialParseError = {
  readonly code:
    | 'serial_malformed'
    | 'range_reversed'
    | 'range_outside_batch'
    | 'too_many_ranges'
    | 'overlapping_ranges';
  readonly message: string;
  readonly at: number;
};

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: SerialParseError };

/** The greatest number a batch can hold, inclusive: nine digits are printed on the card. */
export const MAX_SERIAL_NUMBER = 999_999_999;

/** One blank, for life: its batch and its number in it, from 1 to {@link MAX_SERIAL_NUMBER}. */
export interface SerialNumber {
  readonly batch: BatchCode;
  readonly number: number;
}

/**
 * No serial text is longer than this many code units. Checked before anything else, so that the
 * cost of a refusal does not grow with the text.
 */
export const MAX_SERIAL_TEXT_LENGTH = 64;

const BATCH_CODE = /^[0-9A-Z-]{1,16}$/;
const SERIAL_NUMBER = /^([0-9A-Z-]{1,16})\/([0-9]+)$/;
const PRINTED_DIGITS = 9;

/** Refusal: `serial_malformed`. O(1). */
export function parseBatchCode(text: string): Parsed<BatchCode> {
  if (!isBatchCode(text)) {
    return refuse('serial_malformed', 'a batch code is 1 to 16 of 0-9, A-Z and -');
  }
  return { ok: true, value: text };
}

/** Whether the text has the form of a batch code. O(1). */
export function isBatchCode(text: string): text is BatchCode {
  return BATCH_CODE.test(text);
}

/**
 * Reads `2017-A/004512345`, with or without the leading zeros.
 * Refusals: `serial_malformed`, `range_outside_batch` (zero, or more than nine digits). O(1).
 */
export function parseSerialNumber(text: string): Parsed<SerialNumber> {
  const match = text.length <= MAX_SERIAL_TEXT_LENGTH ? SERIAL_NUMBER.exec(text) : null;
  if (match === null) {
    return refuse('serial_malformed', 'a serial number is written BATCH/NUMBER');
  }
  const [, batch = '', digits = ''] = match;
  if (!isNumberInBatch(digits)) {
    return refuse('range_outside_batch', `numbers run from 1 to ${MAX_SERIAL_NUMBER}`);
  }
  return { ok: true, value: { batch: batch as BatchCode, number: Number(digits) } };
}

/** As printed on the card, nine digits: `2017-A/004512345`. */
export function formatSerialNumber(serial: SerialNumber): string {
  return `${serial.batch}/${String(serial.number).padStart(PRINTED_DIGITS, '0')}`;
}

/**
 * Whether a run of ASCII digits names a number that a batch can hold. More digits than are printed
 * are refused even when the surplus is zeros: they are a typing error more often than a number.
 */
export function isNumberInBatch(digits: string): boolean {
  return digits.length <= PRINTED_DIGITS && Number(digits) >= 1;
}

/** A refusal of the only item, or of the item at `at`. */
export function refuse(
  code: SerialParseError['code'],
  message: string,
  at = 0,
): { readonly ok: false; readonly error: SerialParseError } {
  return { ok: false, error: { code, message, at } };
}
