import { assert } from '../custody/assert.js';
import type { IssuanceReason } from '../custody/account/events.js';

/** So many residents, for this reason. */
export type Quota = readonly [reason: IssuanceReason, count: number];

/** Residents of one regency without the card they need, by reason. */
export class ResidentsWaiting {
  readonly #counts: Map<IssuanceReason, number>;

  constructor(counts: readonly Quota[]) {
    this.#counts = new Map(counts);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  of(reason: IssuanceReason): number {
    return this.#counts.get(reason) ?? 0;
  }

  /** As a demand report states them: the backlog, or what came on top of it. */
  report(which: 'backlog' | 'new' | 'all'): Partial<Record<IssuanceReason, number>> {
    const stated = [...this.#counts].filter(
      ([reason]) => which === 'all' || (reason === 'backlog') === (which === 'backlog'),
    );
    return Object.fromEntries(stated);
  }

  /** Serves `count` of one reason. */
  serve(reason: IssuanceReason, count: number): void {
    const left = this.of(reason) - count;
    assert(left >= 0, 'nobody is served who does not wait');
    this.#counts.set(reason, left);
  }

  /** Serves `count`: the backlog first where that is asked for, otherwise each reason by its share. */
  serveAny(count: number, isBacklogFirst: boolean): readonly Quota[] {
    if (isBacklogFirst && this.of('backlog') >= count) {
      this.serve('backlog', count);
      return [['backlog', count]];
    }
    const { total } = this;
    const quotas = new Map(
      [...this.#counts].map(([reason, waiting]) => [reason, Math.floor((count * waiting) / total)]),
    );
    let left = count - [...quotas.values()].reduce((sum, quota) => sum + quota, 0);
    for (const [reason, waiting] of this.#counts) {
      const quota = quotas.get(reason) ?? 0;
      const more = Math.min(left, waiting - quota);
      quotas.set(reason, quota + more);
      left -= more;
    }
    assert(left === 0, 'there are more residents waiting than blanks');
    for (const [reason, quota] of quotas) this.serve(reason, quota);
    return [...quotas].filter(([, quota]) => quota > 0);
  }
}
