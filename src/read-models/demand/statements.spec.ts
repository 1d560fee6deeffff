import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { smallRegister } from '../../../test/support/projection-ledger.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import { Statements, type Statement } from './statements.js';

const CODES = ['00', '31', '31.71', '31.71.01', '31.71.02', '31.72', '31.72.01', '32', '32.01'];
const register = FacilityRegister.seed(smallRegister(CODES));

function said(facilityId: string, day: number, left: number): Statement {
  const asOf = `2017-04-0${day}`;
  const base = { facilityId: facilityId as FacilityId, reason: 'backlog', deadline: null } as const;
  return { ...base, asOf, stated: left, left };
}

/** The offices whose statements stand for a region, and how many wait. */
function standing(region: string, ...statements: readonly Statement[]): readonly [string, number] {
  const found = new Statements(register, statements).standing(region as FacilityId);
  const offices = found.map(({ facilityId }) => facilityId).join(' ');
  return [offices, found.reduce((sum, { left }) => sum + left, 0)];
}

/** Whether each office directly below has reported since, or is itself spoken for so. */
function isWhole(office: FacilityId, since: string, all: readonly Statement[]): boolean {
  const below = register.children(office).map(({ facilityId }) => facilityId);
  const speaks = (child: FacilityId): boolean =>
    all.some(({ facilityId, asOf }) => facilityId === child && asOf > since) ||
    isWhole(child, since, all);
  return below.length > 0 && below.every(speaks);
}

describe('who waits in a region', () => {
  it('is the sum of its offices where it has no report of its own', () => {
    const reports = [said('31.71.01', 1, 30), said('31.72', 2, 50)];
    expect(standing('31', ...reports)).toEqual(['31.71.01 31.72', 80]);
    expect(standing('31.71', ...reports)).toEqual(['31.71.01', 30]);
    expect(standing('32', ...reports)).toEqual(['', 0]);
  });

  it('is its own report where those from below are no later: they are part of it', () => {
    expect(standing('31.71', said('31.71', 2, 90), said('31.71.01', 2, 30))).toEqual(['31.71', 90]);
    expect(standing('31.71', said('31.71', 2, 9), said('31.71.01', 1, 30))).toEqual(['31.71', 9]);
  });

  it('is what its offices say since, once each of them has', () => {
    const [one, other] = [said('31.71.01', 3, 30), said('31.71.02', 4, 20)];
    expect(standing('31.71', said('31.71', 2, 90), one, other)).toEqual(['31.71.01 31.71.02', 50]);
    // Those of a whole regency speak for it in the province too.
    const province = [said('31', 2, 900), one, other, said('31.72.01', 5, 1)];
    expect(standing('31', ...province)).toEqual(['31.71.01 31.71.02 31.72.01', 51]);
  });

  it('is the larger of both while only some have', () => {
    expect(standing('31.71', said('31.71', 2, 90), said('31.71.01', 3, 30))).toEqual(['31.71', 90]);
    expect(standing('31.71', said('31.71', 2, 9), said('31.71.01', 3, 30))).toEqual([
      ...['31.71.01', 30],
    ]);
  });

  it('counts reasons apart', () => {
    const lost = { ...said('31.71.01', 1, 7), reason: 'lost' as const };
    expect(standing('31.71', said('31.71', 2, 90), lost)).toEqual(['31.71 31.71.01', 97]);
  });

  it('has nobody twice, and nobody forgotten whom no later report tells of', () => {
    const statement = fc
      .record({
        office: fc.constantFrom(...CODES),
        day: fc.integer({ min: 1, max: 5 }),
        left: fc.nat({ max: 50 }),
      })
      .map(({ office, day, left }) => said(office, day, left));
    const reports = fc.uniqueArray(statement, { selector: (it) => it.facilityId });
    fc.assert(
      fc.property(reports, fc.constantFrom(...CODES), (all, region) => {
        const found = new Statements(register, all).standing(region as FacilityId);
        for (const { facilityId } of found) {
          const above = register.ancestors(facilityId).map((it) => it.facilityId);
          expect(found.filter((it) => above.includes(it.facilityId))).toEqual([]);
          expect(register.isWithin(facilityId, region as FacilityId)).toBe(true);
        }
        const isIn = (office: FacilityId, of: FacilityId): boolean => register.isWithin(office, of);
        for (const report of all.filter((it) => isIn(it.facilityId, region as FacilityId))) {
          const isPart = all.some(
            ({ facilityId, asOf }) =>
              facilityId !== report.facilityId &&
              isIn(facilityId, region as FacilityId) &&
              isIn(report.facilityId, facilityId) &&
              asOf >= report.asOf,
          );
          if (isPart || found.some((it) => isIn(report.facilityId, it.facilityId))) continue;
          const below = found.filter((it) => isIn(it.facilityId, report.facilityId));
          const sum = below.reduce((total, { left }) => total + left, 0);
          expect(below.every(({ asOf }) => asOf > report.asOf)).toBe(true);
          expect(isWhole(report.facilityId, report.asOf, all) || sum > report.left).toBe(true);
        }
      }),
      propertyRuns(300),
    );
  });
});
