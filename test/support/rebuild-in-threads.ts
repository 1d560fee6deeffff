import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { rebuildReadModels, type Rebuilt } from '../../src/read-models/rebuild.js';

/*
 * `node rebuild-in-threads.js LEDGER FILE THREADS EVENTS` rebuilds read models, each thread given so
 * many events at a time, and writes a {@link ThreadedRebuild} as JSON.
 */

export type ThreadedRebuild =
  | { readonly rebuilt: Rebuilt; readonly progress: readonly (readonly [number, number])[] }
  | { readonly error: string; readonly message: string };

const [ledger = '', file = '', count, partEvents] = process.argv.slice(2);
const store = openEmbeddedStore({ file: ledger, mode: 'reader' });
const progress: (readonly [number, number])[] = [];
let answer: ThreadedRebuild;
try {
  const rebuilt = await rebuildReadModels(store, file, {
    onProgress: (events, total) => progress.push([events, total]),
    threads: { count: Number(count), partEvents: Number(partEvents) },
  });
  answer = { rebuilt, progress };
} catch (error) {
  const { name, message } = error as Error;
  answer = { error: name, message };
}
await store.close();
process.stdout.write(JSON.stringify(answer));
