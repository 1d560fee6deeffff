import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Day, Instant, Note, Text } from './body-decorators.js';

class Sample {
  @Text(40)
  line!: string;

  @Note()
  note?: string;

  @Day()
  day!: string;

  @Instant()
  at!: string;
}

const GOOD = { line: 'Gudang', note: '', day: '2017-03-31', at: '2017-03-31T17:00:00+07:00' };

function complaints(changed: Partial<Record<keyof Sample, unknown>>): readonly string[] {
  const sample = plainToInstance(Sample, { ...GOOD, ...changed });
  return validateSync(sample).flatMap(({ constraints }) => Object.keys(constraints ?? {}));
}

describe('texts of a body', () => {
  it('takes what officers write', () => {
    expect(complaints({})).toEqual([]);
    expect(complaints({ line: 'Jl. Merdeka 1 – "B"', note: 'baris 1\nbaris 2\t.' })).toEqual([]);
  });

  it.each([
    ['empty', '', 'isLine'],
    ['spaces alone', '  ', 'isLine'],
    ['a line break', 'a\nb', 'isLine'],
    ['a lone surrogate', 'a\ud800', 'isLine'],
    ['no text', 17, 'isLine'],
    ['too long', 'x'.repeat(41), 'maxLength'],
  ])('refuses a line that is %s', (_name, line, constraint) => {
    expect(complaints({ line })).toContain(constraint);
  });

  it.each(['3171014507850001', 'an. Siti 3171014507850001.', 'NIK:3171010507850001/KK'])(
    'refuses a NIK wherever text is stored: %s',
    (text) => {
      expect(complaints({ line: text })).toEqual(['isWithoutNik']);
      expect(complaints({ note: text })).toEqual(['isWithoutNik']);
    },
  );

  it.each([
    ['17 digits', '31710145078500011'],
    ['15 digits', '317101450785000'],
    ['no such day of birth', '3171019907850001'],
    ['a serial of zeros', '3171014507850000'],
  ])('takes digits that are no NIK: %s', (_name, line) => {
    expect(complaints({ line })).toEqual([]);
  });
});

describe('days and instants', () => {
  it.each(['2017-02-31', '2017-3-1', '1899-12-31', '2200-01-01', '٢٠١٧-٠٣-٣١', 20_170_331])(
    'refuses the day %s',
    (day) => {
      expect(complaints({ day })).toEqual(['isDay']);
    },
  );

  it.each([
    '2017-03-31T17:00:00',
    '2017-02-31T00:00:00Z',
    '2017-03-31 17:00Z',
    '2017-03-31T25:00:00Z',
  ])('refuses the instant %s', (at) => {
    expect(complaints({ at })).toEqual(['isInstant']);
  });
});
