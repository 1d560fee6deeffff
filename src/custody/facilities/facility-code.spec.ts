import { describe, expect, it } from '@jest/globals';
import {
  type FacilityCode,
  facilityIdOf,
  isKelurahan,
  levelAbove,
  levelOf,
  parentCode,
  parseFacilityCode,
  parseFacilityId,
  provinceOf,
} from './facility-code.js';

function code(text: string): FacilityCode {
  const parsed = parseFacilityCode(text);
  if (parsed === null) throw new Error(`no code: ${text}`);
  return parsed;
}

describe('facility codes', () => {
  it.each([
    ['00', 'nation', null, null],
    ['31', 'province', '00', '31'],
    ['31.71', 'regency', '31', '31'],
    ['31.71.01', 'district', '31.71', '31'],
    ['31.71.01.1001', 'village', '31.71.01', '31'],
  ])('%s is of level %s, below %s, in province %s', (text, level, parent, province) => {
    expect(levelOf(code(text))).toBe(level);
    expect(parentCode(code(text))).toBe(parent);
    expect(provinceOf(facilityIdOf(code(text), 1))).toBe(province);
  });

  it.each([
    '',
    '3',
    '311',
    '3171',
    '31.',
    '31.7',
    '31.71.1',
    '31.71.01.101',
    '31.71.01.10010',
    '31.71.01.1001.1',
    '00.01',
    '00.01.01',
    ' 31',
    '31\n',
    '31-71',
    '٣١',
    '３１',
    '31.7l',
    '31~2',
  ])('%j is no code', (text) => {
    expect(parseFacilityCode(text)).toBeNull();
  });

  it.each(['00', '31', '31.71~2', '31.71.01.1001~19', '92.01~9999'])('%s is an id', (text) => {
    expect(parseFacilityId(text)).toBe(text);
  });

  it.each(['31~', '31~0', '31~1', '31~02', '31~10000', '31~2~3', '31~2.71', '~2', '31~２'])(
    '%j is no id',
    (text) => {
      expect(parseFacilityId(text)).toBeNull();
    },
  );

  it('marks the second and later bearers of a code', () => {
    expect(facilityIdOf(code('92.01'), 1)).toBe('92.01');
    expect(facilityIdOf(code('92.01'), 2)).toBe('92.01~2');
    expect(levelOf(facilityIdOf(code('92.01'), 12))).toBe('regency');
  });

  it('tells a kelurahan by the last part of its code', () => {
    expect(isKelurahan(code('31.71.01.1001'))).toBe(true);
    expect(isKelurahan(code('11.01.01.2001'))).toBe(false);
    expect(isKelurahan(code('31.71.11'))).toBe(false);
  });

  it('knows the level above', () => {
    expect(levelAbove('village')).toBe('district');
    expect(levelAbove('nation')).toBeNull();
  });
});
