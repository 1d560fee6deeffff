import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { MAX_SERIAL_NUMBER } from './serial-number.js';
import { formatSerialRange, parseSerialRange } from './serial-range.js';

describe('parseSerialRange', () => {
  it.each([
    ['2017-A/1..250000', 1, 250_000],
    ['2017-A/17', 17, 17],
    ['2017-A/17..17', 17, 17],
    ['2017-A/000000001..000250000', 1, 250_000],
    ['2017-A/1..999999999', 1, MAX_SERIAL_NUMBER],
    ['2017-A/999999999', MAX_SERIAL_NUMBER, MAX_SERIAL_NUMBER],
  ])('reads %j, inclusive at both ends', (text, first, last) => {
    expect(parseSerialRange(text)).toEqual({ ok: true, value: { batch: '2017-A', first, last } });
  });

  it.each([
    ['nothing', ''],
    ['only dots', '..'],
    ['a batch alone', '2017-A'],
    ['a batch and dots', '2017-A/..'],
    ['no first number', '2017-A/..5'],
    ['no last number', '2017-A/1..'],
    ['one dot', '2017-A/1.5'],
    ['three dots', '2017-A/1...5'],
    ['an ellipsis', '2017-A/1\u20265'],
    ['a dash between', '2017-A/1-5'],
    ['three numbers', '2017-A/1..5..9'],
    ['a second batch', '2017-A/1..2017-A/5'],
    ['two ranges', '2017-A/1..5,7'],
    ['trailing text', '2017-A/1..5x'],
    ['a trailing space', '2017-A/1..5 '],
    ['a trailing newline', '2017-A/1..5\n'],
    ['a leading space', ' 2017-A/1..5'],
    ['inner spaces', '2017-A/1 .. 5'],
    ['a negative first', '2017-A/-1..5'],
    ['a negative single', '2017-A/-1'],
    ['a negative last', '2017-A/1..-5'],
    ['a plus', '2017-A/+1..5'],
    ['an exponent', '2017-A/1..1e3'],
    ['hexadecimal', '2017-A/0x1..0xF'],
    ['not a number', '2017-A/NaN..5'],
    ['infinity', '2017-A/1..Infinity'],
    ['Arabic-Indic digits', '2017-A/\u0661..\u0665'],
    ['Devanagari digits', '2017-A/\u0967..\u096B'],
    ['full-width digits', '2017-A/\uFF11..\uFF15'],
    ['superscript digits', '2017-A/\u00B9..5'],
    ['the letter O for zero', '2017-A/1..5O'],
    ['the letter l for one', '2017-A/l..5'],
    ['a Cyrillic А in the batch', '2017-\u0410/1..5'],
    ['a lower case batch', '2017-a/1..5'],
    ['a batch of 17 characters', 'ABCDEFGHIJKLMNOPQ/1..5'],
    ['a fraction slash', '2017-A\u20441..5'],
    ['a 400-digit number', `2017-A/1..${'9'.repeat(400)}`],
    ['a text of a million characters', `2017-A/${'1'.repeat(1_000_000)}`],
  ])('refuses %s as malformed', (_why, text) => {
    expect(parseSerialRange(text)).toMatchObject({
      ok: false,
      error: { code: 'serial_malformed', at: 0 },
    });
  });

  it.each([
    ['by one', '2017-A/6..5'],
    ['to zero', '2017-A/1..0'],
    ['by padding that hides it', '2017-A/10..009'],
    ['from beyond any batch', '2017-A/9007199254740992..1'],
  ])('refuses a range reversed %s', (_why, text) => {
    expect(parseSerialRange(text)).toMatchObject({
      ok: false,
      error: { code: 'range_reversed', at: 0 },
    });
  });

  it.each([
    ['zero', '2017-A/0'],
    ['from zero', '2017-A/0..5'],
    ['ten digits', '2017-A/1..1000000000'],
    ['2^32', '2017-A/1..4294967296'],
    ['2^53', '2017-A/1..9007199254740992'],
    ['2^53 alone', '2017-A/9007199254740992'],
    ['wholly beyond', '2017-A/1000000000..2000000000'],
    ['nine digits and a leading zero', '2017-A/0000000001..5'],
  ])('refuses %s as outside any batch', (_why, text) => {
    expect(parseSerialRange(text)).toMatchObject({
      ok: false,
      error: { code: 'range_outside_batch', at: 0 },
    });
  });

  it('accepts a text only with numbers in bounds and in order', () => {
    const numbers = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.integer(), fc.maxSafeInteger());
    fc.assert(
      fc.property(numbers, numbers, (first, last) => {
        const parsed = parseSerialRange(`2017-A/${first}..${last}`);
        expect(parsed.ok).toBe(1 <= first && first <= last && last <= MAX_SERIAL_NUMBER);
      }),
      propertyRuns(),
    );
  });
});

describe('formatSerialRange', () => {
  it.each(['2017-A/1..250000', '2017-A/17'])('gives back %j', (text) => {
    const parsed = parseSerialRange(text);
    expect(parsed.ok && formatSerialRange(parsed.value)).toBe(text);
  });

  it('writes a range of one number without dots', () => {
    const parsed = parseSerialRange('2017-A/000000017..17');
    expect(parsed.ok && formatSerialRange(parsed.value)).toBe('2017-A/17');
  });
});
