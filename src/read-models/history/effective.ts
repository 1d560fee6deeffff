import { intervalOf } from '../../custody/occurrence.js';
import type { StoryEntry } from '../custody-line/story-entry.js';
import { undoneOf, type StoryStep } from '../custody-line/story.js';
import type { ReadModelDatabase } from '../read-model-database.js';

/** A step of a story that counts, and from when on. */
export interface Effective {
  readonly entry: StoryEntry;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/**
 * Which steps of a story took effect and when, as far as the log up to a position tells: by their places
 * among the steps. See "Two clocks" in the domain: what was reversed does not count, nor what reversed it; of an entry's
 * stated time and its predecessor's effective one the later counts.
 */
export function effectivesUpTo(
  database: ReadModelDatabase,
  steps: readonly StoryStep[],
  position: number,
): ReadonlyMap<number, Effective> {
  const known = steps.filter(({ entry }) => entry.position <= position);
  const { reversed, reversals } = undoneOf(known);
  const effectives = new Map<number, Effective>();
  let before = -Infinity;
  // They stand in the order of the log, so those known are the first.
  for (const [index, { entry }] of known.entries()) {
    if (reversed.has(index) || reversals.has(index)) continue;
    const time = Math.max(earliestUpTo(database, entry, position), before);
    effectives.set(index, { entry, time });
    before = time;
  }
  return effectives;
}

/** The earliest instant of an entry's stated time, as it was corrected up to a position. */
function earliestUpTo(database: ReadModelDatabase, entry: StoryEntry, position: number): number {
  if (entry.corrected === null) return entry.earliest;
  const row = database.get(
    `SELECT corrected_to FROM history_correction AS correction
     WHERE account = ? AND revision = ? AND correction.position <= ? ORDER BY correction.position DESC`,
    entry.account,
    entry.revision,
    position,
  );
  return row === undefined ? intervalOf(entry.occurred).earliest : Number(row.corrected_to);
}
