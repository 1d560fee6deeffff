import type { AccountId } from '../../custody/account/account-id.js';
import { streamOfAccount } from '../../custody/account/account-id.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../../custody/account/custody-account.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { EventStore } from '../../event-store/event-store.js';
import { accountEntry } from '../projection.js';

/** An account folded from its stream up to a revision. */
export interface FoldedAccount {
  readonly account: CustodyAccount;
  /** Of the last event folded; null for an account that has none. */
  readonly revision: bigint | null;
  readonly position: bigint | null;
}

/** How many folded accounts are kept, so that a question about one reads only what is new. */
const MAX_KEPT = 256;

/** Answers exactly what the log says of one account at the moment of asking. */
export class AccountFolds {
  readonly #kept = new Map<AccountId, FoldedAccount>();

  constructor(private readonly store: EventStore) {}

  /** Costs the events since the last question about the account, or its whole stream. */
  async fold(id: AccountId): Promise<FoldedAccount> {
    let { account, revision, position } = this.#kept.get(id) ?? {
      account: emptyAccount(id),
      revision: null,
      position: null,
    };
    const from = revision === null ? 0n : revision + 1n;
    for await (const batch of this.store.readStream(streamOfAccount(id), { from })) {
      for (const recorded of batch) {
        const entry = accountEntry(decodeEvent(recorded));
        if (entry === null) continue;
        account = evolveAccount(account, entry.event);
        ({ revision, position } = recorded);
      }
    }
    const folded = { account, revision, position };
    this.#keep(id, folded);
    return folded;
  }

  /** The account asked for longest ago makes room. */
  #keep(id: AccountId, folded: FoldedAccount): void {
    const known = this.#kept.get(id);
    const isNewer = (known?.revision ?? -1n) <= (folded.revision ?? -1n);
    this.#kept.delete(id);
    if (folded.revision === null) return;
    this.#kept.set(id, isNewer || known === undefined ? folded : known);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
