import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rowsOf } from '../../../test/support/asked-ledger.js';
import { demandReported, issued } from '../../../test/support/demand-events.js';
import { History } from '../../../test/support/projection-history.js';
import { APPROVAL, ENTRY } from '../../../test/support/projection-world.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { demandProjection } from './demand-projection.js';

const OFFICES = ['31', '31.71', '32'] as const;
const REASONS = ['backlog', 'lost'] as const;
const DAYS = ['2017-04-01', '2017-04-02', '2017-04-03'] as const;

/** One entry of a random history; `of` says which of the issuances an amendment speaks of. */
const STEP = fc.record({
  kind: fc.constantFrom('issue', 'issue', 'issue', 'report', 'correct', 'reverse', 'spoil'),
  office: fc.constantFrom(...OFFICES),
  reason: fc.constantFrom(...REASONS),
  day: fc.constantFrom(...DAYS),
  of: fc.nat({ max: 50 }),
});
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

interface Issuance {
  readonly event: RecordedEvent;
  readonly reason: string;
  day: string;
  isReversed: boolean;
}

interface Told {
  readonly events: readonly RecordedEvent[];
  readonly issuances: readonly Issuance[];
  /** What counts, by facility and reason. */
  readonly latest: ReadonlyMap<string, string>;
}

/** The history, and what it comes to straight from its steps. */
function toldBy(steps: readonly Step[]): Told {
  const history = new History();
  const issuances: Issuance[] = [];
  const latest = new Map<string, string>();
  const asOfs = new Map<string, string>();
  for (const { kind, office, reason, day, of } of steps) {
    const stream = `custody-${office}`;
    const target = issuances.length === 0 ? undefined : issuances[of % issuances.length];
    switch (kind) {
      case 'issue': {
        const event = history.add(stream, issued(issuances.length + 1, reason, day));
        issuances.push({ event, reason, day, isReversed: false });
        break;
      }
      case 'report': {
        const event = history.add(`demand-${office}`, demandReported(day, null, { [reason]: of }));
        const key = `${office} ${reason}`;
        if (day < (asOfs.get(key) ?? '')) break;
        asOfs.set(key, day);
        latest.set(key, `${day} ${of} ${event.position}`);
        break;
      }
      case 'spoil':
        // Parts the issuances before it from those after.
        history.add(stream, {
          type: 'BlanksSpoiled',
          data: { ...ENTRY, serials: [], cause: 'misprint' },
        });
        break;
      case 'correct':
      case 'reverse': {
        if (target === undefined || target.isReversed) break;
        const { event } = target;
        const entry = { eventId: event.id, revision: String(event.revision), reason: 'salah' };
        if (kind === 'correct') {
          const correctedTo = { value: day, precision: 'day', zone: 'Asia/Jakarta' };
          const data = { ...ENTRY, ...entry, correctedTo };
          history.add(event.stream, { type: 'OccurrenceCorrected', data } as never);
          target.day = day;
        } else {
          const reversal = { entryType: 'BlankIssued', postings: [], unnumbered: 0 };
          const data = { ...ENTRY, ...entry, ...reversal, approval: APPROVAL };
          history.add(event.stream, { type: 'EntryReversed', data } as never);
          target.isReversed = true;
        }
      }
    }
  }
  return { events: history.events, issuances, latest };
}

interface Rows {
  readonly demand_issued: Readonly<Record<string, number>>;
  readonly demand_latest: Readonly<Record<string, string>>;
  readonly demand_stated: number;
}

function read(rows: readonly string[]): Rows {
  const of = (table: string) =>
    rows
      .filter((row) => row.startsWith(`${table} `))
      .map((row) => JSON.parse(row.slice(table.length + 1)) as Record<string, string | number>);
  return {
    demand_issued: Object.fromEntries(
      of('demand_issued').map((it) => [`${it.account} ${it.day} ${it.reason}`, Number(it.blanks)]),
    ),
    demand_latest: Object.fromEntries(
      of('demand_latest').map((it) => [
        `${it.facility} ${it.reason}`,
        `${it.as_of} ${it.waiting} ${it.position}`,
      ]),
    ),
    demand_stated: of('demand_stated').length,
  };
}

describe('the demand of random histories', () => {
  it('is what was issued and stated, however the log is cut', () => {
    fc.assert(
      fc.property(fc.array(STEP, { minLength: 1, maxLength: 60 }), (steps) => {
        const { events, issuances, latest } = toldBy(steps);
        fc.pre(events.length > 0);
        const rows = rowsOf(demandProjection, events, events.length);
        for (const size of [1, 7]) expect(rowsOf(demandProjection, events, size)).toEqual(rows);
        const counted: Record<string, number> = {};
        for (const { event, reason, day, isReversed } of issuances) {
          const key = `${event.stream.slice('custody-'.length)} ${day} ${reason}`;
          if (!isReversed) counted[key] = (counted[key] ?? 0) + 1;
        }
        const found = read(rows);
        expect(found.demand_issued).toEqual(counted);
        expect(found.demand_latest).toEqual(Object.fromEntries(latest));
        const reports = steps.filter(({ kind }) => kind === 'report');
        expect(found.demand_stated).toBe(reports.length);
      }),
      propertyRuns(60),
    );
  });

  it('keeps one row for issuances of one reason and day that follow each other', () => {
    const steps = Array.from({ length: 40 }, () => ({
      ...{ kind: 'issue', office: '31', reason: 'lost', day: '2017-04-01', of: 0 },
    }));
    const { events } = toldBy(steps as Step[]);
    const runs = rowsOf(demandProjection, events, 3).filter((row) => row.startsWith('demand_run'));
    expect(runs).toHaveLength(1);
  });

  it('counts a day where the office is, at both of its ends', () => {
    const history = new History();
    const at = (value: string, zone: string) => ({ value, precision: 'minute', zone }) as const;
    // 23:59 in Jakarta is the next day in Jayapura; in UTC it is 16:59.
    const times = [
      at('2017-04-01T23:59', 'Asia/Jakarta'),
      at('2017-04-02T00:00', 'Asia/Jakarta'),
      at('2017-04-02T01:59', 'Asia/Jayapura'),
    ] as const;
    for (const [nth, occurredAt] of times.entries()) {
      const event = issued(nth + 1, 'lost', '');
      history.add('custody-31', { ...event, data: { ...event.data, occurredAt } } as never);
    }
    expect(read(rowsOf(demandProjection, history.events, 3)).demand_issued).toEqual({
      '31 2017-04-01 lost': 1,
      '31 2017-04-02 lost': 2,
    });
  });
});
