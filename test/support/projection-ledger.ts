import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FacilityCode } from '../../src/custody/facilities/facility-code.js';
import type { PublishedRegister } from '../../src/custody/facilities/published-register.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { appendHistory } from './projection-history.js';

/** A real ledger in a folder of its own. */
export interface TemporaryLedger {
  readonly store: EventStore;
  readonly folder: string;
  readonly readModelsFile: string;
  close(): Promise<void>;
}

/** With a history in it. */
export async function temporaryLedger(
  events: readonly RecordedEvent[] = [],
): Promise<TemporaryLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'read-models-'));
  const store = openEmbeddedStore({ file: join(folder, 'ledger.db'), mode: 'writer' });
  await appendHistory(store, events);
  return {
    store,
    folder,
    readModelsFile: join(folder, 'read-models.db'),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A nation of few offices, as the register of a test ledger. */
export function smallRegister(codes: readonly string[]): PublishedRegister {
  const sorted = [...codes].sort();
  return {
    source: 'npm:idn-area-data',
    version: '4.0.1',
    licence: 'ODbL-1.0',
    sha256: 'f'.repeat(64),
    counts: { provinces: 0, regencies: 0, districts: 0, villages: 0 },
    facilities: { codes: sorted as FacilityCode[], names: sorted.map((code) => `Kantor ${code}`) },
  };
}
