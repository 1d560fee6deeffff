import { FacilityRegister } from '../../src/custody/facilities/facility-register.js';
import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { ProjectionRunner } from '../../src/read-models/projection-runner.js';
import { ProjectionEngine } from '../../src/read-models/projection-engine.js';
import type { Projection } from '../../src/read-models/projection.js';
import { PROJECTIONS } from '../../src/read-models/projections.js';
import { ReadModelDatabase } from '../../src/read-models/read-model-database.js';
import { registerProjections } from '../../src/read-models/registry.js';
import { segmentOf } from '../../src/read-models/segment-builder.js';
import { smallRegister, temporaryLedger } from './projection-ledger.js';

/** A ledger with a history, whose read models can be asked. */
export interface AskedLedger {
  readonly models: ProjectionEngine;
  readonly register: FacilityRegister;
  close(): Promise<void>;
}

/** @param codes of the facilities of the nation, published */
export async function askedLedger(
  events: readonly RecordedEvent[],
  codes: readonly string[],
): Promise<AskedLedger> {
  const ledger = await temporaryLedger(events);
  const { store, readModelsFile: file } = ledger;
  const models = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
  await models.waitFor(BigInt(events.length), 10_000);
  return {
    models,
    register: FacilityRegister.seed(smallRegister(codes)),
    close: async () => {
      await models.close();
      await ledger.close();
    },
  };
}

/** The rows of a projection after a history, as text, taken in so many events at a time. */
export function rowsOf(
  projection: Projection,
  events: readonly RecordedEvent[],
  size: number,
): readonly string[] {
  const database = ReadModelDatabase.open(':memory:');
  registerProjections(database, [projection]);
  const runner = new ProjectionRunner(projection, database, (_name, halt) => {
    throw new Error(halt.reason);
  });
  const decoded = events.map(decodeEvent);
  let time = -Infinity;
  for (let from = 0; from < decoded.length; from += size) {
    const segment = segmentOf(decoded.slice(from, from + size), time);
    runner.take(segment);
    time = segment.endTime;
  }
  const rows = projection.tables.flatMap(({ name, key }) =>
    database
      .all(`SELECT * FROM ${name} ORDER BY ${key}`)
      .map((row) => `${name} ${JSON.stringify(row)}`),
  );
  database.close();
  return rows;
}
