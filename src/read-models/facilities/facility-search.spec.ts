import { describe, expect, it } from '@jest/globals';
import { type FacilityCode, type FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { loadPublishedRegister } from './published-register.js';

const register = FacilityRegister.seed(loadPublishedRegister());

function found(text: string, limit = 10): string[] {
  return register.search(text, limit).map((it) => it.facility.code);
}

describe('the register of the nation', () => {
  it('counts 91,599 offices and the central store', () => {
    expect(register.size).toBe(91_600);
    expect(register.countByLevel()).toEqual({
      nation: 1,
      province: 38,
      regency: 514,
      district: 7_285,
      village: 83_762,
    });
  });

  it('reaches every office from the central store', () => {
    expect(register.within('00' as FacilityId)).toHaveLength(91_600);
    expect(register.children('00' as FacilityId)).toHaveLength(38);
  });

  it('tells the 98 villages called Sidomulyo apart by their paths', () => {
    const matches = register.search('sidomulyo', 100);
    const exact = matches.filter((it) => it.facility.name.toLowerCase() === 'sidomulyo');
    const villages = exact.filter((it) => it.facility.level === 'village');
    expect(villages).toHaveLength(98);
    expect(new Set(matches.map((it) => it.path)).size).toBe(matches.length);
    expect(matches.slice(0, exact.length)).toEqual(exact);
    for (const { path } of villages) {
      expect(path).toMatch(/^Sidomulyo, Kec\. [^,]+, (?:Kab\.|Kota) [^,]+, Prov\. [^,]+$/);
    }
  });

  it('finds an office by a path pasted whole', () => {
    const [match] = register.search('sidomulyo', 1);
    expect(match).toBeDefined();
    expect(found(match?.path ?? '', 1)).toEqual([match?.facility.code]);
  });

  it('takes words in any order and case, and lets those above help', () => {
    expect(found('gambir')[0]).toBe('31.71.01');
    expect(found('JAKARTA gambir kelurahan')).toContain('31.71.01.1001');
    expect(found('pusat jakarta')).toEqual(found('Jakarta  PUSAT'));
    expect(found('pusat jakarta')[0]).toBe('31.71');
    expect(found('bogor').slice(0, 2).sort()).toEqual(['32.01', '32.71']);
    expect(found('kota bogor')[0]).toBe('32.71');
    expect(found('kab. sorong')[0]).toBe('96.01');
  });

  it('ranks exact names, then beginnings, then the rest; higher levels first', () => {
    const names = register.search('aceh', 100).map((it) => it.facility.name.toLowerCase());
    const ranks = names.map((name) => (name === 'aceh' ? 0 : name.startsWith('aceh') ? 1 : 2));
    expect(ranks[0]).toBe(0);
    expect(ranks).toContain(2);
    expect(ranks).toEqual([...ranks].sort());
    expect(found('aceh')[0]).toBe('11');
  });

  it('finds codes, whole or begun', () => {
    expect(found('31.71')[0]).toBe('31.71');
    expect(found('31.71.01')).toEqual(expect.arrayContaining(['31.71.01', '31.71.01.1001']));
  });

  it.each(['', '   ', '.,', 'xyzzy', 'gambir xyzzy', 'jakarta '.repeat(21)])(
    'finds nothing for %j',
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );

  it('is bounded', () => {
    expect(found('a', 100_000)).toHaveLength(100);
    expect(found('a', 0)).toHaveLength(1);
  });

  it('finds an office by its former name and code', () => {
    const own = FacilityRegister.seed(loadPublishedRegister());
    const { source, version, licence, sha256, counts } = own.published;
    const paper = { note: '', documents: [], effectiveOn: '2027-01-01' };
    const facilityId = '96.01' as FacilityId;
    own.apply({
      type: 'RegisterPublished',
      data: { source, version, licence, sha256, counts, note: '', documents: [] },
    });
    expect(own.search('Sorong Purnama', 1)).toEqual([]);
    own.apply({
      type: 'FacilityRenamed',
      data: { facilityId, name: 'Kabupaten Sorong Purnama', ...paper },
    });
    own.apply({
      type: 'FacilityRenumbered',
      data: { facilityId, code: '96.77' as FacilityCode, ...paper },
    });
    expect(own.search('Sorong Purnama', 1)[0]?.facility.facilityId).toBe('96.01');
    expect(own.search('96.01', 1)[0]?.facility.facilityId).toBe('96.01');
    expect(own.search('kabupaten sorong', 1)[0]?.facility.facilityId).toBe('96.01');
    expect(own.pathOf(facilityId)).toBe('Kab. Sorong Purnama, Prov. Papua Barat Daya');
  });
});
