import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AllocationAnswer } from '../src/read-models/demand/allocation.query.js';
import { allocationReference } from './support/allocation-reference.js';
import { aprilProposals, BACKLOG, OF_JAKARTA } from './support/april-2017.js';

const PAGE = join(import.meta.dirname, '../docs/reference/allocation.md');

let answers: readonly AllocationAnswer[];
beforeAll(async () => {
  answers = await aprilProposals();
}, 60_000);

describe('April 2017, proposed stage by stage', () => {
  it('gives the first 200,000 to Jakarta, which votes, and the rest of the backlog by need', () => {
    const [march, ...april] = answers;
    const given = march?.areas.filter(({ cartons }) => cartons > 0);
    expect(given?.map(({ code, blanks }) => [code, blanks])).toEqual([['31', OF_JAKARTA]]);
    expect(april.map(({ asked }) => asked)).toEqual([2_000_000, 2_000_000, 2_800_000]);
    const last = april.at(-1);
    expect(last?.stages.map(({ uncoveredAfter }) => uncoveredAfter)).toEqual([0, 0]);
    const all = answers.reduce((sum, { blanks }) => sum + blanks, 0);
    expect(all).toBeGreaterThan(BACKLOG);
    expect(all + (last?.left ?? 0)).toBe(7_000_000);
  });

  it('levels the provinces: no share without a blank is a carton above another', () => {
    for (const { areas } of answers.slice(1, 3)) {
      const open = areas
        .flatMap(({ stages }) => stages.filter(({ kind }) => kind === 'waiting'))
        .filter(({ cartons }) => cartons > 0);
      expect(open.length).toBe(37);
      const shares = open.map(({ residents, uncoveredAfter }) => uncoveredAfter / residents);
      // Whoever is worst off would be no better off by the last carton of another.
      const without = open.map(
        ({ residents, uncoveredAfter }) => (uncoveredAfter + 500) / residents,
      );
      expect(Math.max(...shares)).toBeLessThanOrEqual(Math.min(...without));
    }
  });

  it('is told in the reference as it is proposed', () => {
    const text = allocationReference(answers);
    if (process.env.UPDATE_REFERENCE === '1') writeFileSync(PAGE, text);
    expect(readFileSync(PAGE, 'utf8')).toBe(text);
  });
});
