const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** How deliveries are tried again. */
export interface RetryPolicy {
  /** A delivery is given up when its next attempt would be later than this after its first, in milliseconds. */
  readonly retryForMs: number;
  /** Pause after the first failure, in milliseconds; each is twice the one before, up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export function retryPolicy(retryForMs: number): RetryPolicy {
  return { retryForMs, firstPauseMs: FIRST_PAUSE_MS, longestPauseMs: LONGEST_PAUSE_MS };
}

/** Between half and all of the pause that is due: many that failed together do not come back together. */
export function pauseMs(policy: RetryPolicy, failures: number, random = Math.random): number {
  const doubled = policy.firstPauseMs * 2 ** Math.min(failures - 1, 30);
  return Math.min(doubled, policy.longestPauseMs) * (0.5 + random() / 2);
}
