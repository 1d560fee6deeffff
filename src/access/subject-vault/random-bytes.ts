import { randomBytes } from 'node:crypto';

/** One call to the random generator costs as much as some hundred bytes from it. */
const POOL_BYTES = 16 * 1_024;

let pool = Buffer.alloc(0);
let used = 0;

/** So many random bytes (at most 64), fit for keys. Each byte is handed out once; O(count). */
export function freshBytes(count: number): Buffer {
  if (used + count > pool.length) {
    // A new pool each time: what was handed out of the old one stays its holder's.
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}
