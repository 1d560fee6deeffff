import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import {
  containsAll,
  difference,
  intersection,
  intersects,
  union,
  withoutRange,
  withRange,
} from './range-tree-algebra.js';
import {
  fromSorted,
  rangeAt,
  type RangeNode,
  rangesInOrder,
  type RangeTree,
  serialsUpTo,
} from './range-tree.js';
import { type BatchCode } from './serial-number.js';
import { type SerialRange } from './serial-range.js';

const batch = '2017-A' as BatchCode;

function range(first: number, last = first): SerialRange {
  return { batch, first, last };
}

/** Ranges of five numbers, one every ten: 1..5, 11..15, ... */
function spaced(count: number): RangeTree {
  return fromSorted(Array.from({ length: count }, (_, at) => range(at * 10 + 1, at * 10 + 5)));
}

function heightOf(tree: RangeTree): number {
  return tree === null ? 0 : 1 + Math.max(heightOf(tree.left), heightOf(tree.right));
}

function heightBound(ranges: number): number {
  return 2.5 * Math.log2(ranges + 2);
}

/** Checks the counts and the balance of every node, and the height; gives the number of ranges. */
function expectBalanced(tree: RangeTree): number {
  const broken: RangeNode[] = [];
  const check = (node: RangeTree): { readonly ranges: number; readonly serials: number } => {
    if (node === null) {
      return { ranges: 0, serials: 0 };
    }
    const left = check(node.left);
    const right = check(node.right);
    const ranges = left.ranges + 1 + right.ranges;
    const serials = left.serials + (node.last - node.first + 1) + right.serials;
    const lopsided = left.ranges > 3 * right.ranges || right.ranges > 3 * left.ranges;
    const miscounted = node.ranges !== ranges || node.serials !== serials;
    if (miscounted || (lopsided && ranges > 2)) {
      broken.push(node);
    }
    return { ranges, serials };
  };
  const { ranges } = check(tree);
  expect(broken).toEqual([]);
  expect(heightOf(tree)).toBeLessThanOrEqual(heightBound(ranges));
  return ranges;
}

const someRange = fc
  .tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 3 }))
  .map(([first, more]) => range(first, first + more));

function treeOf(ranges: readonly SerialRange[]): RangeTree {
  return ranges.reduce<RangeTree>(withRange, null);
}

const someTree = fc.array(someRange, { maxLength: 400, size: 'max' }).map(treeOf);

describe('the balance of a range tree', () => {
  it('holds when ranges come in ascending order, and when they go in it', () => {
    let tree: RangeTree = null;
    for (let at = 0; at < 2_000; at += 1) {
      tree = withRange(tree, range(at * 2 + 1));
    }
    expect(expectBalanced(tree)).toBe(2_000);
    for (let at = 0; at < 1_990; at += 1) {
      tree = withoutRange(tree, range(at * 2 + 1));
    }
    expect(expectBalanced(tree)).toBe(10);
  });

  it('holds after any mix of additions and removals', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), someRange), { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(someTree, steps, (start, mix) => {
        const tree = mix.reduce(
          (current, [adds, step]) =>
            adds ? withRange(current, step) : withoutRange(current, step),
          start,
        );
        expectBalanced(tree);
      }),
      propertyRuns(200),
    );
  });

  it('holds after operations on trees of any two sizes', () => {
    fc.assert(
      fc.property(someTree, someTree, fc.integer({ min: 1, max: 3_000 }), (one, other, cut) => {
        const cutOff = withoutRange(other, range(cut, 4_000));
        for (const operand of [other, cutOff]) {
          expectBalanced(union(one, operand));
          expectBalanced(intersection(one, operand));
          expectBalanced(difference(one, operand));
          expectBalanced(difference(operand, one));
        }
      }),
      propertyRuns(200),
    );
  });

  it('holds in a tree built of sorted ranges, at the least height there is', () => {
    for (const count of [0, 1, 2, 3, 7, 8, 1_000, 10_000]) {
      const tree = spaced(count);
      expect(expectBalanced(tree)).toBe(count);
      expect(heightOf(tree)).toBe(Math.ceil(Math.log2(count + 1)));
    }
  });
});

