import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { historyOnTwoClocks } from '../../../test/support/custody-line-world.js';
import { CHOICES, moved } from '../../../test/support/history-arbitraries.js';
import { naiveChanges, naiveStocks } from '../../../test/support/naive-history.js';
import { HISTORY_PROJECTIONS, projectedHistory } from '../../../test/support/projected-history.js';
import { choicesOf, historyOf } from '../../../test/support/projection-world.js';
import type { AccountId } from '../../custody/account/account-id.js';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { compareRows } from '../dump.js';
import { ReadModelDatabase } from '../read-model-database.js';
import { noCounts, type CountName, type StockCounts } from '../stock/stock-counts.js';
import { cutAt } from './as-of.js';
import { ownFlows, regionFlows, stockOfFlows, type StockThen } from './history-stock.js';
import { CLOCKS, type Clock } from './history-tables.js';

const COUNT_OF: Readonly<Record<string, CountName>> = {
  transitIn: 'inTransitIn',
  transitOut: 'inTransitOut',
};

/** What the naive fold says of an account, in the terms of the answers; cards without number and production apart. */
function expectedOf(
  stock: ReadonlyMap<string, Record<string, number>>,
  isWanted: (account: string) => boolean,
) {
  const sums: Record<string, number> = {};
  for (const [key, counts] of stock) {
    if (!isWanted(key.slice(0, key.indexOf(' ')))) continue;
    for (const [state, blanks] of Object.entries(counts)) {
      const name = COUNT_OF[state] ?? state;
      sums[name] = (sums[name] ?? 0) + blanks;
    }
  }
  return { ...counted(noCounts()), ...sums };
}

/** What is told of both. */
function counted({ usable, invalid, issued, missing, destroyed, ...others }: StockCounts) {
  const { inTransitIn, inTransitOut, unnumbered } = others;
  return { usable, invalid, issued, missing, destroyed, inTransitIn, inTransitOut, unnumbered };
}

const ACCOUNTS = ['00', '31', '31.71', '31.71.01', '31.71.01.1001', '32', '32.01', 'B.2017-A'];

function instantsOf(events: readonly RecordedEvent[], seeds: readonly number[]): number[] {
  const start = Date.parse('2017-03-29T00:00:00Z');
  const random = seeds.map((seed) => start + (seed % (6 * 86_400)) * 1_000 + (seed % 1_000));
  const recorded = seeds.map((seed) =>
    Date.parse(events[seed % events.length]?.metadata.recordedAt as string),
  );
  return [...random, ...recorded, recorded[0] ?? 0].sort((a, b) => a - b);
}

function stockAt(database: ReadModelDatabase, clock: Clock, instant: number, account: string) {
  const cut = cutAt(database, clock, { kind: 'instant', instant });
  return stockOfFlows(ownFlows(database, cut, account as AccountId));
}

/** The same, recorded over months: nine hours from one event to the next. */
function recordedOverMonths(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const start = Date.parse('2017-03-20T00:00:00Z');
  return events.map((event, index) => {
    const recordedAt = new Date(start + index * 9 * 3_600_000).toISOString();
    return { ...event, metadata: { ...event.metadata, recordedAt } };
  });
}

describe('the stock as of any instant', () => {
  it.each(CLOCKS)('is that of a naive fold of the log on the %s clock', (clock) => {
    fc.assert(
      fc.property(CHOICES, fc.integer({ min: 1, max: 40 }), (choices, size) => {
        const told = historyOnTwoClocks(choices);
        const events = size % 2 === 0 ? told : recordedOverMonths(told);
        const database = projectedHistory(events, size);
        const instants = instantsOf(events, choices.slice(0, 12));
        const changes = naiveChanges(events, clock);
        let at = 0;
        for (const stock of naiveStocks(changes, instants)) {
          const instant = instants[at++] ?? 0;
          for (const account of ACCOUNTS)
            expect([account, counted(stockAt(database, clock, instant, account))]).toEqual([
              account,
              expectedOf(stock, (it) => it === account),
            ]);
          const cut = cutAt(database, clock, { kind: 'instant', instant });
          const total = regionFlows(database, cut, ['00', '31', '31.71']);
          for (const region of ['31', '31.71'] as const) {
            const within = (it: string): boolean => it === region || it.startsWith(`${region}.`);
            const answer = counted(stockOfFlows(total.get(region) ?? new Map()));
            expect([region, answer]).toEqual([region, expectedOf(stock, within)]);
          }
        }
        database.close();
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['happened in another order than they were recorded in', historyOnTwoClocks],
    [
      'were recorded over months',
      (choices: readonly number[]) => recordedOverMonths(historyOnTwoClocks(choices)),
    ],
    ['all happened on one day', (choices: readonly number[]) => historyOf(choices).history.events],
  ])('leaves the same rows, however the log is cut, where entries %s', (_how, eventsOf) => {
    fc.assert(
      fc.property(CHOICES, fc.integer({ min: 1, max: 60 }), (choices, size) => {
        const events = eventsOf(choices);
        const [one, other] = [
          projectedHistory(events, size),
          projectedHistory(events, events.length),
        ];
        expect(compareRows(other, one, HISTORY_PROJECTIONS).differences).toEqual([]);
        one.close();
        other.close();
      }),
      { numRuns: 60 },
    );
  });

  it.each(CLOCKS)('counts an office in the regions it stood in on that day (%s)', (clock) => {
    const world = historyOf(choicesOf(4, 300));
    // Recorded on 1 April, in force on the 3rd; what follows is recorded on the 1st too.
    world.history.add('register-facilities', moved('31.71.01', '32.01', '2017-04-03'));
    for (const choice of choicesOf(5, 200)) world.step(choice);
    const database = projectedHistory(world.history.events, 37);
    const totalsAt = (day: string): readonly [StockThen, StockThen, StockThen] => {
      const instant = Date.parse(`${day}T12:00:00Z`);
      const cut = cutAt(database, clock, { kind: 'instant', instant });
      const flows = regionFlows(database, cut, ['31.71', '32.01', '00']);
      const [one, other, nation] = [...flows.values()].map(stockOfFlows);
      if (one === undefined || other === undefined || nation === undefined)
        throw new Error('all of them were asked for');
      // Asked for alone, a region answers the same.
      for (const [region, total] of [['31.71', one] as const, ['32.01', other] as const])
        expect(stockOfFlows(regionFlows(database, cut, [region]).get(region) ?? new Map())).toEqual(
          total,
        );
      return [one, other, nation];
    };
    const ownOf = (accounts: readonly string[]): number => {
      const cut = cutAt(database, clock, { kind: 'instant', instant: Date.parse('2017-04-04') });
      return accounts
        .map((it) => stockOfFlows(ownFlows(database, cut, it as AccountId)))
        .reduce((sum, { usable, inTransitIn }) => sum + usable + inTransitIn, 0);
    };
    const below = ['31.71.01', '31.71.01.1001', '31.71.01.1002'];
    const [before, after] = [totalsAt('2017-04-02'), totalsAt('2017-04-04')];
    const held = ({ usable, inTransitIn }: StockThen): number => usable + inTransitIn;
    expect(ownOf(below)).toBeGreaterThan(0);
    expect(before.map(held).slice(0, 2)).toEqual([ownOf(['31.71', ...below]), ownOf(['32.01'])]);
    expect(after.map(held).slice(0, 2)).toEqual([ownOf(['31.71']), ownOf(['32.01', ...below])]);
    expect(held(after[2])).toBe(held(before[2]));
    database.close();
  });
});
