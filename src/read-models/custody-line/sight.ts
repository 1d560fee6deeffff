import type { AccountId } from '../../custody/account/account-id.js';
import type { ReadModelDatabase } from '../read-model-database.js';
import type { Scope } from '../scope.js';
import type { StoryStep } from './story.js';

/** What of stories a questioner sees: for one answer, in one snapshot. */
export class Sight {
  readonly #seen = new Map<AccountId, boolean>();

  constructor(
    private readonly scope: Scope,
    private readonly database: ReadModelDatabase,
  ) {}

  get isWhole(): boolean {
    return this.scope.isNation;
  }

  sees(account: AccountId): boolean {
    const known = this.#seen.get(account);
    if (known !== undefined) return known;
    const isSeen = this.scope.sees(this.database, account);
    this.#seen.set(account, isSeen);
    return isSeen;
  }

  /** What accounts of the region entered, and both sides of every shipment to or from one. */
  stepsOf(steps: readonly StoryStep[]): readonly StoryStep[] {
    if (this.isWhole) return steps;
    return steps.filter(
      ({ entry: { account, counterparty } }) =>
        this.sees(account) || (counterparty !== null && this.sees(counterparty)),
    );
  }
}
