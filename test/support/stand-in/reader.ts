import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.js';
import { eventAnswer } from './read-answers.js';
import type { StoredEvent } from './stored-event.js';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** What a test sees of a read or subscription. */
export interface ReaderFacts {
  /** `$all` or the name of a stream. */
  readonly of: string;
  readonly isSubscription: boolean;
  /** Events taken from the log so far, whether or not they passed a filter. */
  readonly fetched: number;
}

/** One read or subscription under way. It takes from the log only what the connection takes from it. */
export class Reader implements ReaderFacts {
  fetched = 0;
  readonly #call: ReadCall;
  readonly #faults: Faults;
  readonly #ended = new AbortController();
  #isMute = false;

  constructor(
    call: ReadCall,
    faults: Faults,
    readonly of: string,
    readonly isSubscription: boolean,
  ) {
    this.#call = call;
    this.#faults = faults;
    call.once('cancelled', () => {
      this.end(new Error('the client is gone'));
    });
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  end(reason: Error): void {
    this.#ended.abort(reason);
  }

  /** From now on nothing is sent, as to a client whose subscription was forgotten. */
  mute(): void {
    this.#isMute = true;
  }

  async sendEvent(event: StoredEvent): Promise<void> {
    await this.send(eventAnswer(event));
  }

  /** Resolves once there is room for more. @throws why the reader ended */
  async send(answer: ReadResp): Promise<void> {
    await this.#faults.pauseOver();
    const { signal } = this;
    signal.throwIfAborted();
    if (this.#isMute) await once(signal, 'abort');
    signal.throwIfAborted();
    if (this.#call.write(answer)) return;
    try {
      await once(this.#call, 'drain', { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
}