/** The same tree, which counts every look at a subtree. */
function counted(tree: RangeTree, visits: { count: number }): RangeTree {
  if (tree === null) {
    return null;
  }
  const { left, right } = tree;
  return {
    ...tree,
    get left() {
      visits.count += 1;
      return counted(left, visits);
    },
    get right() {
      visits.count += 1;
      return counted(right, visits);
    },
  };
}

function visitsOf(tree: RangeTree, operation: (counting: RangeTree) => unknown): number {
  const visits = { count: 0 };
  operation(counted(tree, visits));
  return visits.count;
}

function nodesOf(tree: RangeTree, nodes = new Set<RangeNode>()): ReadonlySet<RangeNode> {
  if (tree !== null) {
    nodes.add(tree);
    nodesOf(tree.left, nodes);
    nodesOf(tree.right, nodes);
  }
  return nodes;
}

describe('the cost of one range against 100,000', () => {
  const RANGES = 100_000;
  const lastNumber = RANGES * 10;
  let tree: RangeTree = null;
  let height = 0;

  beforeAll(() => {
    tree = spaced(RANGES);
    height = heightOf(tree);
  });

  const single: readonly [string, (counting: RangeTree, number: number) => unknown][] = [
    ['rangeAt', (counting, number) => rangeAt(counting, batch, number)],
    ['serialsUpTo', (counting, number) => serialsUpTo(counting, batch, number)],
    ['withRange', (counting, number) => withRange(counting, range(number))],
    ['withoutRange', (counting, number) => withoutRange(counting, range(number))],
    ['union', (counting, number) => union(counting, treeOf([range(number)]))],
    ['union, turned', (counting, number) => union(treeOf([range(number)]), counting)],
    ['intersection', (counting, number) => intersection(counting, treeOf([range(number)]))],
    ['difference', (counting, number) => difference(counting, treeOf([range(number)]))],
    ['difference, turned', (counting, number) => difference(treeOf([range(number)]), counting)],
    ['intersects', (counting, number) => intersects(counting, treeOf([range(number)]))],
    ['containsAll', (counting, number) => containsAll(counting, treeOf([range(number)]))],
  ];

  it.each(single)('%s visits O(log n) nodes', (_name, operation) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: lastNumber }), (number) => {
        const visits = visitsOf(tree, (counting) => operation(counting, number));
        expect(visits).toBeGreaterThan(0);
        expect(visits).toBeLessThanOrEqual(8 * height);
      }),
      propertyRuns(),
    );
  });

  it('a range across half of the others visits O(log n) nodes', () => {
    const wide = range(lastNumber / 4, (lastNumber * 3) / 4);
    expect(visitsOf(tree, (counting) => withRange(counting, wide))).toBeLessThan(8 * height);
    expect(visitsOf(tree, (counting) => withoutRange(counting, wide))).toBeLessThan(8 * height);
    expect(
      visitsOf(tree, (counting) => intersection(counting, treeOf([wide]))),
    ).toBeLessThanOrEqual(8 * height);
  });

  it('k ranges visit O(k log n) nodes', () => {
    const fifty = treeOf(Array.from({ length: 50 }, (_, at) => range(at * 20_000 + 3)));
    for (const operation of [union, intersection, difference, intersects, containsAll]) {
      const visits = visitsOf(tree, (counting) => operation(counting, fifty));
      expect(visits).toBeLessThan(50 * 8 * height);
      const turned = visitsOf(tree, (counting) => operation(fifty, counting));
      expect(turned).toBeLessThan(50 * 8 * height);
    }
  });

  it('a new version shares all but O(log n) nodes with the old one', () => {
    const before = nodesOf(tree);
    for (const next of [withoutRange(tree, range(500_003)), withRange(tree, range(500_008))]) {
      const fresh = [...nodesOf(next)].filter((node) => !before.has(node));
      expect(fresh.length).toBeGreaterThan(0);
      expect(fresh.length).toBeLessThanOrEqual(3 * height);
    }
  });

  it('the first ranges are found without walking the rest', () => {
    const visits = visitsOf(tree, (counting) => rangesInOrder(counting).next());
    expect(visits).toBeLessThanOrEqual(2 * height);
  });
});
