import { accountOfStream } from '../../custody/account/account-id.js';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import type { BookFault } from './national-books.js';
import { IdIndex } from './id-index.js';

/** Whether positions rise, revisions of each stream have no gap, and no id comes twice. */
export class EventOrder {
  readonly #next = new Map<string, bigint>();
  readonly #ids = new IdIndex();
  #last = -1n;
  #accounts = 0;

  constructor(private readonly store: EventStore) {}

  /** Streams of accounts met so far. */
  get accounts(): number {
    return this.#accounts;
  }

  async faultsOf({ id, stream, revision, position }: RecordedEvent): Promise<readonly BookFault[]> {
    const faults: BookFault[] = [];
    if (position <= this.#last)
      faults.push(orderFault('position', `more than ${String(this.#last)}`, String(position)));
    this.#last = position;
    const expected = this.#next.get(stream) ?? 0n;
    if (expected === 0n && accountOfStream(stream) !== null) this.#accounts += 1;
    if (revision !== expected)
      faults.push(orderFault('revision', String(expected), String(revision)));
    this.#next.set(stream, revision + 1n);
    const earlier = this.#ids.add(id, position);
    if (earlier !== null && (await this.#idAt(earlier)) === id)
      faults.push(orderFault('id', 'met once', `also at position ${String(earlier)}`));
    return faults;
  }

  async #idAt(position: bigint): Promise<string | null> {
    for await (const batch of this.store.readAll({ from: position, max: 1 }))
      for (const event of batch) return event.position === position ? event.id : null;
    return null;
  }
}

function orderFault(what: string, expected: string, actual: string): BookFault {
  return { check: 'stream_order', what, expected, actual };
}
