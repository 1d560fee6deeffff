import { LedgerBusy } from './ledger-busy.js';

/** Most commands that may wait for one stream. */
const MAX_WAITING = 1_000;

/** Commands on one stream run one after the other, in the order they came; streams do not wait for each other. */
export class Turns {
  private readonly tails = new Map<string, { last: Promise<unknown>; waiting: number }>();

  /** Runs `work` after all earlier work on `key`. @throws {LedgerBusy} when too many wait already */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const tail = this.tails.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (tail.waiting >= MAX_WAITING) throw new LedgerBusy(`too many commands wait for ${key}`);
    this.tails.set(key, tail);
    tail.waiting += 1;
    const result = tail.last.then(work);
    tail.last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      tail.waiting -= 1;
      if (tail.waiting === 0) this.tails.delete(key);
    }
  }

  isBusy(key: string): boolean {
    return this.tails.has(key);
  }
}
