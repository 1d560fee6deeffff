import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { format, inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Nik, parseNik } from './nik.js';

const DIGITS = '3171014510950007';

function nik(text: string): Nik {
  const parsed = parseNik(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The NIK of somebody born on a real day, made the way an office makes it. */
const realNik = fc
  .record({
    province: fc.integer({ min: 11, max: 99 }),
    region: fc.integer({ min: 0, max: 9_999 }),
    born: fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    }),
    isWoman: fc.boolean(),
    serial: fc.integer({ min: 1, max: 9_999 }),
  })
  .map(({ province, region, born, isWoman, serial }) => {
    const day = born.getUTCDate() + (isWoman ? 40 : 0);
    const date = `${two(day)}${two(born.getUTCMonth() + 1)}${two(born.getUTCFullYear() % 100)}`;
    const four = (value: number): string => String(value).padStart(4, '0');
    return `${province}${four(region)}${date}${four(serial)}`;
  });

describe('the form of a NIK', () => {
  it.each([
    ['a man', '3171010510950007'],
    ['a woman', DIGITS],
    ['29 February 2000', '3171012902000001'],
    ['29 February of a woman', '3171016902960001'],
    ['the last day for a woman', '3171017112990001'],
    ['the lowest province', '1101010101010001'],
  ])('is kept by %s', (_who, text) => {
    expect(nik(text).reveal()).toBe(text);
  });

  it.each([
    ['nik_not_16_digits', ''],
    ['nik_not_16_digits', '317101051095000'],
    ['nik_not_16_digits', '31710105109500071'],
    ['nik_not_16_digits', ' 3171010510950007'],
    ['nik_not_16_digits', '3171010510950007\n'],
    ['nik_not_16_digits', '317101051095000x'],
    ['nik_not_16_digits', '٣١٧١٠١٠٥١٠٩٥٠٠٠٧'],
    ['nik_not_16_digits', '３１７１０１０５１０９５０００７'],
    ['nik_region_implausible', '1071010510950007'],
    ['nik_region_implausible', '0071010510950007'],
    ['nik_birth_date_invalid', '3171010010950007'],
    ['nik_birth_date_invalid', '3171014010950007'],
    ['nik_birth_date_invalid', '3171013210950007'],
    ['nik_birth_date_invalid', '3171017210950007'],
    ['nik_birth_date_invalid', '3171010500950007'],
    ['nik_birth_date_invalid', '3171010513950007'],
    ['nik_birth_date_invalid', '3171013104950007'],
    ['nik_birth_date_invalid', '3171012902950007'],
    ['nik_birth_date_invalid', '3171017002960007'],
    ['nik_serial_zero', '3171010510950000'],
  ])('%s: %j', (refusal, text) => {
    expect(parseNik(text)).toBe(refusal);
  });

  it('is kept by everybody born on a real day', () => {
    fc.assert(
      fc.property(realNik, (text) => {
        expect(nik(text).reveal()).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('allows exactly the days that some year of 19YY or 20YY has', () => {
    const real = new Set<string>();
    for (let at = Date.UTC(1900, 0, 1); at < Date.UTC(2100, 0, 1); at += 86_400_000) {
      const [year = '', month = '', day = ''] = new Date(at).toISOString().slice(2, 10).split('-');
      real.add(`${day}${month}${year}`);
      real.add(`${Number(day) + 40}${month}${year}`);
    }
    const year = fc.integer({ min: 0, max: 99 }).map(two);
    fc.assert(
      fc.property(year, (yy) => {
        for (let day = 0; day <= 99; day += 1) {
          for (let month = 0; month <= 99; month += 1) {
            const date = `${two(day)}${two(month)}${yy}`;
            const isAccepted = parseNik(`317101${date}0001`) instanceof Nik;
            if (isAccepted !== real.has(date)) throw new Error(`${date}: ${isAccepted}`);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('a NIK', () => {
  const shown: readonly (readonly [string, (it: Nik) => string])[] = [
    ['as text', (it) => String(it)],
    ['joined', (it) => ['NIK ', it].join('')],
    ['in JSON', (it) => JSON.stringify({ nik: it, list: [it] })],
    ['inspected', (it) => inspect(it, { showHidden: true, depth: null, getters: true })],
    ['inspected inside others', (it) => inspect({ a: [it], b: new Map([[it, it]]) })],
    ['formatted', (it) => format('%s %o %O %j', it, it, it, it)],
    ['in an error', (it) => inspect(new Error('x', { cause: it }))],
    ['by its own properties', (it) => JSON.stringify([Object.entries(it), Object.assign({}, it)])],
    ['cloned', (it) => inspect(structuredClone(it))],
  ];

  it.each(shown)('does not show its digits %s', (_how, show) => {
    const text = show(nik(DIGITS));
    expect(text).not.toContain(DIGITS);
    expect(text).not.toContain(DIGITS.slice(6, 12));
  });

  it('is not shown by a refusal', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{16}$/), (text) => {
        const parsed = parseNik(text);
        expect(JSON.stringify(parsed)).not.toContain(text);
      }),
    );
  });

  it('is revealed by the vault alone', () => {
    const source = resolve(import.meta.dirname, '../..');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
    const vault = relative(source, import.meta.dirname);
    const revealing = files
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\.reveal\b/.test(readFileSync(join(source, file), 'utf8')));
    expect(revealing.length).toBeGreaterThan(0);
    expect(revealing.filter((file) => !file.startsWith(vault))).toEqual([]);
  });
});
