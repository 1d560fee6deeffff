/** Lets subscriptions sleep until the log grows. Each waiter is forgotten once it is woken. */
export class Wakeup {
  readonly #waiting = new Set<() => void>();

  /** Waiters at present. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Resolves at the next {@link wakeAll}, when the signal aborts, or after `timeoutMs` (null: never).
   * Leaves no listener and no timer behind.
   */
  wait(signal: AbortSignal | undefined, timeoutMs: number | null = null): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = timeoutMs === null ? undefined : setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
