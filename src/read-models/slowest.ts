/** The least of some positions; null when one of them is at its start. */
export function slowest(positions: readonly (bigint | null)[]): bigint | null {
  let least: bigint | null = null;
  for (const position of positions) {
    if (position === null) return null;
    if (least === null || position < least) least = position;
  }
  return least;
}
