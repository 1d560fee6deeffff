import { assert } from '../../custody/assert.js';
import { type Nik } from './nik.js';
import { NIKS_WAITING_MAXIMUM, VaultError } from './subject-vault.js';

/** A call to the vault: 1 to 1,000 people. */
export interface VaultCall {
  readonly niks: readonly Nik[];
}

interface Waiting<C, A> {
  readonly call: C;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupedCallsOptions<C, A> {
  /** The NIKs one group holds at most, unless one call alone brings more. */
  readonly niksMaximum: number;
  readonly groupsAtOnce: number;
  /** Answers in the order of the calls; a fault answers its own call alone. */
  readonly work: (calls: readonly C[]) => Promise<readonly (A | VaultError)[]>;
}

/**
 * Calls that arrive while others are under way are answered together: many callers cost few round
 * trips and few commits, and one caller does not wait for company.
 */
export class GroupedCalls<C extends VaultCall, A> {
  readonly #options: GroupedCallsOptions<C, A>;
  #waiting: Waiting<C, A>[] = [];
  #niksWaiting = 0;
  #groupsUnderWay = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: GroupedCallsOptions<C, A>) {
    this.#options = options;
  }

  /** @throws {VaultError} rejects with `vault_busy` when too many NIKs wait, or with the group's fault */
  ask(call: C): Promise<A> {
    if (this.#niksWaiting + call.niks.length > NIKS_WAITING_MAXIMUM)
      return Promise.reject(new VaultError('vault_busy'));
    return new Promise((resolve, reject) => {
      // The calls of one turn of the event loop are one group.
      if (this.#waiting.length === 0) setImmediate(this.#start);
      this.#waiting.push({ call, resolve, reject });
      this.#niksWaiting += call.niks.length;
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0 && this.#groupsUnderWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  readonly #start = (): void => {
    while (this.#waiting.length > 0 && this.#groupsUnderWay < this.#options.groupsAtOnce) {
      this.#groupsUnderWay += 1;
      void this.#run(this.#take());
    }
    if (this.#waiting.length > 0 || this.#groupsUnderWay > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  };

  /** The longest run of waiting calls that fits one group, at least one of them. */
  #take(): readonly Waiting<C, A>[] {
    let niks = 0;
    const end = this.#waiting.findIndex(({ call }, index) => {
      niks += call.niks.length;
      return index > 0 && niks > this.#options.niksMaximum;
    });
    const group = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    for (const { call } of group) this.#niksWaiting -= call.niks.length;
    return group;
  }

  async #run(group: readonly Waiting<C, A>[]): Promise<void> {
    try {
      const answers = await this.#options.work(group.map(({ call }) => call));
      group.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        assert(answer !== undefined, 'each call of a group is answered');
        if (answer instanceof VaultError) reject(answer);
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.#groupsUnderWay -= 1;
    this.#start();
  }
}
