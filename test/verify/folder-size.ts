import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const SAMPLE_MS = 500;
/** What `st_blocks` counts in. */
const BLOCK_BYTES = 512;

/** Bytes that the files of a folder take on disk. */
async function bytesOnDisk(folder: string): Promise<number> {
  const sizes = (await readdir(folder, { recursive: true })).map(async (name) => {
    // Journals come and go while this looks.
    const found = await lstat(join(folder, name)).catch(() => null);
    return found?.isFile() === true ? found.blocks * BLOCK_BYTES : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** The most a folder has taken on disk while `work` went on, looked at twice a second. */
export async function peakOnDisk<T>(
  folder: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly peakBytes: number }> {
  const ending = new AbortController();
  let peakBytes = 0;
  const look = async (): Promise<void> => {
    peakBytes = Math.max(peakBytes, await bytesOnDisk(folder));
  };
  const sampling = (async () => {
    while (!ending.signal.aborted) {
      await look();
      await delay(SAMPLE_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  try {
    const result = await work();
    await look();
    return { result, peakBytes };
  } finally {
    ending.abort();
    await sampling;
  }
}
