import type { OccurredAt } from '../../src/custody/occurrence.js';
import type { CustodyEvent } from '../../src/custody/account/events.js';
import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import type { Recorded } from '../../src/event-store/codec/ledger-event.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { segmentOf } from '../../src/read-models/segment-builder.js';
import { ZONE_NAMES } from '../../src/read-models/issuance-columns.js';
import { custodyLineProjection } from '../../src/read-models/custody-line/custody-line-projection.js';
import { ReadModelDatabase } from '../../src/read-models/read-model-database.js';
import { ENTRY, historyOf } from './projection-world.js';

/** A stated time of the days around the histories, some of them whole days, made of a number. */
function statedTime(choice: number): OccurredAt {
  const zone = ZONE_NAMES[choice % ZONE_NAMES.length] ?? 'Asia/Jakarta';
  const at = new Date(
    Date.parse('2017-03-31T00:00:00Z') + (choice % 172_800) * 1_000,
  ).toISOString();
  const precision = choice % 5 === 0 ? 'day' : choice % 2 === 0 ? 'minute' : 'second';
  const length = { day: 10, minute: 16, second: 19 }[precision];
  return { value: at.slice(0, length), precision, zone };
}

/**
 * A random legal history whose entries happened at times of all precisions, in another order than they
 * were recorded in, and some of which were corrected afterwards, once or twice.
 */
export function historyOnTwoClocks(choices: readonly number[]): readonly RecordedEvent[] {
  const { history } = historyOf(choices);
  const chosen = (index: number): number => (choices[index % choices.length] ?? 0) + index * 7_919;
  const entries = history.events.map((event, index): RecordedEvent => {
    const occurredAt = { ...statedTime(chosen(index)) };
    return { ...event, data: { ...event.data, occurredAt } };
  });
  for (const [index, { id, stream, revision, type }] of entries.entries()) {
    if (type === 'EntryReversed' || chosen(index) % 4 !== 0) continue;
    const corrections = chosen(index) % 3 === 0 ? 2 : 1;
    for (let nth = 0; nth < corrections; nth++) {
      const correctedTo = statedTime((chosen(index) >>> 3) + nth * 10_007);
      const data = { eventId: id, revision: String(revision), correctedTo, reason: 'paper' };
      const event: CustodyEvent = { type: 'OccurrenceCorrected', data: { ...ENTRY, ...data } };
      entries.push(history.add(stream, event));
    }
  }
  return entries;
}

/** The custody line of a history, taken in by segments of so many events. */
export function custodyLineOf(events: readonly RecordedEvent[], size: number): ReadModelDatabase {
  const database = ReadModelDatabase.open(':memory:');
  for (const { ddl } of custodyLineProjection.tables) database.exec(ddl);
  const decoded: readonly Recorded[] = events.map(decodeEvent);
  let time = -Infinity;
  for (let from = 0; from < decoded.length; from += size) {
    const segment = segmentOf(decoded.slice(from, from + size), time);
    custodyLineProjection.apply(segment, database);
    time = segment.endTime;
  }
  return database;
}
