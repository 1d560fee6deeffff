import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import type { FacilityId } from '../facilities/facility-code.js';
import {
  proposeAllocation,
  type AllocationOrder,
  type AllocationProposal,
  type AreaInNeed,
} from './allocation.js';

const ORDER: AllocationOrder = {
  blanks: 5_000,
  carton: 500,
  today: '2017-04-01',
  lastDeadline: null,
  coverDays: 30,
};

function area(code: string, fields: Partial<AreaInNeed> = {}): AreaInNeed {
  return { facilityId: code as FacilityId, code, due: null, supply: 0, newPerDay: 0, ...fields };
}

function waiting(residents: number, deadline: string | null = null) {
  return [{ deadline, residents }];
}

function cartonsOf({ areas }: AllocationProposal): Readonly<Record<string, number>> {
  return Object.fromEntries(areas.map(({ code, cartons }) => [code, cartons]));
}

describe('an allocation proposal', () => {
  it('gives to areas with a deadline first, in the order of the days, and no more than they can use', () => {
    const areas = [
      area('31', { due: waiting(1_200, '2017-04-19') }),
      area('32', { due: waiting(9_000) }),
      area('36', { due: waiting(700, '2017-04-10') }),
    ];
    const proposal = proposeAllocation(areas, { ...ORDER, blanks: 4_999 });
    expect(cartonsOf(proposal)).toEqual({ '36': 2, '31': 3, '32': 4 });
    expect([proposal.cartons, proposal.blanks, proposal.left]).toEqual([9, 4_500, 499]);
    expect(proposal.stages.map(({ kind, deadline, cartons }) => [kind, deadline, cartons])).toEqual(
      [
        ['deadline', '2017-04-10', 2],
        ['deadline', '2017-04-19', 3],
        ['waiting', null, 4],
        ['cover', null, 0],
      ],
    );
  });

  it('levels the share of those without, counting what is there or on the way', () => {
    const areas = [
      area('31', { due: waiting(10_000), supply: 5_000 }),
      area('32', { due: waiting(5_000) }),
      area('33', { due: waiting(10_000) }),
    ];
    // All end with half of their residents without.
    expect(cartonsOf(proposeAllocation(areas, { ...ORDER, blanks: 7_500 }))).toEqual({
      '31': 0,
      '32': 5,
      '33': 10,
    });
  });

  it('forgets deadlines that are over or later than it is told to look at', () => {
    const areas = [
      area('31', { due: waiting(500, '2017-03-31') }),
      area('32', { due: waiting(500, '2018-06-27') }),
      area('33', { due: waiting(500, '2017-04-01') }),
    ];
    const proposal = proposeAllocation(areas, { ...ORDER, lastDeadline: '2017-12-31' });
    const first = proposal.stages[0];
    expect([first?.kind, first?.deadline, first?.residents]).toEqual([
      'deadline',
      '2017-04-01',
      500,
    ]);
    expect(proposal.stages.map(({ residents }) => residents)).toEqual([500, 1_500, 1_500]);
  });

  it('covers those to come when all who wait are covered, and keeps what nobody needs', () => {
    const areas = [
      area('31', { due: waiting(300), newPerDay: 33.4 }),
      area('32', { due: waiting(0), newPerDay: 10 }),
    ];
    const proposal = proposeAllocation(areas, { ...ORDER, blanks: 100_000 });
    expect(proposal.areas.map(({ stages }) => stages.at(-1)?.residents)).toEqual([1_302, 300]);
    expect(cartonsOf(proposal)).toEqual({ '31': 3, '32': 1 });
    expect(proposal.left).toBe(98_000);
  });

  it('says why, of each area, in a code with figures and in a sentence', () => {
    const areas = [
      area('11'),
      area('12', { due: waiting(0) }),
      area('13', { due: waiting(400), supply: 400 }),
      area('14', { due: waiting(4_000, '2017-04-19'), supply: 1_000 }),
      area('15', { due: waiting(900) }),
    ];
    const short = proposeAllocation(areas, { ...ORDER, blanks: 1_000 });
    expect(short.areas.map(({ reason }) => reason.code)).toEqual([
      'no_report',
      'nobody_waits',
      'enough_there',
      'deadline_short',
      'deadlines_first',
    ]);
    expect(short.areas[3]?.reason).toEqual({
      code: 'deadline_short',
      facts: {
        ...{ residents: 4_000, supply: 1_000, cartons: 2, blanks: 1_000, without: 2_000 },
        ...{ deadline: '2017-04-19', coverDays: 30 },
      },
      sentence:
        '4,000 must have a card by 2017-04-19 and 1,000 blanks are there or on the way; after ' +
        '2 cartons (1,000 blanks), 2,000 of them are without. There is not enough for all; each ' +
        'carton went where the largest share was without.',
    });
    const codeOf = (blanks: number, newPerDay: number): readonly string[] =>
      proposeAllocation(
        [area('14', { due: waiting(900), newPerDay }), area('15', { due: waiting(900) })],
        {
          ...ORDER,
          blanks,
        },
      ).areas.map(({ reason }) => reason.code);
    const took = proposeAllocation(areas.slice(3), { ...ORDER, blanks: 3_000 });
    // Enough for the deadline, and not a carton more.
    expect(took.areas.map(({ reason }) => reason.code)).toEqual([
      'deadline_met',
      'deadlines_first',
    ]);
    const due = [area('14', { due: waiting(900, '2017-04-19') })];
    const met = proposeAllocation(due, ORDER).areas[0]?.reason;
    expect([met?.code, met?.sentence]).toEqual([
      'deadline_met',
      '900 must have a card by 2017-04-19 and 0 blanks are there or on the way; with 2 cartons ' +
        '(1,000 blanks) there is enough.',
    ]);
    expect(codeOf(500, 0)).toEqual(['waiting_short', 'waiting_short']);
    expect(codeOf(1_500, 100)).toEqual(['waiting_first', 'waiting_short']);
    expect(codeOf(2_500, 100)).toEqual(['cover_short', 'waiting_met']);
    expect(codeOf(9_000, 100)).toEqual(['cover_met', 'waiting_met']);
  });

  it('holds the exact order also of shares that floating point cannot tell apart', () => {
    const many = 2 ** 53 - 3;
    const areas = [
      area('31', { due: waiting(many), supply: 1 }),
      area('32', { due: waiting(many - 1), supply: 1 }),
    ];
    // (n-1)/n is more than (n-2)/(n-1), by one part in 2^106.
    expect(cartonsOf(proposeAllocation(areas, { ...ORDER, blanks: 500 }))).toEqual({
      '31': 1,
      '32': 0,
    });
  });
});

