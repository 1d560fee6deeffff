import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FacilityRegister } from '../../src/custody/facilities/facility-register.js';
import type { BatchCode } from '../../src/custody/serials/serial-number.js';
import { loadPublishedRegister } from '../../src/read-models/facilities/published-register.js';
import { Agenda } from '../../src/scenarios/agenda.js';
import { planJakarta2017 } from '../../src/scenarios/jakarta-2017.js';
import { jakartaOffices, provinceShares, shareOf } from '../../src/scenarios/offices.js';
import { SeededRandom } from '../../src/scenarios/seeded-random.js';
import { partsOf, SerialPile, sizeOf } from '../../src/scenarios/serial-pile.js';
import { SimulatedClock } from '../../src/scenarios/simulated-clock.js';

const register = FacilityRegister.seed(loadPublishedRegister());
const batch = '2017-A' as BatchCode;

describe('offices', () => {
  it('are 6 cities, 44 kecamatan and 267 kelurahan, the islands last', () => {
    const { cities, districts, villages } = jakartaOffices(register);
    expect([cities.length, districts.length, villages.length]).toEqual([6, 44, 267]);
    for (const offices of [cities, districts, villages]) {
      expect(new Set(offices).size).toBe(offices.length);
      expect(offices[0]).toMatch(/^31\.71/);
      expect(offices.at(-1)).toMatch(/^31\.01/);
    }
  });

  it('a share is at least one and never names one twice', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0.000_1, max: 1, noNaN: true }),
        (items, scale) => {
          const share = shareOf(items, scale);
          expect(new Set(share).size).toBe(share.length);
          expect(share).toHaveLength(Math.max(1, Math.round(items.length * scale)));
        },
      ),
    );
    expect(shareOf([1, 2, 3], 1)).toEqual([1, 2, 3]);
  });

  it('every province gets a carton, and all cartons are given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 38, max: 10_000 }), (cartons) => {
        const shares = provinceShares(register, cartons);
        expect(shares).toHaveLength(38);
        expect(shares.every((share) => share.cartons >= 1)).toBe(true);
        expect(shares.reduce((sum, share) => sum + share.cartons, 0)).toBe(cartons);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a pile of serials', () => {
  it('gives out every serial once, in order, in whatever parts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }), (counts) => {
        const pile = SerialPile.whole(batch, 1, 1_000);
        const taken = counts.flatMap((count) => pile.take(count));
        const given = counts.reduce((sum, count) => sum + count, 0);
        expect(sizeOf(taken)).toBe(given);
        taken.forEach(({ first }, at) => {
          expect(first).toBe((taken[at - 1]?.last ?? 0) + 1);
        });
        expect(pile.size).toBe(1_000 - given);
      }),
    );
  });

  it('refuses to give what it has not', () => {
    expect(() => SerialPile.whole(batch, 1, 3).take(4)).toThrow(/no more serials/);
    const lying = { batch, first: 1, last: 3 };
    expect(() => {
      new SerialPile([lying]).remove([{ batch, first: 1, last: 2 }]);
    }).toThrow(/lies here/);
  });

  it('is cut into parts that hold the same', () => {
    const parts = partsOf(
      [
        { batch, first: 1, last: 7 },
        { batch, first: 11, last: 15 },
      ],
      5,
    );
    expect(parts.map(sizeOf)).toEqual([5, 5, 2]);
  });
});

describe('what is left to chance', () => {
  it('is the same for the same seed and label, and else another', () => {
    const draw = (seed: number, label: string): readonly number[] => {
      const random = SeededRandom.of(seed, label);
      return Array.from({ length: 20 }, () => random.whole(1, 1_000));
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  });

  it('reaches both bounds and nothing beyond them', () => {
    const random = SeededRandom.of(1, 'bounds');
    const drawn = new Set(Array.from({ length: 500 }, () => random.whole(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  });
});

describe('time in a story', () => {
  it('an agenda keeps its order, also for what is put down while it runs', () => {
    const agenda = new Agenda();
    const happened: string[] = [];
    agenda.at('2017-03-02T08:00', () => happened.push('second'));
    agenda.at('2017-03-01T08:00', () => {
      happened.push('first');
      agenda.at('2017-03-02T08:00', () => happened.push('third'));
    });
    agenda.run();
    expect(happened).toEqual(['first', 'second', 'third']);
  });

  it('a simulated clock never goes back', () => {
    const clock = new SimulatedClock(5);
    clock.moveTo(7);
    expect(() => {
      clock.moveTo(6);
    }).toThrow(RangeError);
    expect(clock.now()).toBe(7);
  });

  it('a plan gives every command an id of its own, in the order of time', () => {
    const { moments, size } = planJakarta2017(register, 1, 1);
    const ids = moments.flatMap(({ entries }) => entries.map(({ commandId }) => commandId));
    expect(ids).toHaveLength(size);
    expect(new Set(ids).size).toBe(size);
    const times = moments.map(({ at }) => at);
    expect(times).toEqual([...new Set(times)].sort());
  });
});
