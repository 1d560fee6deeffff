import { type BatchCode } from './serial-number.js';
import { type SerialRange } from './serial-range.js';

/**
 * A persistent weight-balanced search tree of serial ranges, ordered by batch (by code unit) and
 * then by number. All batches share one tree, so cost depends on the ranges alone and not on how
 * many batches they lie in. The ranges of a tree are disjoint and no two touch: the *normal form*.
 *
 * Nodes are never changed after they are made; every operation copies the paths it touches and
 * shares the rest. Balancing is by join, with the parameters (3, 2) of Hirai and Yamamoto,
 * "Balancing weight-balanced trees", Journal of Functional Programming 21 (2011), and the join of
 * Haskell's Data.Set; its height stays below 2.5 log2(n + 2).
 *
 * n is the number of ranges in a tree.
 */
export interface RangeNode extends SerialRange {
  readonly left: RangeTree;
  readonly right: RangeTree;
  /** How many ranges stand in this subtree. */
  readonly ranges: number;
  /** How many serial numbers those ranges hold. */
  readonly serials: number;
}

export type RangeTree = RangeNode | null;

/** Neither subtree may hold more than this many times the ranges of the other. */
const MAX_RATIO = 3;
/** From this ratio between the inner and the outer grandchild a single rotation is not enough. */
const DOUBLE_ROTATION_RATIO = 2;

export function rangeCount(tree: RangeTree): number {
  return tree === null ? 0 : tree.ranges;
}

export function serialCount(tree: RangeTree): number {
  return tree === null ? 0 : tree.serials;
}

/** Whether the tree is a single range. */
export function isSingle(tree: RangeNode): boolean {
  return tree.ranges === 1;
}

/**
 * Builds a balanced tree of ranges that are already in normal form. O(n).
 */
export function fromSorted(ranges: readonly SerialRange[]): RangeTree {
  return fromSortedSlice(ranges, 0, ranges.length);
}

function fromSortedSlice(ranges: readonly SerialRange[], start: number, end: number): RangeTree {
  const middle = (start + end) >>> 1;
  const range = ranges[middle];
  if (start >= end || range === undefined) {
    return null;
  }
  return node(
    fromSortedSlice(ranges, start, middle),
    range.batch,
    range.first,
    range.last,
    fromSortedSlice(ranges, middle + 1, end),
  );
}

/**
 * `left`, then the range, then `right`, where all of `left` lies below the range and all of
 * `right` above it, none touching it. O(|log n(left) - log n(right)|).
 */
export function join(
  left: RangeTree,
  batch: BatchCode,
  first: number,
  last: number,
  right: RangeTree,
): RangeNode {
  if (right !== null && right.ranges > MAX_RATIO * rangeCount(left)) {
    return balance(join(left, batch, first, last, right.left), right, right.right);
  }
  if (left !== null && left.ranges > MAX_RATIO * rangeCount(right)) {
    return balance(left.left, left, join(left.right, batch, first, last, right));
  }
  return node(left, batch, first, last, right);
}

/** `left`, then `right`, where all of `left` lies below `right` and does not touch it. O(log n). */
export function concatenate(left: RangeTree, right: RangeTree): RangeTree {
  if (left === null) {
    return right;
  }
  if (right === null) {
    return left;
  }
  const { batch, first, last } = leftmost(right);
  return join(left, batch, first, last, withoutLeftmost(right));
}

/** The lowest range. O(log n). */
export function leftmost(tree: RangeNode): RangeNode {
  let current = tree;
  for (let below = current.left; below !== null; below = current.left) {
    current = below;
  }
  return current;
}

/** The highest range. O(log n). */
export function rightmost(tree: RangeNode): RangeNode {
  let current = tree;
  for (let above = current.right; above !== null; above = current.right) {
    current = above;
  }
  return current;
}

/** All but the lowest range. O(log n). */
export function withoutLeftmost(tree: RangeNode): RangeTree {
  return tree.left === null
    ? tree.right
    : join(withoutLeftmost(tree.left), tree.batch, tree.first, tree.last, tree.right);
}

/** All but the highest range. O(log n). */
export function withoutRightmost(tree: RangeNode): RangeTree {
  return tree.right === null
    ? tree.left
    : join(tree.left, tree.batch, tree.first, tree.last, withoutRightmost(tree.right));
}

/** The serials at or below `last` of `batch`; a range that reaches beyond is cut. O(log n). */
export function upTo(tree: RangeTree, batch: BatchCode, last: number): RangeTree {
  if (tree === null) {
    return null;
  }
  const sameBatch = tree.batch === batch;
  if (sameBatch ? tree.first > last : tree.batch > batch) {
    return upTo(tree.left, batch, last);
  }
  if (sameBatch && tree.last > last) {
    return join(tree.left, tree.batch, tree.first, last, null);
  }
  const right = upTo(tree.right, batch, last);
  return right === tree.right ? tree : join(tree.left, tree.batch, tree.first, tree.last, right);
}