const DEADLINES = [null, '2017-03-01', '2017-04-19', '2017-05-01'] as const;
const AREAS = fc
  .array(
    fc.record({
      due: fc.option(
        fc.array(
          fc.record({ deadline: fc.constantFrom(...DEADLINES), residents: fc.nat({ max: 30 }) }),
          { maxLength: 3 },
        ),
      ),
      supply: fc.nat({ max: 20 }),
      newPerDay: fc.constantFrom(0, 0, 0.4, 1),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) => list.map((fields, at) => area(`3${at + 1}`, fields)));
const ORDERS = fc.record({
  blanks: fc.nat({ max: 60 }),
  carton: fc.integer({ min: 3, max: 12 }),
  today: fc.constant('2017-04-01'),
  lastDeadline: fc.constantFrom(null, '2017-04-19'),
  coverDays: fc.constantFrom(0, 10),
});

type Shares = readonly (readonly number[])[];

/** Of each stage the shares without a blank, the greatest first, straight from the definition. */
function shares(
  areas: readonly AreaInNeed[],
  order: AllocationOrder,
  given: readonly number[],
): Shares {
  const hurries = (day: string | null): day is string =>
    day !== null &&
    day >= order.today &&
    (order.lastDeadline === null || day <= order.lastDeadline);
  const all = areas.flatMap(({ due }) => due ?? []).filter(({ residents }) => residents > 0);
  const days = [...new Set(all.map(({ deadline }) => deadline).filter(hurries))].sort();
  const badlyOff = (counted: (deadline: string | null) => boolean, coverDays: number) =>
    areas
      .map(({ due, supply, newPerDay }, at) => {
        let target = Math.ceil(newPerDay * coverDays);
        for (const { deadline, residents } of due ?? []) if (counted(deadline)) target += residents;
        const without = target - supply - (given[at] ?? 0) * order.carton;
        return without <= 0 ? 0 : without / target;
      })
      .sort((a, b) => b - a);
  return [
    ...days.map((last) => badlyOff((day) => hurries(day) && day <= last, 0)),
    badlyOff(() => true, 0),
    badlyOff(() => true, order.coverDays),
  ];
}

/** Negative when `a` is the better: the first difference decides. */
function compare(a: Shares, b: Shares): number {
  const [left, right] = [a.flat(), b.flat()];
  const at = left.findIndex((share, index) => Math.abs(share - (right[index] ?? 0)) > 1e-12);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** Every way to give at most `cartons` to some areas. */
function* ways(cartons: number, areas: number): Generator<readonly number[]> {
  if (areas === 0) yield [];
  else
    for (let own = 0; own <= cartons; own++)
      for (const rest of ways(cartons - own, areas - 1)) yield [own, ...rest];
}

describe('any allocation proposal', () => {
  const givenBy = ({ areas }: AllocationProposal) => areas.map(({ cartons }) => cartons);

  it('leaves the worst-off as well off as any way to give whole cartons could, and gives none in vain', () => {
    fc.assert(
      fc.property(AREAS, ORDERS, (areas, order) => {
        const given = givenBy(proposeAllocation(areas, order));
        const own = shares(areas, order, given);
        const total = given.reduce((sum, cartons) => sum + cartons, 0);
        for (const way of ways(Math.floor(order.blanks / order.carton), areas.length)) {
          const compared = compare(own, shares(areas, order, way));
          expect(compared).toBeLessThanOrEqual(0);
          // What comes to the same with fewer cartons would be the better.
          if (compared === 0)
            expect(way.reduce((sum, cartons) => sum + cartons, 0)).toBeGreaterThanOrEqual(total);
        }
      }),
      propertyRuns(100),
    );
  });

  it('gives whole cartons, never more than there are, each where it serves somebody', () => {
    fc.assert(
      fc.property(AREAS, ORDERS, (areas, order) => {
        const proposal = proposeAllocation(areas, order);
        expect(proposal.blanks).toBe(proposal.cartons * order.carton);
        expect(proposal.blanks + proposal.left).toBe(order.blanks);
        expect(proposal.left).toBeGreaterThanOrEqual(0);
        for (const { stages, supply, cartons } of proposal.areas) {
          const most = stages.at(-1)?.residents ?? 0;
          expect(Math.max(0, cartons - 1) * order.carton).toBeLessThanOrEqual(
            Math.max(0, most - supply),
          );
          for (const { uncoveredBefore, cartons: inStage } of stages)
            expect(inStage).toBeLessThanOrEqual(Math.ceil(uncoveredBefore / order.carton));
        }
      }),
      propertyRuns(300),
    );
  });

  it('takes no carton from an area for one that was better off without it', () => {
    fc.assert(
      fc.property(AREAS, ORDERS, (areas, order) => {
        const given = givenBy(proposeAllocation(areas, order));
        const own = shares(areas, order, given);
        for (const [from, cartons] of given.entries())
          for (const to of given.keys()) {
            if (cartons === 0 || from === to) continue;
            const moved = given.with(from, cartons - 1).with(to, (given[to] ?? 0) + 1);
            expect(compare(own, shares(areas, order, moved))).toBeLessThanOrEqual(0);
          }
      }),
      propertyRuns(300),
    );
  });

  it('gives nobody less when there is more to give, and does not heed the order of the list', () => {
    fc.assert(
      fc.property(AREAS, ORDERS, fc.nat({ max: 30 }), (areas, order, more) => {
        const less = proposeAllocation(areas, order);
        expect(proposeAllocation(areas.toReversed(), order)).toEqual(less);
        const given = givenBy(proposeAllocation(areas, { ...order, blanks: order.blanks + more }));
        for (const [at, cartons] of givenBy(less).entries())
          expect(given[at]).toBeGreaterThanOrEqual(cartons);
      }),
      propertyRuns(300),
    );
  });
});
