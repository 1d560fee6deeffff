import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_POSITION, StreamIndex } from './stream-index.js';

interface Append {
  readonly stream: number;
  readonly count: number;
}

function build(appends: readonly Append[]) {
  const index = new StreamIndex();
  const positions = new Map<string, number[]>();
  let next = 1;
  for (const { stream, count } of appends) {
    const name = `custody-${stream}`;
    index.add(name, next, count);
    const known = positions.get(name) ?? [];
    for (let offset = 0; offset < count; offset++) known.push(next + offset);
    positions.set(name, known);
    next += count;
  }
  return { index, positions };
}

/** What may stand unused at the end of the newest chunk. */
const CHUNK_BYTES = 1024 * 1024;

describe('stream index', () => {
  it('finds every event where a plain list of positions has it', () => {
    const append = fc.record({ stream: fc.nat(4), count: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.array(append, { maxLength: 200 }), (appends) => {
        const { index, positions } = build(appends);
        expect(index.streams).toBe(positions.size);
        for (const [stream, expected] of positions) {
          expect(index.lastRevision(stream)).toBe(expected.length - 1);
          const found = expected.map((_, revision) => index.positionOf(stream, revision));
          expect(found).toEqual(expected);
          const run = index.runAt(stream, 0);
          expect(run.position + run.count - 1).toBe(expected[run.count - 1]);
        }
      }),
    );
  });

  it('stays right across blocks and chunks, in at most 16 bytes an event', () => {
    // Alternating streams make every event an entry of its own: the dearest case.
    const events = 400_000;
    const { index, positions } = build(
      Array.from({ length: events }, (_, step) => ({ stream: step % 3, count: 1 })),
    );
    for (const [stream, expected] of positions) {
      for (let revision = 0; revision < expected.length; revision += 997) {
        expect(index.positionOf(stream, revision)).toBe(expected[revision]);
      }
    }
    expect(index.bytes).toBeLessThanOrEqual(16 * events);
  });

  it('keeps many small streams in at most 16 bytes an event and 24 a stream', () => {
    const streams = 100_000;
    const { index } = build(
      Array.from({ length: streams * 4 }, (_, step) => ({ stream: step % streams, count: 1 })),
    );
    expect(index.streams).toBe(streams);
    expect(index.positionOf('custody-99999', 3)).toBe(streams * 4);
    expect(index.bytes).toBeLessThanOrEqual(16 * streams * 4 + 24 * streams + CHUNK_BYTES);
  });

  it('says −1 for a stream it does not know, and finds nothing in it', () => {
    const index = new StreamIndex();
    expect(index.lastRevision('custody-00')).toBe(-1);
    expect(() => index.runAt('custody-00', 0)).toThrow(RangeError);
    index.add('custody-00', 1, 2);
    expect(() => index.runAt('custody-00', 2)).toThrow(RangeError);
  });

  it('takes positions up to 32 bits and none beyond', () => {
    const index = new StreamIndex();
    index.add('a', MAX_POSITION, 1);
    expect(index.positionOf('a', 0)).toBe(MAX_POSITION);
    expect(() => {
      index.add('a', MAX_POSITION + 1, 1);
    }).toThrow(RangeError);
  });
});
