import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { historyOnTwoClocks } from '../../../test/support/custody-line-world.js';
import { CHOICES } from '../../../test/support/history-arbitraries.js';
import { projectedHistory } from '../../../test/support/projected-history.js';
import { choicesOf, historyOf } from '../../../test/support/projection-world.js';
import type { AccountId } from '../../custody/account/account-id.js';
import { serialsMovedBy } from '../../custody/account/postings.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import { CLOCKS } from '../history/history-tables.js';
import { accountEntry } from '../projection.js';
import { answerStockCard } from './stock-card.js';

const ACCOUNTS = ['00', '31.71', '31.71.01.1001', 'B.2017-A'] as readonly string[] as AccountId[];
const FROM = { kind: 'instant', instant: Date.parse('2017-03-31T05:00:00Z') } as const;
const TO = { kind: 'instant', instant: Date.parse('2017-04-01T00:02:00Z') } as const;

describe('a stock card', () => {
  it.each(CLOCKS)('closes on the %s clock, whatever the period', (clock) => {
    fc.assert(
      fc.property(CHOICES, (choices) => {
        const database = projectedHistory(historyOnTwoClocks(choices), 37);
        for (const account of ACCOUNTS) {
          const question = { account, clock, from: FROM, to: TO, after: 0, limit: 1_000 };
          const card = answerStockCard(database, question);
          expect([account, card.differences]).toEqual([account, []]);
          expect(card.lines).toHaveLength(card.lineCount);
          const last = card.lines.at(-1);
          if (last !== undefined)
            expect([last.usable, last.invalid]).toEqual([
              card.closing.usable,
              card.closing.invalid,
            ]);
          for (const { category, blanks } of card.categories) {
            const byOfficers = card.officers
              .flatMap((it) => it.categories.filter((sum) => sum.category === category))
              .reduce((sum, it) => sum + it.blanks, 0);
            expect([category, byOfficers]).toEqual([category, blanks]);
          }
        }
        database.close();
      }),
      { numRuns: 25 },
    );
  });

  it('names the serials of every entry, those of issuances in runs', () => {
    const { history } = historyOf(choicesOf(3, 1_500));
    const database = projectedHistory(history.events, 100);
    const issuers = history.events.filter(({ type }) => type === 'BlankIssued');
    const account = issuers[0]?.stream.slice('custody-'.length) as AccountId;
    const everything = {
      from: { kind: 'instant', instant: 0 },
      to: { kind: 'instant', instant: Date.parse('2030-01-01') },
    } as const;
    const card = answerStockCard(database, {
      ...{ account, clock: 'recorded', ...everything, after: 0, limit: 1_000 },
    });
    let issued = SerialSet.empty;
    for (const recorded of history.events) {
      const entry = accountEntry(decodeEvent(recorded));
      if (entry?.account === account && entry.event.type === 'BlankIssued')
        issued = issued.union(serialsMovedBy(entry.event));
    }
    expect(issued.size).toBeGreaterThan(3);
    const sum = card.categories.find(({ category }) => category === 'issued');
    // Some were reversed later: the card tells of both.
    expect(sum?.serials.count).toBe(issued.size);
    for (const line of card.lines.filter(({ truncated }) => !truncated))
      expect([line.position, rangesSize(line.ranges)]).toEqual([
        line.position,
        Math.abs(line.blanks),
      ]);
    const page = answerStockCard(database, {
      ...{ account, clock: 'recorded', ...everything, after: 5, limit: 7 },
    });
    expect(page.lines).toEqual(card.lines.slice(5, 12));
    expect(page.next).toBe('12');
    database.close();
  });
});

function rangesSize(ranges: readonly string[]): number {
  return ranges.reduce((size, range) => {
    const [first = '', last = first] = (range.split('/')[1] ?? '').split('..');
    return size + Number(last) - Number(first) + 1;
  }, 0);
}
