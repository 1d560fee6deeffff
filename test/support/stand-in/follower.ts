import type { AllStreamSubscription, Position, StreamSubscription } from '@eventstore/db-client';

export type Followed =
  | { readonly kind: 'confirmed' | 'caught_up' }
  | {
      readonly kind: 'event';
      readonly id: string;
      readonly type: string;
      readonly stream: string;
      readonly revision: bigint;
    }
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  | { readonly kind: 'failed'; readonly error: Error };

/** Collects what the client's subscription says, in its order, and lets a test wait for some of it. */
export class Follower {
  readonly seen: Followed[] = [];
  readonly #subscription: StreamSubscription | AllStreamSubscription;
  #wake: () => void = () => undefined;

  constructor(subscription: StreamSubscription | AllStreamSubscription) {
    this.#subscription = subscription;
    subscription
      .on('confirmation', () => {
        this.add({ kind: 'confirmed' });
      })
      .on('caughtUp', () => {
        this.add({ kind: 'caught_up' });
      })
      .on('error', (error) => {
        this.add({ kind: 'failed', error });
      })
      .on('data', ({ event }) => {
        if (event === undefined) return;
        const { id, type, streamId: stream, revision } = event;
        this.add({ kind: 'event', id, type, stream, revision });
      });
  }

  /** For a filter's `checkpointReached`. */
  readonly reached = (position: Position): void => {
    this.add({ kind: 'checkpoint', position: position.commit });
  };

  add(followed: Followed): void {
    this.seen.push(followed);
    this.#wake();
  }

  get ids(): string[] {
    return this.seen.flatMap((one) => (one.kind === 'event' ? [one.id] : []));
  }

  get error(): Error | undefined {
    return this.seen.flatMap((one) => (one.kind === 'failed' ? [one.error] : []))[0];
  }

  count(kind: Followed['kind']): number {
    return this.seen.filter((one) => one.kind === kind).length;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async untilSeen(kind: Followed['kind'], count = 1): Promise<void> {
    await this.until(() => this.count(kind) >= count);
  }

  async stop(): Promise<void> {
    await this.#subscription.unsubscribe();
  }
}
