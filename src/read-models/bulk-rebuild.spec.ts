import { describe, expect, it } from '@jest/globals';
import { CHOICES, moved } from '../../test/support/history-arbitraries.js';
import fc from 'fast-check';
import { choicesOf, historyOf } from '../../test/support/projection-world.js';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { BulkRebuild } from './bulk-rebuild.js';
import { compareRows, type RowComparison } from './dump.js';
import { RebuildFailed } from './rebuild-failed.js';
import type { Projection } from './projection.js';
import { ProjectionRunner } from './projection-runner.js';
import { PROJECTIONS } from './projections.js';
import { ReadModelDatabase } from './read-model-database.js';
import { registeredProjections, registerProjections } from './registry.js';
import { segmentOf } from './segment-builder.js';

function emptyDatabase(projections: readonly Projection[] = PROJECTIONS): ReadModelDatabase {
  const database = ReadModelDatabase.open(':memory:');
  registerProjections(database, projections);
  return database;
}

/** The live way, 37 events at a time. */
function live(events: readonly Recorded[]): ReadModelDatabase {
  const database = emptyDatabase();
  const runners = PROJECTIONS.map(
    (projection) =>
      new ProjectionRunner(projection, database, (_name, halt) => {
        throw new Error(halt.reason);
      }),
  );
  let time = -Infinity;
  for (let from = 0; from < events.length; from += 37) {
    const segment = segmentOf(events.slice(from, from + 37), time);
    ProjectionRunner.takeAll(runners, database, segment);
    time = segment.endTime;
  }
  return database;
}

/** In bulk, with a flush after each event whose index is named. */
function bulk(events: readonly Recorded[], cuts: ReadonlySet<number>): ReadModelDatabase {
  const database = emptyDatabase();
  const rebuild = new BulkRebuild(database, PROJECTIONS);
  for (const [index, event] of events.entries()) {
    rebuild.take(event);
    if (cuts.has(index)) rebuild.flush();
  }
  rebuild.flush();
  return database;
}

function compared(recorded: readonly RecordedEvent[], cuts: readonly number[]): RowComparison {
  const events = recorded.map(decodeEvent);
  const [expected, actual] = [live(events), bulk(events, new Set(cuts))];
  try {
    expect(registeredProjections(actual)).toEqual(registeredProjections(expected));
    return compareRows(expected, actual, PROJECTIONS);
  } finally {
    expected.close();
    actual.close();
  }
}

const CUTS = fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 4 });

describe('a rebuild in bulk', () => {
  it('leaves the rows of the live way, wherever it is flushed', () => {
    fc.assert(
      fc.property(CHOICES, CUTS, (choices, cuts) => {
        expect(compared(historyOf(choices).history.events, cuts).differences).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([[[]], [[100, 450]], [[398, 399, 400, 401, 402]]])(
    'leaves them also where facilities move (flushed at %j)',
    (cuts) => {
      const world = historyOf(choicesOf(4, 400));
      world.history.add('register-facilities', moved('31.71.01', '32.01', '2022-12-08'));
      world.history.add('register-facilities', moved('31.71.01', '31.71', '2020-01-01'));
      for (const choice of choicesOf(5, 400)) world.step(choice);
      world.history.add('register-facilities', moved('32.01', '31', '2023-01-01'));
      const { rows, differences } = compared(world.history.events, cuts);
      expect(differences).toEqual([]);
      expect(rows).toBeGreaterThan(100);
    },
  );

  it('stops at an event that cannot be taken in, and names it', () => {
    const events = historyOf(choicesOf(7, 300)).history.events.map(decodeEvent);
    const arrival = events.find(({ type }) => type === 'ShipmentReceived');
    const sent = events.findIndex(
      (event) =>
        event.type === 'ShipmentDispatched' &&
        arrival?.type === 'ShipmentReceived' &&
        event.data.shipmentId === arrival.data.shipmentId,
    );
    expect(sent).toBeGreaterThanOrEqual(0);
    const database = emptyDatabase();
    const rebuild = new BulkRebuild(database, PROJECTIONS);
    let failure: unknown = null;
    try {
      for (const [index, event] of events.entries()) if (index !== sent) rebuild.take(event);
      rebuild.flush();
    } catch (error) {
      failure = error;
    }
    database.close();
    expect(failure).toBeInstanceOf(RebuildFailed);
    expect(failure).toMatchObject({
      projection: 'shipments',
      halt: { position: String(arrival?.position), stream: arrival?.stream },
    });
  });
});