/** The serials at or above `first` of `batch`; a range that begins before is cut. O(log n). */
export function from(tree: RangeTree, batch: BatchCode, first: number): RangeTree {
  if (tree === null) {
    return null;
  }
  const sameBatch = tree.batch === batch;
  if (sameBatch ? tree.last < first : tree.batch < batch) {
    return from(tree.right, batch, first);
  }
  if (sameBatch && tree.first < first) {
    return join(null, tree.batch, first, tree.last, tree.right);
  }
  const left = from(tree.left, batch, first);
  return left === tree.left ? tree : join(left, tree.batch, tree.first, tree.last, tree.right);
}

/** The serials of `range` that the tree holds. O(log n), however many ranges that covers. */
export function within(tree: RangeTree, range: SerialRange): RangeTree {
  return upTo(from(tree, range.batch, range.first), range.batch, range.last);
}

/** The range that holds the number, or null. O(log n), allocates nothing. */
export function rangeAt(tree: RangeTree, batch: BatchCode, number: number): RangeTree {
  let current = tree;
  while (current !== null) {
    const sameBatch = current.batch === batch;
    if (sameBatch ? number < current.first : batch < current.batch) {
      current = current.left;
    } else if (sameBatch && number <= current.last) {
      return current;
    } else {
      current = current.right;
    }
  }
  return null;
}

/** The lowest range that reaches to or beyond `number` of `batch`, or null. O(log n). */
export function rangeFrom(tree: RangeTree, batch: BatchCode, number: number): RangeTree {
  let current = tree;
  let found: RangeTree = null;
  while (current !== null) {
    if (current.batch === batch ? current.last >= number : current.batch > batch) {
      found = current;
      current = current.left;
    } else {
      current = current.right;
    }
  }
  return found;
}

/** How many serials the tree holds at or below `last` of `batch`. O(log n). */
export function serialsUpTo(tree: RangeTree, batch: BatchCode, last: number): number {
  let current = tree;
  let serials = 0;
  while (current !== null) {
    const sameBatch = current.batch === batch;
    if (sameBatch ? last < current.first : batch < current.batch) {
      current = current.left;
    } else if (sameBatch && last <= current.last) {
      return serials + serialCount(current.left) + (last - current.first + 1);
    } else {
      serials += serialCount(current.left) + (current.last - current.first + 1);
      current = current.right;
    }
  }
  return serials;
}

/** The ranges in order, one at a time: O(log n) to the first, O(1) amortised for each. */
export function* rangesInOrder(tree: RangeTree): Generator<SerialRange, void, undefined> {
  const ancestors: RangeNode[] = [];
  let current = tree;
  while (current !== null || ancestors.length > 0) {
    while (current !== null) {
      ancestors.push(current);
      current = current.left;
    }
    const next = ancestors.pop();
    if (next === undefined) {
      return;
    }
    yield { batch: next.batch, first: next.first, last: next.last };
    current = next.right;
  }
}

function node(
  left: RangeTree,
  batch: BatchCode,
  first: number,
  last: number,
  right: RangeTree,
): RangeNode {
  return {
    batch,
    first,
    last,
    left,
    right,
    ranges: rangeCount(left) + 1 + rangeCount(right),
    serials: serialCount(left) + (last - first + 1) + serialCount(right),
  };
}

/** The range of `middle` between two trees of which one has grown, or shrunk, by one join. */
function balance(left: RangeTree, middle: SerialRange, right: RangeTree): RangeNode {
  const { batch, first, last } = middle;
  const leftRanges = rangeCount(left);
  const rightRanges = rangeCount(right);
  if (leftRanges + rightRanges > 1) {
    if (right !== null && rightRanges > MAX_RATIO * leftRanges) {
      return rotateLeft(left, middle, right);
    }
    if (left !== null && leftRanges > MAX_RATIO * rightRanges) {
      return rotateRight(left, middle, right);
    }
  }
  return node(left, batch, first, last, right);
}

function rotateLeft(left: RangeTree, middle: SerialRange, right: RangeNode): RangeNode {
  const inner = right.left;
  if (inner === null || inner.ranges < DOUBLE_ROTATION_RATIO * rangeCount(right.right)) {
    const lower = node(left, middle.batch, middle.first, middle.last, inner);
    return node(lower, right.batch, right.first, right.last, right.right);
  }
  return node(
    node(left, middle.batch, middle.first, middle.last, inner.left),
    inner.batch,
    inner.first,
    inner.last,
    node(inner.right, right.batch, right.first, right.last, right.right),
  );
}

function rotateRight(left: RangeNode, middle: SerialRange, right: RangeTree): RangeNode {
  const inner = left.right;
  if (inner === null || inner.ranges < DOUBLE_ROTATION_RATIO * rangeCount(left.left)) {
    const upper = node(inner, middle.batch, middle.first, middle.last, right);
    return node(left.left, left.batch, left.first, left.last, upper);
  }
  return node(
    node(left.left, left.batch, left.first, left.last, inner.left),
    inner.batch,
    inner.first,
    inner.last,
    node(inner.right, middle.batch, middle.first, middle.last, right),
  );
}
