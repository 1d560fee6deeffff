import { describe, expect, it } from '@jest/globals';
import type { AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import { intervalOf, type OccurredAt } from '../../custody/occurrence.js';
import type { StoryEntry } from './story-entry.js';
import { stepsOf, type Move } from './story.js';

function at(value: string): OccurredAt {
  const precision = value.length === 10 ? 'day' : 'minute';
  return { value, precision, zone: 'Asia/Jakarta' };
}

interface Told {
  readonly type?: CustodyEvent['type'];
  readonly corrected?: string;
  readonly target?: number;
}

type ToldEntry = readonly [occurred: string, more?: Told];

/** One entry after the other, all of one account. */
function movesOf(...told: readonly ToldEntry[]): readonly Move[] {
  return told.map(([value, more = {}], index) => {
    const { type = 'BlanksSpoiled', corrected, target }: Told = more;
    const occurred = at(value);
    const entry: StoryEntry = {
      position: index + 1,
      type,
      account: '31.71' as AccountId,
      revision: index,
      eventId: `event-${index}`,
      ledgerTime: index,
      recordedAt: index,
      occurred,
      corrected: corrected === undefined ? null : at(corrected),
      ...intervalOf(corrected === undefined ? occurred : at(corrected)),
      actor: { id: 'sari', role: 'custodian', facilityId: '31.71' },
      counterparty: null,
      fromShipment: null,
      toShipment: null,
      targetRevision: target ?? null,
      details: {},
    };
    return { entry, from: 'usable', to: 'invalid' };
  });
}

/** When each took effect, in Jakarta; `moved` where it had to be. */
function effects(...told: readonly ToldEntry[]): readonly (string | null)[] {
  return stepsOf(movesOf(...told)).map(({ effectiveAt, isMoved }) => {
    if (effectiveAt === null) return null;
    const local = new Date(effectiveAt + 7 * 3_600_000).toISOString().slice(0, 16);
    return `${local}${isMoved ? ' moved' : ''}`;
  });
}

describe('when entries of one serial took effect', () => {
  it.each([
    ['as they were stated, from the first instant on', ['2017-04-01', '2017-04-01T09:30']],
    ['within five minutes of one another', ['2017-04-01T09:05', '2017-04-01T09:00']],
  ] as const)('%s', (_how, [one, other]) => {
    expect(effects([one], [other]).every((it) => it?.endsWith('moved') === false)).toBe(true);
  });

  it('is never before that of the entry before', () => {
    expect(effects(['2017-04-03T10:00'], ['2017-04-01'], ['2017-04-04'])).toEqual([
      '2017-04-03T10:00',
      '2017-04-03T10:00 moved',
      '2017-04-04T00:00',
    ]);
  });

  it('is not moved where its day reaches as far', () => {
    expect(effects(['2017-04-03T10:00'], ['2017-04-03'])).toEqual([
      '2017-04-03T10:00',
      '2017-04-03T10:00',
    ]);
  });

  it('is moved from more than five minutes on', () => {
    expect(effects(['2017-04-03T10:06'], ['2017-04-03T10:00'])[1]).toBe('2017-04-03T10:06 moved');
    expect(effects(['2017-04-03T10:05'], ['2017-04-03T10:00'])[1]).toBe('2017-04-03T10:05');
  });

  it('is that of the correction', () => {
    expect(effects(['2017-05-03', { corrected: '2017-04-03' }], ['2017-04-10'])).toEqual([
      '2017-04-03T00:00',
      '2017-04-10T00:00',
    ]);
  });

  it('leaves out what was reversed, and the reversal with it', () => {
    const reversal = { type: 'EntryReversed', target: 1 } as const;
    expect(
      effects(['2017-04-01'], ['2017-06-01'], ['2017-06-02', reversal], ['2017-04-05']),
    ).toEqual(['2017-04-01T00:00', null, null, '2017-04-05T00:00']);
    const steps = stepsOf(movesOf(['2017-04-01'], ['2017-04-02', { ...reversal, target: 0 }]));
    expect(steps.map(({ isReversed, isReversal }) => [isReversed, isReversal])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('counts a reversal of nothing in the story as any other entry', () => {
    const reversal = { type: 'EntryReversed', target: 9 } as const;
    expect(effects(['2017-04-01'], ['2017-04-02', reversal])).toEqual([
      '2017-04-01T00:00',
      '2017-04-02T00:00',
    ]);
  });
});
