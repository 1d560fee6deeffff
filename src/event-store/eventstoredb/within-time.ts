import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../event-store.js';

/** Half to one and a half of a pause, so that many who wait do not come back at once. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random());
}

/** What {@link unlessLate} gives when the time is over first. */
export const LATE = Symbol('late');

/** The answer, or {@link LATE}; it may then come later and be asked for again. */
export async function unlessLate<T>(answer: Promise<T>, ms: number): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => {
      resolve(LATE);
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What {@link unlessAborted} gives when the signal comes first. */
export const ABORTED = Symbol('aborted');

/** The answer, or {@link ABORTED} as soon as the signal aborts; it may then come or fail later, unheard. */
export function unlessAborted<T>(
  answer: Promise<T>,
  signal: AbortSignal,
): Promise<T | typeof ABORTED> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      resolve(ABORTED);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

/** A pause that the signal ends; it keeps no process alive. */
export async function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { ref: false, signal }).catch(() => undefined);
}

/**
 * The answer, or {@link StoreUnavailable} when it has not come in time; it may then come or fail
 * later, unheard.
 * @param what for the error's message, e.g. "an append was not answered"
 */
export async function withinTime<T>(answer: Promise<T>, ms: number, what: string): Promise<T> {
  answer.catch(() => undefined);
  const found = await unlessLate(answer, ms);
  if (found === LATE) throw new StoreUnavailable(`${what} within ${Math.ceil(ms)} ms`);
  return found;
}
