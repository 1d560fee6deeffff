import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import {
  formatSerialNumber,
  MAX_SERIAL_NUMBER,
  parseBatchCode,
  parseSerialNumber,
} from './serial-number.js';

describe('parseBatchCode', () => {
  it.each(['2017-A', 'A', '0', '-', 'ABCDEFGHIJKLMNOP', '2017-LEGACY'])('accepts %j', (text) => {
    expect(parseBatchCode(text)).toEqual({ ok: true, value: text });
  });

  it.each([
    ['empty', ''],
    ['seventeen characters', 'ABCDEFGHIJKLMNOPQ'],
    ['lower case', '2017-a'],
    ['Cyrillic А', '2017-\u0410'],
    ['Greek Α', '2017-\u0391'],
    ['full-width A', '2017-\uFF21'],
    ['A with a combining accent', '2017-A\u0301'],
    ['Arabic-Indic digits', '\u0662\u0660\u0661\u0667-A'],
    ['full-width digits', '\uFF12\uFF10\uFF11\uFF17-A'],
    ['an en dash', '2017\u2013A'],
    ['a zero-width space', '2017-A\u200B'],
    ['a leading space', ' 2017-A'],
    ['a trailing newline', '2017-A\n'],
    ['a slash', '2017/A'],
    ['a dot', '2017.A'],
    ['a property name', '__proto__'],
    ['a NUL', '2017-A\0'],
  ])('refuses %s', (_why, text) => {
    expect(parseBatchCode(text)).toMatchObject({
      ok: false,
      error: { code: 'serial_malformed', at: 0 },
    });
  });
});

describe('parseSerialNumber', () => {
  it.each([
    ['2017-A/004512345', 4_512_345],
    ['2017-A/4512345', 4_512_345],
    ['2017-A/1', 1],
    ['2017-A/000000001', 1],
    ['2017-A/999999999', MAX_SERIAL_NUMBER],
  ])('reads %j', (text, number) => {
    expect(parseSerialNumber(text)).toEqual({ ok: true, value: { batch: '2017-A', number } });
  });

  it.each([
    ['nothing', '', 'serial_malformed'],
    ['no number', '2017-A/', 'serial_malformed'],
    ['no batch', '/17', 'serial_malformed'],
    ['no slash', '2017-A17', 'serial_malformed'],
    ['two slashes', '2017-A//17', 'serial_malformed'],
    ['a range', '2017-A/1..17', 'serial_malformed'],
    ['a minus', '2017-A/-1', 'serial_malformed'],
    ['a plus', '2017-A/+1', 'serial_malformed'],
    ['an exponent', '2017-A/1e3', 'serial_malformed'],
    ['a fraction', '2017-A/1.0', 'serial_malformed'],
    ['hexadecimal', '2017-A/0x11', 'serial_malformed'],
    ['a separator', '2017-A/4_512', 'serial_malformed'],
    ['a leading space', ' 2017-A/17', 'serial_malformed'],
    ['a trailing newline', '2017-A/17\n', 'serial_malformed'],
    ['Arabic-Indic digits', '2017-A/\u0661\u0667', 'serial_malformed'],
    ['full-width digits', '2017-A/\uFF11\uFF17', 'serial_malformed'],
    ['a look-alike batch', '2017-\u0410/17', 'serial_malformed'],
    ['400 digits', `2017-A/${'9'.repeat(400)}`, 'serial_malformed'],
    ['zero', '2017-A/0', 'range_outside_batch'],
    ['padded zero', '2017-A/000000000', 'range_outside_batch'],
    ['ten digits', '2017-A/1000000000', 'range_outside_batch'],
    ['nine digits and a leading zero', '2017-A/0123456789', 'range_outside_batch'],
    ['2^53', '2017-A/9007199254740992', 'range_outside_batch'],
  ])('refuses %s', (_why, text, code) => {
    expect(parseSerialNumber(text)).toMatchObject({ ok: false, error: { code, at: 0 } });
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const parsed = parseSerialNumber(text);
        expect(parsed.ok ? parsed.value.batch.length : parsed.error.message.length).toBeGreaterThan(
          0,
        );
      }),
      propertyRuns(),
    );
  });
});

describe('formatSerialNumber', () => {
  it('writes nine digits, as printed on the card', () => {
    const parsed = parseSerialNumber('2017-A/4512345');
    expect(parsed.ok && formatSerialNumber(parsed.value)).toBe('2017-A/004512345');
  });

  it('is read back as the same serial number', () => {
    const serials = fc.record({
      batch: fc.stringMatching(/^[0-9A-Z-]{1,16}$/),
      number: fc.integer({ min: 1, max: MAX_SERIAL_NUMBER }),
    });
    fc.assert(
      fc.property(serials, ({ batch, number }) => {
        const code = parseBatchCode(batch);
        const text = code.ok ? formatSerialNumber({ batch: code.value, number }) : 'refused';
        expect(parseSerialNumber(text)).toEqual({ ok: true, value: { batch, number } });
      }),
      propertyRuns(),
    );
  });
});
