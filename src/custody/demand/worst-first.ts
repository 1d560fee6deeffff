/** An area that waits for a carton. */
export interface Queued {
  /** Its place in the list of areas, which decides among equals. */
  readonly at: number;
  /** Residents who are to have a blank. */
  readonly target: number;
  /** Of these, for whom there is none. */
  readonly uncovered: number;
}

/**
 * Who gets the next carton, again and again, at most `cartons` times: the greatest uncovered share;
 * among equals whom it leaves with the smallest; then the first of the list. Ends when no area has
 * anybody uncovered. O(log areas) each, by a binary heap.
 */
export function* worstFirst(
  areas: readonly Queued[],
  carton: number,
  cartons: number,
): Generator<Queued, void, undefined> {
  const heap = areas.filter(({ uncovered }) => uncovered > 0).sort((a, b) => inOrder(a, b, carton));
  for (let left = cartons; left > 0; left--) {
    const [worst] = heap;
    if (worst === undefined) return;
    yield worst;
    const next = afterCarton(worst, carton);
    const last = next.uncovered > 0 ? next : heap.pop();
    if (heap.length === 0 || last === undefined) continue;
    heap[0] = last;
    sink(heap, carton);
  }
}

function afterCarton(area: Queued, carton: number): Queued {
  return { ...area, uncovered: Math.max(0, area.uncovered - carton) };
}

/** Restores the heap after its first was replaced. */
function sink(heap: Queued[], carton: number): void {
  let at = 0;
  for (;;) {
    const first = earlier(heap, at, earlier(heap, 2 * at + 1, 2 * at + 2, carton), carton);
    if (first === at) return;
    const [a, b] = [heap[at], heap[first]];
    if (a === undefined || b === undefined) return;
    heap[at] = b;
    heap[first] = a;
    at = first;
  }
}

/** Of two places that which comes first; one may lie behind the end. */
function earlier(heap: readonly Queued[], a: number, b: number, carton: number): number {
  const [left, right] = [heap[a], heap[b]];
  if (right === undefined) return a;
  if (left === undefined) return b;
  return inOrder(left, right, carton) <= 0 ? a : b;
}

/** Negative when `a` gets its carton before `b`. */
function inOrder(a: Queued, b: Queued, carton: number): number {
  return (
    compareShares(b, a) ||
    compareShares(afterCarton(a, carton), afterCarton(b, carton)) ||
    a.at - b.at
  );
}

/** By the uncovered share, exactly: u/t and v/s compare as u*s and v*t do. */
function compareShares(a: Queued, b: Queued): number {
  const [left, right] = [a.uncovered * b.target, b.uncovered * a.target];
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left - right;
  const exact = BigInt(a.uncovered) * BigInt(b.target) - BigInt(b.uncovered) * BigInt(a.target);
  if (exact === 0n) return 0;
  return exact < 0n ? -1 : 1;
}
