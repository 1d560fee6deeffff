import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forget, recorded, type RecordedScenario } from './recorded-scenario.js';

describe('jakarta-2020', () => {
  let told: RecordedScenario;

  beforeAll(async () => {
    told = await recorded('jakarta-2020');
  }, 60_000);

  afterAll(() => forget([told]));

  it('closes its books at 300,000 blanks, all usable', () => {
    const { books, differenceCount, rowsCompared } = told.report;
    expect(differenceCount).toBe(0);
    expect(rowsCompared).toBeGreaterThan(500);
    expect(books).toEqual([
      {
        batch: '2020-A',
        produced: 300_000,
        usable: 300_000,
        invalid: 0,
        inTransit: 0,
        issued: 0,
        destroyed: 0,
        missing: 0,
        balance: 0,
      },
    ]);
  });

  it('leaves 1,000 with each of 267 kelurahan, 4,000 with each city, 9,000 with the province', () => {
    const held = [...told.accounts].map(([id, { usable }]) => ({
      id: String(id),
      usable: usable.size,
    }));
    const villages = held.filter(({ id }) => /^31\.\d\d\.\d\d\.1\d{3}$/.test(id));
    expect(villages).toHaveLength(267);
    expect(new Set(villages.map(({ usable }) => usable))).toEqual(new Set([1_000]));
    const cities = held.filter(({ id }) => /^31\.\d\d$/.test(id));
    expect(cities.map(({ id }) => id).sort()).toEqual([
      '31.01',
      '31.71',
      '31.72',
      '31.73',
      '31.74',
      '31.75',
    ]);
    expect(new Set(cities.map(({ usable }) => usable))).toEqual(new Set([4_000]));
    expect(held.find(({ id }) => id === '31')?.usable).toBe(9_000);
    expect(held.filter(({ usable }) => usable > 0)).toHaveLength(267 + 6 + 1);
  });
});
