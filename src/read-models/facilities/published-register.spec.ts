import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isKelurahan } from '../../custody/facilities/facility-code.js';
import { loadPublishedRegister } from './published-register.js';

const published = loadPublishedRegister();
const { codes, names } = published.facilities;

function nameOf(code: string): string | undefined {
  return names[codes.findIndex((it) => it === code)];
}

function levelsWithin(prefix: string): number[] {
  const inside = codes.filter((code) => code.startsWith(prefix));
  return [5, 8, 13].map((length) => inside.filter((code) => code.length === length).length);
}

describe('the published register', () => {
  it('lists every office of the nation and the central store', () => {
    expect(published.counts).toEqual({
      provinces: 38,
      regencies: 514,
      districts: 7_285,
      villages: 83_762,
    });
    expect(codes).toHaveLength(91_600);
    expect(names).toHaveLength(91_600);
    expect(new Set(codes).size).toBe(91_600);
  });

  it('has 6 cities and regencies, 44 districts and 267 kelurahan in DKI Jakarta', () => {
    expect(levelsWithin('31.')).toEqual([6, 44, 267]);
    const villages = codes.filter((code) => code.startsWith('31.') && code.length === 13);
    expect(villages.every(isKelurahan)).toBe(true);
  });

  it('has 8,496 kelurahan in the nation', () => {
    expect(codes.filter((code) => isKelurahan(code))).toHaveLength(8_496);
  });

  it('names its source, version and licence', () => {
    expect(published).toMatchObject({
      source: 'npm:idn-area-data',
      version: '4.0.1',
      licence: 'ODbL-1.0',
    });
  });

  it('stands in code order from the central store on', () => {
    expect(codes[0]).toBe('00');
    expect(nameOf('00')).toBe(
      'Gudang Pusat, Direktorat Jenderal Kependudukan dan Pencatatan Sipil',
    );
    expect(codes).toEqual([...codes].sort());
  });

  it('reads names with commas and quotes as they are written', () => {
    expect(nameOf('12.07.28.1007')).toBe('Lubuk Pakam I,II');
    expect(nameOf('35.13.15.2017')).toBe('Soka"an');
    expect(names.filter((name) => name.startsWith('"') || name.endsWith('"'))).toEqual([]);
  });

  it('is hashed over one line of code and name for each facility', () => {
    const text = codes.map((code, index) => `${code};${names[index] ?? ''}\n`).join('');
    const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
    expect(published.sha256).toBe(sha256);
    // A golden value: the first event of every ledger names it.
    expect(published.sha256).toBe(
      '133670e8f35801aa33ac7abb6bbec339c8c90785d3f64bab267532af59498b7e',
    );
  });
});
