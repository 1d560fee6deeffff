import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { custodyLineProjection } from '../../src/read-models/custody-line/custody-line-projection.js';
import { historyProjection } from '../../src/read-models/history/history-projection.js';
import { ProjectionRunner } from '../../src/read-models/projection-runner.js';
import { ReadModelDatabase } from '../../src/read-models/read-model-database.js';
import { registerProjections } from '../../src/read-models/registry.js';
import { segmentOf } from '../../src/read-models/segment-builder.js';

export const HISTORY_PROJECTIONS = [custodyLineProjection, historyProjection];

/** The history of a log, and the custody line it rests on, taken in by segments of so many events. */
export function projectedHistory(
  events: readonly RecordedEvent[],
  size: number,
): ReadModelDatabase {
  const database = ReadModelDatabase.open(':memory:');
  registerProjections(database, HISTORY_PROJECTIONS);
  const runners = HISTORY_PROJECTIONS.map(
    (it) =>
      new ProjectionRunner(it, database, (name, halt) => {
        throw new Error(`${name}: ${halt.reason}`);
      }),
  );
  const decoded = events.map(decodeEvent);
  let time = -Infinity;
  for (let from = 0; from < decoded.length; from += size) {
    const segment = segmentOf(decoded.slice(from, from + size), time);
    ProjectionRunner.takeAll(runners, database, segment);
    time = segment.endTime;
  }
  return database;
}
