import { describe, expect, it } from '@jest/globals';
import { type FacilityCode, type FacilityId } from './facility-code.js';
import { FacilityRegister } from './facility-register.js';

const OFFICES: readonly (readonly [string, string])[] = [
  ['00', 'Gudang Pusat'],
  ['31', 'Jakarta'],
  ['31.71', 'Kota Administrasi Jakarta Pusat'],
  ['31.71.01', 'Gambir'],
  ['31.71.01.1001', 'Gambir'],
  ['31.71.01.1002', 'Cideng'],
  ['32', 'Jawa Barat'],
  ['32.01', 'Kabupaten Bogor'],
  ['32.01.01', 'Cibinong'],
  ['32.01.01.1001', 'Pakansari'],
  ['32.01.01.2002', 'Gambir Jaya'],
  ['32.01.02', 'Gunung Gambir'],
  ['32.71', 'Kota Bogor'],
  ['32.71.01', 'Bogor Selatan'],
];

const SHA256 = 'a'.repeat(64);
const COUNTS = { provinces: 2, regencies: 3, districts: 4, villages: 4 };
const EDITION = {
  source: 'test',
  version: '1',
  licence: 'CC0-1.0',
  sha256: SHA256,
  counts: COUNTS,
};
const PAPER = { note: '', documents: [], effectiveOn: '2022-12-08' };
const bogor = '32.01' as FacilityId;

function register(): FacilityRegister {
  const seeded = FacilityRegister.seed({
    ...EDITION,
    facilities: {
      codes: OFFICES.map(([code]) => code as FacilityCode),
      names: OFFICES.map(([, name]) => name),
    },
  });
  seeded.apply({ type: 'RegisterPublished', data: { ...EDITION, note: '', documents: [] } });
  return seeded;
}

const offices = register();

function found(text: string, limit = 100): readonly string[] {
  return offices.search(text, limit).map(({ facility }) => facility.facilityId);
}

describe('searching facilities', () => {
  it('gives exact names first, then beginnings, then the rest; higher levels first', () => {
    expect(found('gambir')).toEqual(['31.71.01', '31.71.01.1001', '32.01.01.2002', '32.01.02']);
  });

  it('asks of each word that it occurs in the name or above, and of one that it is in the name', () => {
    expect(found('gambir jakarta')).toEqual(['31.71.01', '31.71.01.1001']);
    expect(found('GAMBIR bogor')).toEqual(['32.01.01.2002', '32.01.02']);
    expect(found('gambir jawa')).toEqual(['32.01.01.2002', '32.01.02']);
    expect(found('gambir cideng')).toEqual(['31.71.01.1002']);
    expect(found('gambir selatan')).toEqual([]);
    expect(found('cideng 31.71.01')).toEqual(['31.71.01.1002']);
  });

  it('ranks what needs no help from above before what does', () => {
    expect(found('bogor selatan')).toEqual(['32.71.01']);
    expect(found('jakarta pusat')).toEqual(['31.71', '31']);
    expect(found('gambir jaya')).toEqual(['32.01.01.2002']);
    expect(found('bogor cibinong')).toEqual(['32.01.01']);
  });

  it.each([
    ['prov jawa', ['32']],
    ['provinsi jawa barat', ['32']],
    ['kab bogor', ['32.01']],
    ['kabupaten bogor', ['32.01']],
    ['kec gambir', ['31.71.01', '32.01.02']],
    ['kecamatan gambir', ['31.71.01', '32.01.02']],
    ['kel. gambir', ['31.71.01.1001']],
    ['kelurahan gambir', ['31.71.01.1001']],
    ['desa gambir', ['32.01.01.2002']],
  ])('knows the kinds of offices: %s', (text, expected) => {
    expect(found(text).slice(0, expected.length)).toEqual(expected);
  });

  it('finds a regency by its name with its kind and without', () => {
    expect(found('bogor')).toEqual(['32.01', '32.71', '32.71.01']);
    expect(found('kota bogor')).toEqual(['32.71', '32.71.01']);
    expect(found('jakarta')).toEqual(['31', '31.71']);
    expect(offices.search('jakarta pusat', 1)[0]?.facility.code).toBe('31.71');
  });

  it('finds codes, whole and begun, and the central store', () => {
    expect(found('32.71')).toEqual(['32.71', '32.71.01']);
    expect(found('32.01.01')).toEqual(['32.01.01', '32.01.01.1001', '32.01.01.2002']);
    expect(found('gudang')).toEqual(['00']);
  });

  it('takes commas, full stops and spaces between words', () => {
    expect(found(' Gambir,  Kec. Gambir, Prov. Jakarta ')).toEqual(['31.71.01', '31.71.01.1001']);
  });

  it.each(['', '  ', ' , . ', 'xyzzy', 'gambir xyzzy', 'gambir '.repeat(21)])(
    'finds nothing for %j',
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );

  it('takes twenty words', () => {
    expect(found('cideng '.repeat(20))).toEqual(['31.71.01.1002']);
  });

  it('gives at least one and at most what was asked for', () => {
    expect(found('gambir', 2)).toEqual(['31.71.01', '31.71.01.1001']);
    expect(found('gambir', 2.9)).toHaveLength(2);
    expect(found('gambir', 0)).toEqual(['31.71.01']);
    expect(found('gambir', -1)).toEqual(['31.71.01']);
  });

  it('tells each office by its path, up to the province', () => {
    const paths = offices.search('gambir', 100).map(({ path }) => path);
    expect(paths).toEqual([
      'Kec. Gambir, Kota Administrasi Jakarta Pusat, Prov. Jakarta',
      'Gambir, Kec. Gambir, Kota Administrasi Jakarta Pusat, Prov. Jakarta',
      'Gambir Jaya, Kec. Cibinong, Kab. Bogor, Prov. Jawa Barat',
      'Kec. Gunung Gambir, Kab. Bogor, Prov. Jawa Barat',
    ]);
    expect(offices.pathOf('00' as FacilityId)).toBe('Gudang Pusat');
  });

  it('finds an office by what old papers say: former names, former codes, and its id', () => {
    const changed = register();
    const first = (text: string): string | undefined =>
      changed.search(text, 1)[0]?.facility.facilityId;
    expect(first('pakuan')).toBeUndefined();
    const renamed = { facilityId: bogor, name: 'Kabupaten Pakuan', ...PAPER };
    changed.apply({ type: 'FacilityRenamed', data: renamed });
    expect(first('pakuan')).toBe('32.01');
    expect(first('kabupaten bogor')).toBe('32.01');
    const code = '32.99' as FacilityCode;
    changed.apply({ type: 'FacilityRenumbered', data: { facilityId: bogor, code, ...PAPER } });
    expect(first('32.99')).toBe('32.01');
    expect(first('32.01')).toBe('32.01');
    const district = { facilityId: '32.01.01' as FacilityId, name: 'Cibinong Raya', ...PAPER };
    changed.apply({ type: 'FacilityRenamed', data: district });
    expect(changed.search('cibinong', 5).map(({ facility }) => facility.name)).toEqual([
      'Cibinong Raya',
    ]);
  });

  it('finds the second bearer of a code by its id', () => {
    const changed = register();
    const facilityId = '32.01.02~2' as FacilityId;
    const code = '32.01.02' as FacilityCode;
    const data = { facilityId, code, name: 'Citeureup', level: 'district', parent: bogor } as const;
    changed.apply({ type: 'FacilityOpened', data: { ...data, ...PAPER } });
    expect(changed.search('32.01.02~2', 5).map(({ facility }) => facility.name)).toEqual([
      'Citeureup',
    ]);
  });
});
