import type { StoryStep } from '../custody-line/story.js';
import {
  momentOf,
  traceEntry,
  whereaboutsAfter,
  type Moment,
  type TraceEntry,
  type Whereabouts,
} from './trace-entry.js';

/** How long a serial was somewhere, and what brought it there. */
export interface Stay extends Whereabouts {
  readonly from: Moment;
  /** Null where it still is, and where it left the region that is asked for. */
  readonly until: Moment | null;
  readonly entry: TraceEntry;
  /** The entry was undone later: in truth the serial never was there. */
  readonly isReversed: boolean;
  /** The entry undid an earlier one. */
  readonly isReversal: boolean;
  /** The stated time lies before it can have been: it is taken to be the time of what went before. */
  readonly isMoved: boolean;
}

/** The stays of a serial in the order of the log. */
export function staysOf(steps: readonly StoryStep[]): readonly Stay[] {
  return steps.map((step, index) => {
    const { isReversed, isReversal, isMoved, effectiveAt } = step;
    const next = steps[index + 1];
    const standing = steps.slice(index + 1).find((it) => it.effectiveAt !== null);
    const left =
      standing === undefined || effectiveAt === null ? null : momentOf(standing).occurred;
    return {
      ...whereaboutsAfter(step),
      from: momentOf(step),
      until: next === undefined ? null : { recorded: momentOf(next).recorded, occurred: left },
      entry: traceEntry(step.entry),
      isReversed,
      isReversal,
      isMoved,
    };
  });
}
