import type { FindingEvent } from '../../custody/finding/finding.js';
import { findingOfStream } from '../../custody/finding/finding.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import type { Projection } from '../projection.js';
import type { ReadModelDatabase } from '../read-model-database.js';

export const FINDINGS_PROJECTION = 'findings';

/** Cards that turned up outside any manifest, as they were recorded; the books say what they were. */
export const findingsProjection: Projection = {
  name: FINDINGS_PROJECTION,
  version: 1,
  tables: [
    {
      name: 'finding',
      key: 'finding_id',
      ddl: `CREATE TABLE finding (
  finding_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  occurred_at TEXT NOT NULL,
  place TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_facility TEXT NOT NULL,
  serials TEXT NOT NULL,
  chip_uids TEXT NOT NULL,
  illegible INTEGER NOT NULL,
  photos TEXT NOT NULL,
  resolution TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_by_position ON finding (position)`,
    },
  ],
  apply: ({ events }, database) => {
    for (const event of events)
      // The codec lets no other event into these streams.
      if (findingOfStream(event.stream) !== null) take(database, event as Recorded<FindingEvent>);
  },
};

function take(database: ReadModelDatabase, event: Recorded<FindingEvent>): void {
  const { actor, recordedAt } = event.metadata;
  if (event.type === 'FindingRecorded') {
    const { findingId, occurredAt, place, serials, chipUids, illegibleCount, photos } = event.data;
    database.run(
      'INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)',
      findingId,
      event.position,
      event.id,
      recordedAt,
      JSON.stringify(occurredAt),
      place,
      JSON.stringify(actor),
      actor.facilityId,
      JSON.stringify(serials),
      JSON.stringify(chipUids),
      illegibleCount,
      JSON.stringify(photos),
    );
    return;
  }
  const { findingId, how, eventIds, occurredAt } = event.data;
  const resolution = { how, eventIds, eventId: event.id, recordedAt, occurredAt, actor };
  database.run(
    'UPDATE finding SET resolution = ? WHERE finding_id = ?',
    JSON.stringify(resolution),
    findingId,
  );
}
