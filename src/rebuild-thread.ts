import { parentPort, workerData } from 'node:worker_threads';
import { LogCorrupt } from './event-store/event-store.js';
import { openEventStore } from './open-event-store.js';
import { compareFiles } from './read-models/dump.js';
import { KeptProvinces } from './read-models/kept-provinces.js';
import { PROJECTIONS } from './read-models/projections.js';
import { RebuildFailed } from './read-models/rebuild-failed.js';
import { buildReadModels, REBUILD_THREADS } from './read-models/rebuild.js';
import type { RebuildThreadData, RebuildThreadMessage } from './rebuild-in-thread.js';

/*
 * A thread that does the long parts of a rebuild beside a server: see RebuildInThread. A file of its own, because
 * it names the engines.
 */

const { eventStore, provinces, task } = workerData as RebuildThreadData;

/** How often progress is told, in milliseconds. */
const TELL_MS = 200;

function post(message: RebuildThreadMessage): void {
  parentPort?.postMessage(message);
}

async function build(file: string): Promise<void> {
  const store = await openEventStore(eventStore, { mode: 'reader', isWatched: false });
  let toldAt = 0;
  try {
    const built = await buildReadModels(store, file, {
      kept: new KeptProvinces(provinces),
      threads: REBUILD_THREADS,
      onProgress: (...progress) => {
        if (performance.now() - toldAt < TELL_MS) return;
        toldAt = performance.now();
        post({ kind: 'progress', progress });
      },
    });
    post({ kind: 'built', built });
  } finally {
    await store.close();
  }
}

async function run(): Promise<void> {
  if (task.kind === 'build') return build(task.file);
  const comparison = compareFiles(task, PROJECTIONS, () => {
    post({ kind: 'opened' });
  });
  post({ kind: 'compared', comparison });
}

try {
  await run();
} catch (error) {
  if (error instanceof RebuildFailed)
    post({ kind: 'failed', projection: error.projection, halt: error.halt });
  else if (error instanceof LogCorrupt) post({ kind: 'corrupt', message: error.message });
  else throw error;
}
