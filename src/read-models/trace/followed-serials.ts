import type { SerialRange } from '../../custody/serials/serial-range.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import type { CustodyLine } from '../custody-line/custody-line.js';
import type { Sight } from '../custody-line/sight.js';
import { storyRuns } from '../custody-line/stories.js';
import { StoryGroups } from './story-groups.js';

/** The most groups an answer has. */
const MAX_GROUPS = 1_000;
/** The most runs with a story of their own that are followed for one answer: some tenths of a second. */
const MAX_RUNS = 20_000;

export interface FollowedSerials {
  readonly groups: StoryGroups;
  readonly neverProduced: SerialSet;
  /** Produced, but nothing of them is within the region asked for. */
  readonly unseen: SerialSet;
  /** Not followed, for the answer has its bounds. */
  readonly notFollowed: SerialSet;
}

/** Puts serials with one story together. */
export function followSerials(
  line: CustodyLine,
  sight: Sight,
  serials: SerialSet,
): FollowedSerials {
  const groups = new StoryGroups();
  const [never, unseen, rest]: [SerialRange[], SerialRange[], SerialRange[]] = [[], [], []];
  let runs = 0;
  for (const { batch, first, last } of serials.ranges()) {
    let done = first - 1;
    for (const run of runs < MAX_RUNS ? storyRuns(line, batch, first, last) : []) {
      const steps = sight.stepsOf(run.steps);
      const range = { batch, first: run.first, last: run.last };
      if (run.steps.length === 0) never.push(range);
      else if (steps.length === 0) unseen.push(range);
      else if (!groups.add(batch, run, steps, MAX_GROUPS)) rest.push(range);
      done = run.last;
      runs += 1;
      if (runs === MAX_RUNS) break;
    }
    if (done < last) rest.push({ batch, first: done + 1, last });
  }
  return {
    groups,
    neverProduced: SerialSet.of(never),
    unseen: SerialSet.of(unseen),
    notFollowed: SerialSet.of(rest),
  };
}
