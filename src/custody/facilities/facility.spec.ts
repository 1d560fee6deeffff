import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import {
  type Facility,
  type FacilityChange,
  attributesAsOf,
  isCalendarDate,
  isFacilityOpen,
  withChange,
} from './facility.js';
import { type FacilityCode, type FacilityId } from './facility-code.js';

const sorong: Facility = {
  facilityId: '92.01' as FacilityId,
  code: '92.01' as FacilityCode,
  name: 'Kabupaten Sorong',
  level: 'regency',
  parent: '92' as FacilityId,
  openedAt: null,
  closedAt: null,
  successor: null,
  history: null,
};

describe('a facility', () => {
  it('answers for any day with what was in force at its end', () => {
    const renumbered = withChange(sorong, {
      effectiveOn: '2022-12-08',
      code: '96.01' as FacilityCode,
    });
    expect(renumbered.code).toBe('96.01');
    expect(attributesAsOf(renumbered, '2022-12-07').code).toBe('92.01');
    expect(attributesAsOf(renumbered, '2022-12-08').code).toBe('96.01');
    expect(attributesAsOf(sorong, '2022-12-08').code).toBe('92.01');
  });

  it('puts a change recorded late in its place', () => {
    const late = [
      { effectiveOn: '2022-01-01', name: 'Second' },
      { effectiveOn: '2020-01-01', name: 'First' },
    ].reduce<Facility>(withChange, sorong);
    expect(late.name).toBe('Second');
    expect(attributesAsOf(late, '2019-12-31').name).toBe('Kabupaten Sorong');
    expect(attributesAsOf(late, '2021-06-01').name).toBe('First');
  });

  it('lets the later entry win when two take effect on one day', () => {
    const twice = [
      { effectiveOn: '2022-01-01', name: 'First' },
      { effectiveOn: '2022-01-01', name: 'Second' },
    ].reduce<Facility>(withChange, sorong);
    expect(twice.name).toBe('Second');
  });

  it('keeps its instances and survives JSON', () => {
    const changed = withChange(sorong, { effectiveOn: '2022-01-01', name: 'New' });
    expect(sorong).toMatchObject({ name: 'Kabupaten Sorong', history: null });
    expect(JSON.parse(JSON.stringify(changed))).toEqual(changed);
  });

  it('agrees with a naive reading of its changes on every day', () => {
    const day = fc.integer({ min: 10, max: 28 }).map((it) => `2020-01-${it}`);
    const change: fc.Arbitrary<FacilityChange> = fc.oneof(
      fc.record({ effectiveOn: day, name: fc.string({ minLength: 1 }) }),
      fc.record({ effectiveOn: day, code: fc.constantFrom('96.01', '97.01') }),
      fc.record({ effectiveOn: day, parent: fc.constantFrom('96', '97') }),
    ) as fc.Arbitrary<FacilityChange>;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), day, (changes, asOf) => {
        const facility = changes.reduce(withChange, sorong);
        const expected: Record<string, unknown> = { ...attributesAsOf(sorong, asOf) };
        for (const attribute of ['code', 'name', 'parent']) {
          const best = { effectiveOn: '', value: expected[attribute] };
          for (const it of changes) {
            const inForce = attribute in it && it.effectiveOn <= asOf;
            if (!inForce || it.effectiveOn < best.effectiveOn) continue;
            best.effectiveOn = it.effectiveOn;
            best.value = (it as unknown as Record<string, unknown>)[attribute];
          }
          expected[attribute] = best.value;
        }
        expect(attributesAsOf(facility, asOf)).toEqual(expected);
      }),
      propertyRuns(),
    );
  });

  it('is open from its first day to the day before its closing', () => {
    const office = { ...sorong, openedAt: '2020-01-01', closedAt: '2021-01-01' };
    expect(isFacilityOpen(office, '2019-12-31')).toBe(false);
    expect(isFacilityOpen(office, '2020-01-01')).toBe(true);
    expect(isFacilityOpen(office, '2020-12-31')).toBe(true);
    expect(isFacilityOpen(office, '2021-01-01')).toBe(false);
    expect(isFacilityOpen(office)).toBe(false);
    expect(isFacilityOpen(sorong)).toBe(true);
  });

  it.each(['2017-03-31', '2020-02-29', '1900-01-01', '2199-12-31'])('%s is a day', (text) => {
    expect(isCalendarDate(text)).toBe(true);
  });

  it.each([
    '2017-02-29',
    '2017-13-01',
    '2017-3-1',
    '1899-12-31',
    '2200-01-01',
    '2017-03-31T00:00',
    '',
    '2017-00-10',
    '2017-04-31',
  ])('%j is no day', (text) => {
    expect(isCalendarDate(text)).toBe(false);
  });
});
