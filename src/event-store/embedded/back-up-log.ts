import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { openForReading } from './data-format.js';

export interface LogBackup {
  /** Position of the last event in the copy, or null when it is empty. */
  readonly position: bigint | null;
}

/** All pages in one step: with several, each commit beside it would start the copy over. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies the log, as of one commit, into a single new file, while it is being written. Works in any
 * process, and on a store that has become read-only. The file appears under its name only when it is
 * complete and on disk. O(size of the log), off the main thread.
 * @throws {Error} the target exists
 */
export async function backUpLog(file: string, target: string): Promise<LogBackup> {
  if (existsSync(target)) throw new Error(`${target} exists; a backup never overwrites a file`);
  const partial = `${target}.partial`;
  await rm(partial, { force: true });
  // A connection of its own: the copy's one long step would block any other use of it.
  const source = openForReading(file);
  try {
    await backup(source, partial, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  const position = finishCopy(partial);
  await synchronise(partial);
  await rename(partial, target);
  await synchronise(dirname(target));
  return { position };
}

/** Leaves write-ahead mode, which the copied header still asks for: one file, nothing beside it. */
function finishCopy(partial: string): bigint | null {
  const copy = new DatabaseSync(partial);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    const last = copy
      .prepare('SELECT position, streams FROM commits ORDER BY position DESC LIMIT 1')
      .get();
    if (last === undefined) return null;
    const triples = JSON.parse(String(last.streams)) as readonly unknown[];
    const counts = triples.filter((_, index) => index % 3 === 2);
    return BigInt(
      counts.reduce((sum: number, count) => sum + Number(count), -1) + Number(last.position),
    );
  } finally {
    copy.close();
  }
}

async function synchronise(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
