import { KeptProvinces } from '../read-models/kept-provinces.js';
import { REBUILD_THREADS, rebuildReadModels } from '../read-models/rebuild.js';
import type { Settings } from '../settings.js';
import { whileNobodyWrites } from './as-writer.js';
import { openLogForReading } from './event-log.js';
import { figure, print, progressBar } from './output.js';

/** @throws {WriterLocked} a server runs: it keeps its read models itself */
export async function runRebuild(settings: Settings): Promise<void> {
  await whileNobodyWrites(settings, async () => {
    const store = await openLogForReading(settings);
    const progress = progressBar('rebuild');
    try {
      const rebuilt = await rebuildReadModels(store, settings.readModelsFile, {
        onProgress: progress.update,
        kept: new KeptProvinces(settings.subscribe),
        threads: REBUILD_THREADS,
      });
      progress.stop();
      const { events, position, comparison, shares } = rebuilt;
      print(
        `read models rebuilt from ${figure(events)} events, up to position ${position ?? 'none'}`,
      );
      for (const { projection, seconds } of shares)
        print(`  ${projection}: ${figure(Number(seconds.toFixed(1)))} s of them`);
      if (comparison === null) {
        print('there were none of this version to compare with');
        return;
      }
      const { rows, differences } = comparison;
      const found = differences.length === 0 ? 'all as before' : 'some differed:';
      print(`${figure(rows)} rows compared, ${found}`);
      for (const { table, expected, actual } of differences)
        print(`  ${table}: ${actual ?? 'nothing'} is now ${expected ?? 'nothing'}`);
    } finally {
      progress.stop();
      await store.close();
    }
  });
}
