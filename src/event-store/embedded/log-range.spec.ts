import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import {
  everyEvent,
  markedAppend,
  withLedgerFile,
} from '../../../test/support/event-store-files.js';
import { LogCorrupt } from '../event-store.js';
import { openEmbeddedStore } from './embedded-store.js';
import { logParts, logRanges, readLogPart, readLogRange } from './log-range.js';

/** Rows of 1, 2 … `rows` events. */
async function fill(file: string, rows: number) {
  const store = openEmbeddedStore({ file, mode: 'writer' });
  for (let size = 1; size <= rows; size++)
    await store.append(`custody-${size}`, 'no_stream', markedAppend(size));
  const events = await everyEvent(store);
  await store.close();
  return events;
}

describe('ranges of the log', () => {
  it.each([1, 2, 3, 7, 100])('are the whole log, in at most %i parts', async (parts) => {
    await withLedgerFile(async (file) => {
      const events = await fill(file, 20);
      const ranges = logRanges(file, parts);
      expect(ranges.length).toBeLessThanOrEqual(parts);
      if (parts <= 3) expect(ranges).toHaveLength(parts);
      const read = ranges.flatMap((range) => [...readLogRange(file, range)].flat());
      expect(read).toEqual(events);
    });
  });

  it.each([1, 54, 55, 56, 210])('end at position %i, also within a row', async (to) => {
    await withLedgerFile(async (file) => {
      const events = await fill(file, 20);
      const read = logRanges(file, 5, to).flatMap((range) => [...readLogRange(file, range)].flat());
      expect(read).toEqual(events.slice(0, to));
      expect(logRanges(file, 5, 0)).toEqual([]);
    });
  });

  it.each([210, 205])(
    'are offered as texts, a run of a stream at a time (up to %i)',
    async (to) => {
      await withLedgerFile(async (file) => {
        const events = await fill(file, 20);
        const [part] = logParts(file, { to: BigInt(to), events: 1_000 });
        const offered: string[] = [];
        const rest = [
          ...readLogPart(part?.source, ({ stream, position, count, bytes, bounds }) => {
            const last = Number(position) + count - 1;
            offered.push(`${last} ${stream} ${count}`);
            const ids = Array.from({ length: count }, (_none, index) => {
              const text = bytes.toString('utf8', bounds[2 * index], bounds[2 * index + 1]);
              return (JSON.parse(text) as { readonly id: string }).id;
            });
            const own = events.slice(last - count, last);
            expect(ids).toEqual(own.map(({ id }) => id));
            return stream === 'custody-7';
          }),
        ].flat();
        expect(rest).toEqual(events.slice(0, to).filter(({ stream }) => stream !== 'custody-7'));
        // A row that is cut is not offered.
        expect(offered.at(-1)).toBe(to === 210 ? '210 custody-20 20' : '190 custody-19 19');
      });
    },
  );

  it('are none of an empty log', async () => {
    await withLedgerFile(async (file) => {
      await openEmbeddedStore({ file, mode: 'writer' }).close();
      expect(logRanges(file, 4)).toEqual([]);
    });
  });

  // Rows stand at 1, 2, 4 and 7; the last event at 10.
  it.each([
    ['in the middle', 4, 'position 4: the next row stands at 7'],
    ['at the end', 7, 'position 7: the range ends before position 10'],
  ])('stop at a row that is missing %s', async (_, position, why) => {
    await withLedgerFile(async (file) => {
      await fill(file, 4);
      const ranges = logRanges(file, 1);
      const database = new DatabaseSync(file);
      database.exec(
        `DROP TRIGGER commits_are_not_deleted; DELETE FROM commits WHERE position = ${position}`,
      );
      database.close();
      const read = () => ranges.flatMap((range) => [...readLogRange(file, range)]);
      expect(read).toThrow(LogCorrupt);
      expect(read).toThrow(why);
    });
  });
});
