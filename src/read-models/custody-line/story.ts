import { CLOCK_TOLERANCE_MS } from '../../custody/occurrence.js';
import type { PlaceName } from './places.js';
import type { StoryEntry } from './story-entry.js';

/** An entry, and from where to where it moved the serials of a run. */
export interface StoryStep {
  readonly entry: StoryEntry;
  readonly from: PlaceName;
  readonly to: PlaceName;
  /** A later entry undid it. */
  readonly isReversed: boolean;
  /** It undid an earlier one of the same story. */
  readonly isReversal: boolean;
  /**
   * When it took effect as far as is known now, in milliseconds since the epoch: the later of its own
   * stated time (the earliest instant, as corrected) and its predecessor's. Null for what was reversed
   * and for reversals: they never took effect.
   */
  readonly effectiveAt: number | null;
  /** Its stated time, with five minutes' tolerance, lies wholly before it could have taken effect. */
  readonly isMoved: boolean;
}

/** Consecutive serials of one batch that went through the same entries, in the same way. */
export interface StoryRun {
  /** Inclusive, both. */
  readonly first: number;
  readonly last: number;
  /** In the order of the log; none for serials that were never produced. */
  readonly steps: readonly StoryStep[];
}

/** An entry and its places, before it is known what became of it. */
export interface Move {
  readonly entry: StoryEntry;
  readonly from: PlaceName;
  readonly to: PlaceName;
}

/** The steps of one serial. @param moves in the order of the log */
export function stepsOf(moves: readonly Move[]): readonly StoryStep[] {
  const undone = undoneOf(moves);
  let before = -Infinity;
  return moves.map(({ entry, from, to }, at) => {
    const isReversed = undone.reversed.has(at);
    const isReversal = undone.reversals.has(at);
    if (isReversed || isReversal)
      return { entry, from, to, isReversed, isReversal, effectiveAt: null, isMoved: false };
    const effectiveAt = Math.max(entry.earliest, before);
    before = effectiveAt;
    const isMoved = effectiveAt > entry.latest + CLOCK_TOLERANCE_MS;
    return { entry, from, to, isReversed, isReversal, effectiveAt, isMoved };
  });
}

const NONE: ReadonlySet<number> = new Set();

/** Which moves were undone, and which undid them. One that undoes nothing of the story counts as any other. */
export function undoneOf(moves: readonly Pick<Move, 'entry'>[]): {
  readonly reversed: ReadonlySet<number>;
  readonly reversals: ReadonlySet<number>;
} {
  if (!moves.some(({ entry }) => entry.type === 'EntryReversed'))
    return { reversed: NONE, reversals: NONE };
  const reversed = new Set<number>();
  const reversals = new Set<number>();
  for (const [at, { entry }] of moves.entries()) {
    if (entry.type !== 'EntryReversed') continue;
    const target = moves.findIndex(
      (it, index) =>
        index < at &&
        it.entry.account === entry.account &&
        it.entry.revision === entry.targetRevision,
    );
    if (target === -1) continue;
    reversed.add(target);
    reversals.add(at);
  }
  return { reversed, reversals };
}
