import { copyFileSync } from 'node:fs';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import { everyEvent, markedAppend } from './event-store-files.js';

const LARGEST_GROUP = 7;

/**
 * Leaves `file` and its write-ahead log as they are while a writer runs: nothing moved over yet.
 * Returns the ids of the events, in order.
 */
export async function writeUnfinishedLog(
  file: string,
  appends: number,
): Promise<readonly string[]> {
  const live = `${file}.live`;
  const store = openEmbeddedStore({ file: live, mode: 'writer' });
  for (let done = 0; done < appends;) {
    // Groups of one to seven appends: some commits hold one command, some hold several.
    const group = 1 + (done % LARGEST_GROUP);
    await Promise.all(
      Array.from({ length: group }, (_, offset) =>
        store.append(`custody-${done + offset}`, 'no_stream', markedAppend(1 + (offset % 5))),
      ),
    );
    done += group;
  }
  const ids = (await everyEvent(store)).map(({ id }) => id);
  copyFileSync(live, file);
  copyFileSync(`${live}-wal`, `${file}-wal`);
  await store.close();
  return ids;
}
