import {
  concatenate,
  from,
  isSingle,
  join,
  leftmost,
  rangeAt,
  rangeFrom,
  type RangeNode,
  type RangeTree,
  rightmost,
  serialsUpTo,
  upTo,
  within,
  withoutLeftmost,
  withoutRightmost,
} from './range-tree.js';
import { type SerialRange } from './serial-range.js';

/*
 * The algebra of range trees, by divide and conquer over join, after Blelloch, Ferizovic and Sun,
 * "Just Join for Parallel Ordered Sets" (SPAA 2016): with n ranges in the larger tree and k in the
 * smaller one, together with those it touches, each takes O(k log(n / k + 1)).
 */

/** The tree and the range. The tree itself if it holds the range already. O(log n). */
export function withRange(tree: RangeTree, range: SerialRange): RangeNode {
  const { batch, first, last } = range;
  if (tree === null) {
    return join(null, batch, first, last, null);
  }
  const sameBatch = tree.batch === batch;
  if (sameBatch ? last < tree.first - 1 : batch < tree.batch) {
    const left = withRange(tree.left, range);
    return left === tree.left ? tree : join(left, tree.batch, tree.first, tree.last, tree.right);
  }
  if (sameBatch ? first > tree.last + 1 : batch > tree.batch) {
    const right = withRange(tree.right, range);
    return right === tree.right ? tree : join(tree.left, tree.batch, tree.first, tree.last, right);
  }
  if (tree.first <= first && last <= tree.last) {
    return tree;
  }
  // The range touches the root's own range: the two become one, which swallows whatever else of
  // the subtrees it reaches. A side that the root's range closes off already cannot be reached.
  let { left, right } = tree;
  let mergedFirst = tree.first;
  let mergedLast = tree.last;
  if (first < tree.first) {
    mergedFirst = rangeAt(left, batch, first - 1)?.first ?? first;
    left = upTo(left, batch, mergedFirst - 1);
  }
  if (last > tree.last) {
    mergedLast = rangeAt(right, batch, last + 1)?.last ?? last;
    right = from(right, batch, mergedLast + 1);
  }
  return join(left, batch, mergedFirst, mergedLast, right);
}

/** The tree without the range. The tree itself if it holds nothing of the range. O(log n). */
export function withoutRange(tree: RangeTree, range: SerialRange): RangeTree {
  if (tree === null) {
    return null;
  }
  const { batch, first, last } = range;
  const sameBatch = tree.batch === batch;
  if (sameBatch ? last < tree.first : batch < tree.batch) {
    const left = withoutRange(tree.left, range);
    return left === tree.left ? tree : join(left, tree.batch, tree.first, tree.last, tree.right);
  }
  if (sameBatch ? first > tree.last : batch > tree.batch) {
    const right = withoutRange(tree.right, range);
    return right === tree.right ? tree : join(tree.left, tree.batch, tree.first, tree.last, right);
  }
  // A side that the root's own range closes off keeps its subtree as it is.
  const left = first < tree.first ? upTo(tree.left, batch, first - 1) : tree.left;
  const right = last > tree.last ? from(tree.right, batch, last + 1) : tree.right;
  const keepsStart = tree.first < first;
  const keepsEnd = tree.last > last;
  if (keepsStart) {
    const above = keepsEnd ? join(null, batch, last + 1, tree.last, right) : right;
    return join(left, batch, tree.first, first - 1, above);
  }
  return keepsEnd ? join(left, batch, last + 1, tree.last, right) : concatenate(left, right);
}

/** Every serial of either. */
export function union(one: RangeTree, other: RangeTree): RangeTree {
  if (one === null || one === other) {
    return other;
  }
  if (other === null) {
    return one;
  }
  if (isSingle(other)) {
    return withRange(one, other);
  }
  if (isSingle(one)) {
    return withRange(other, one);
  }
  // Ranges that reach across the pivot are cut at its ends here, and mended where the parts meet.
  return joinTouching(
    union(upTo(one, other.batch, other.first - 1), other.left),
    other,
    union(from(one, other.batch, other.last + 1), other.right),
  );
}

/** Every serial of both. */
export function intersection(one: RangeTree, other: RangeTree): RangeTree {
  if (one === null || other === null) {
    return null;
  }
  if (one === other || isSingle(other)) {
    return one === other ? one : within(one, other);
  }
  if (isSingle(one)) {
    return within(other, one);
  }
  const left = intersection(upTo(one, other.batch, other.first - 1), other.left);
  const right = intersection(from(one, other.batch, other.last + 1), other.right);
  return concatenate(concatenate(left, within(one, other)), right);
}

/** Every serial of `one` that is not in `other`. */
export function difference(one: RangeTree, other: RangeTree): RangeTree {
  if (one === null || one === other) {
    return null;
  }
  if (other === null) {
    return one;
  }
  if (isSingle(other)) {
    return withoutRange(one, other);
  }
  return concatenate(
    difference(upTo(one, other.batch, other.first - 1), other.left),
    difference(from(one, other.batch, other.last + 1), other.right),
  );
}

/** Whether the trees share a serial. O(k log n), with k the ranges of the smaller. */
export function intersects(one: RangeTree, other: RangeTree): boolean {
  if (one === null || other === null) {
    return false;
  }
  return one.ranges < other.ranges ? someMeets(other, one) : someMeets(one, other);
}

/** Whether `tree` holds every serial of `part`. O(k log n), with k the ranges of the smaller. */
export function containsAll(tree: RangeTree, part: RangeTree): boolean {
  if (part === null || tree === part) {
    return true;
  }
  if (tree === null || tree.serials < part.serials) {
    return false;
  }
  return part.ranges <= tree.ranges
    ? everyCovered(tree, part)
    : serialsShared(part, tree) === part.serials;
}

function someMeets(tree: RangeNode, ranges: RangeTree): boolean {
  if (ranges === null) {
    return false;
  }
  const { batch, first, last } = ranges;
  const next = rangeFrom(tree, batch, first);
  const meets = next !== null && next.batch === batch && next.first <= last;
  return meets || someMeets(tree, ranges.left) || someMeets(tree, ranges.right);
}

function everyCovered(tree: RangeNode, ranges: RangeTree): boolean {
  if (ranges === null) {
    return true;
  }
  const covering = rangeAt(tree, ranges.batch, ranges.first);
  const covered = covering !== null && covering.last >= ranges.last;
  return covered && everyCovered(tree, ranges.left) && everyCovered(tree, ranges.right);
}

function serialsShared(tree: RangeNode, ranges: RangeTree): number {
  if (ranges === null) {
    return 0;
  }
  const { batch, first, last } = ranges;
  return (
    serialsUpTo(tree, batch, last) -
    serialsUpTo(tree, batch, first - 1) +
    serialsShared(tree, ranges.left) +
    serialsShared(tree, ranges.right)
  );
}

/** As `join`, where the neighbours on either side may touch the range: then they become one. */
function joinTouching(left: RangeTree, middle: SerialRange, right: RangeTree): RangeNode {
  let { first, last } = middle;
  let below = left;
  let above = right;
  if (left !== null) {
    const neighbour = rightmost(left);
    if (neighbour.batch === middle.batch && neighbour.last === first - 1) {
      first = neighbour.first;
      below = withoutRightmost(left);
    }
  }
  if (right !== null) {
    const neighbour = leftmost(right);
    if (neighbour.batch === middle.batch && neighbour.first === last + 1) {
      last = neighbour.last;
      above = withoutLeftmost(right);
    }
  }
  return join(below, middle.batch, first, last, above);
}
