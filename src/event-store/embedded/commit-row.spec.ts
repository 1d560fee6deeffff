import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { LogCorrupt, type RecordedEvent } from '../event-store.js';
import {
  bodyOf,
  chainHash,
  decodeRow,
  eventText,
  eventTexts,
  GENESIS_HASH,
  readStreams,
  streamsOf,
  type CommitRow,
} from './commit-row.js';

const encoded = (number: number) => ({
  id: `00000000-0000-4000-8000-00000000000${number}`,
  type: 'Blanks"Spoiled',
  data: `{"note":"a\\nb","number":${number}}`,
  metadata: '{"schema":1}',
});
const texts = [1, 2, 3, 4].map((number) => eventText(encoded(number)));
const row: CommitRow = {
  position: 7,
  streams: streamsOf([
    { stream: 'custody-31', firstRevision: 5, count: 1 },
    { stream: 'custody-00', firstRevision: 0, count: 3 },
  ]),
  body: bodyOf(texts),
};

function decode(from: number, max: number, only?: string) {
  const events: RecordedEvent[] = [];
  const passes = only === undefined ? null : (stream: string) => stream === only;
  const followedTo = decodeRow(row, from, max, passes, events);
  const at = events.map(({ stream, revision, position }) => `${position}:${stream}@${revision}`);
  return { at, followedTo };
}

describe('a row of the log', () => {
  // Stored shapes are permanent: a change here needs a new data-format version.
  it('has the shape that is stored', () => {
    expect(row.streams).toBe('["custody-31",5,1,"custody-00",0,3]');
    expect(texts[0]).toBe(
      String.raw`{"data":{"note":"a\nb","number":1},"id":"00000000-0000-4000-8000-000000000001",` +
        String.raw`"metadata":{"schema":1},"type":"Blanks\"Spoiled"}`,
    );
    expect(row.body).toBe(`[${texts.join(',\n')}]`);
    expect(eventTexts(row)).toEqual(texts);
    expect(JSON.parse(row.body)).toHaveLength(4);
  });

  it('is hashed with the hash before it, its position, and where its columns part', () => {
    const hash = (...parts: Parameters<typeof chainHash>) =>
      Buffer.from(chainHash(...parts)).toString('hex');
    // Put together by hand: 32 zeros, position 1, three bytes of streams, then streams and body.
    const bytes = [...new Uint8Array(32), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4];
    const expected = createHash('sha256')
      .update(Uint8Array.from(bytes))
      .update('[é]')
      .update('[{}]')
      .digest('hex');
    expect(hash(GENESIS_HASH, 1, '[é]', '[{}]')).toBe(expected);
    const others = [
      hash(GENESIS_HASH, 2, '[é]', '[{}]'),
      hash(GENESIS_HASH, 1, '[é', '][{}]'),
      hash(new Uint8Array(32).fill(1), 1, '[é]', '[{}]'),
    ];
    expect(new Set([expected, ...others]).size).toBe(4);
  });

  it.each<[number, number, string | undefined, string[], number]>([
    [
      7,
      9,
      undefined,
      ['7:custody-31@5', '8:custody-00@0', '9:custody-00@1', '10:custody-00@2'],
      10,
    ],
    [1, 2, undefined, ['7:custody-31@5', '8:custody-00@0'], 8],
    [9, 9, undefined, ['9:custody-00@1', '10:custody-00@2'], 10],
    [9, 1, undefined, ['9:custody-00@1'], 9],
    [7, 9, 'custody-31', ['7:custody-31@5'], 10],
    [8, 1, 'custody-00', ['8:custody-00@0'], 8],
    [8, 9, 'custody-31', [], 10],
  ])('from position %i at most %i events of %s', (from, max, only, at, followedTo) => {
    expect(decode(from, max, only)).toEqual({ at, followedTo });
  });

  it.each([
    ['too few events', { body: bodyOf(texts.slice(0, 3)) }],
    ['too many events', { body: bodyOf([...texts, ...texts]) }],
    ['a body that is no array', { body: '{"a":1}' }],
    ['a body that is no JSON', { body: '[{' }],
    ['an event without an id', { body: bodyOf(texts.map((text) => text.replace('"id"', '"ID"'))) }],
    ['streams that are no triples', { streams: '["custody-31",5]' }],
    ['a count of none', { streams: '["custody-31",5,0,"custody-00",0,4]' }],
    ['a negative revision', { streams: '["custody-31",-1,4]' }],
  ])('with %s stops the reader at its position', (_, change) => {
    for (const from of [1, 8]) {
      const read = () => decodeRow({ ...row, ...change }, from, 9, null, []);
      expect(read).toThrow(LogCorrupt);
      expect(read).toThrow(/at position ([789]|10):/);
    }
  });

  it('gives its streams without its body', () => {
    const seen: string[] = [];
    const total = readStreams(7, row.streams, (stream, first, count) => {
      seen.push(`${stream}@${first}+${count}`);
    });
    expect([total, ...seen]).toEqual([4, 'custody-31@5+1', 'custody-00@0+3']);
  });
});
