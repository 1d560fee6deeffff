import { accessDenied, notLeader, type RpcError } from './rpc-error.js';

/** What becomes of an answer to an append that was committed. */
export type LostAnswer = 'silence' | 'cut';

export interface EndPoint {
  readonly host: string;
  readonly port: number;
}

/** What tests make go wrong. */
export class Faults {
  /** Who is said to be the leader, while it is not this server. */
  leader: EndPoint | null = null;
  /** For the next append that stands. */
  nextAnswer: LostAnswer | null = null;
  /** Streams that nobody may read or write, `$all` among them. */
  denied: ReadonlySet<string> = new Set();
  #held = 0;
  #resumed: PromiseWithResolvers<void> | null = null;

  pause(): void {
    this.#resumed ??= Promise.withResolvers();
  }

  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = null;
  }

  /** Resolves at once, or when a pause is over. */
  async pauseOver(): Promise<void> {
    while (this.#resumed !== null) {
      this.#held++;
      await this.#resumed.promise;
      this.#held--;
    }
  }

  /** Calls that wait for the end of a pause. */
  get held(): number {
    return this.#held;
  }

  get notLeader(): RpcError | null {
    return this.leader === null ? null : notLeader(this.leader);
  }

  /** @throws {RpcError} PERMISSION_DENIED */
  assertAllowed(stream: string): void {
    if (this.denied.has(stream)) throw accessDenied();
  }

  takeLostAnswer(): LostAnswer | null {
    const lost = this.nextAnswer;
    this.nextAnswer = null;
    return lost;
  }
}
