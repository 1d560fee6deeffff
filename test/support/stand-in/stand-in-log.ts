import { join } from 'node:path';
import type {
  AppendResult,
  EventToAppend,
  ExpectedRevision,
  ReadStreamOptions,
  RecordedEvent,
} from '../../../src/event-store/event-store.js';
import {
  openEmbeddedStore,
  type EmbeddedStore,
} from '../../../src/event-store/embedded/embedded-store.js';
import { Wakeup } from '../../../src/event-store/embedded/wakeup.js';
import { Bodies } from './bodies.js';
import {
  DELETED_REVISION,
  DELETED_TYPE,
  type ProposedEvent,
  type StoredEvent,
} from './stored-event.js';

/** Between two neighbours of the log: nobody is to rely on positions without gaps. */
export const POSITION_STEP = 64n;

/** The engine refuses names that begin with `$`, and knows no tombstones: both are told by a mark. */
const STREAM_MARK = '=';
const TOMBSTONE_MARK = '!';

const BACKWARDS_BATCH = 32n;

export type LogMessage =
  | { readonly kind: 'events'; readonly events: readonly StoredEvent[] }
  | { readonly kind: 'caught_up' };

/** The log of the stand-in: the embedded engine, beside it the bodies of the events. */
export class StandInLog {
  readonly #engine: EmbeddedStore;
  readonly #bodies: Bodies;
  readonly #nowMs: () => number;
  readonly #grown = new Wakeup();

  /** @param nowMs what `created` is taken from, milliseconds since 1970, fractions of them too */
  constructor(folder: string, nowMs: () => number) {
    this.#engine = openEmbeddedStore({ file: join(folder, 'stand-in.db'), mode: 'writer' });
    this.#bodies = new Bodies(join(folder, 'stand-in.bodies'));
    this.#nowMs = nowMs;
  }

  /** @throws {WrongExpectedVersion | AppendRefused} as the engine does */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): Promise<AppendResult> {
    return this.#append(STREAM_MARK + stream, expected, events);
  }

  /** Puts the tombstone of a stream into the log. */
  async bury(stream: string, id: string): Promise<AppendResult> {
    const nothing = new Uint8Array();
    const event = { id, type: DELETED_TYPE, isJson: false, data: nothing, metadata: nothing };
    return this.#append(TOMBSTONE_MARK + stream, 'no_stream', [event]);
  }

  async isBuried(stream: string): Promise<boolean> {
    return (await this.#last(TOMBSTONE_MARK + stream)) !== null;
  }

  async last(stream: string): Promise<StoredEvent | null> {
    return this.#last(STREAM_MARK + stream);
  }

  async *readStream(
    stream: string,
    options: ReadStreamOptions,
  ): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const batch of this.#engine.readStream(STREAM_MARK + stream, options)) {
      for (const event of batch) yield this.#stored(event);
    }
  }

  /** @param from position, inclusive */
  async *readAll(from: bigint): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const batch of this.#engine.readAll({ from: numberAtOrAfter(from) })) {
      for (const event of batch) yield this.#stored(event);
    }
  }

  /** @param before position, exclusive; null for the end */
  async *readAllBackwards(before: bigint | null): AsyncGenerator<StoredEvent, void, undefined> {
    const head = await this.#head();
    let next = before === null ? head : min(numberAtOrAfter(before) - 1n, head);
    while (next > 0n) {
      const from = next > BACKWARDS_BATCH ? next - BACKWARDS_BATCH + 1n : 1n;
      const events: RecordedEvent[] = [];
      const max = Number(next - from) + 1;
      for await (const batch of this.#engine.readAll({ from, max })) events.push(...batch);
      for (const event of events.reverse()) yield this.#stored(event);
      next = from - 1n;
    }
  }

  /**
   * Everything after a place, and what is appended later; ends by the signal.
   * @param after a position: the first event that stands there or beyond is left out, as the server
   * does, whose subscriptions read one event and go on behind it
   */
  async *follow(
    after: bigint | 'start' | 'end',
    signal: AbortSignal,
  ): AsyncGenerator<LogMessage, void, undefined> {
    const head = await this.#head();
    const skipped = after === 'start' ? 0n : after === 'end' ? head : numberAtOrAfter(after);
    const subscription = this.#engine.subscribeAll({ after: min(skipped, head), signal });
    for await (const message of subscription) {
      if (message.kind === 'caught_up') yield message;
      if (message.kind !== 'events') continue;
      yield { kind: 'events', events: message.events.map((event) => this.#stored(event)) };
    }
  }

  /** Resolves when the log has grown, or the signal aborts. */
  grown(signal: AbortSignal): Promise<void> {
    return this.#grown.wait(signal);
  }

  /** Ticks of 100 ns since 1970. */
  now(): bigint {
    return microsecondTicks(this.#nowMs());
  }

  async close(): Promise<void> {
    await this.#engine.close();
    this.#bodies.close();
  }

  async #append(
    name: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): Promise<AppendResult> {
    const created = Math.floor(this.#nowMs() * 1000);
    const records = events.map((event) => this.#record(event, created));
    const result = await this.#engine.append(name, expected, records);
    this.#grown.wakeAll();
    return { revision: result.revision, position: result.position * POSITION_STEP };
  }

  #record(event: ProposedEvent, createdMicroseconds: number): EventToAppend {
    const { id, type, isJson, data, metadata } = event;
    const at = this.#bodies.add(data);
    this.#bodies.add(metadata);
    const body = { at, data: data.length, metadata: metadata.length };
    const facts = { type, isJson, created: createdMicroseconds };
    return { id, type: 'Stored', data: { ...body, ...facts }, metadata: {} };
  }

  #stored({ id, stream, revision, position, data }: RecordedEvent): StoredEvent {
    const at = Number(data.at);
    const dataLength = Number(data.data);
    const isTombstone = stream.startsWith(TOMBSTONE_MARK);
    return {
      id,
      type: typeof data.type === 'string' ? data.type : '',
      isJson: data.isJson === true,
      data: this.#bodies.read(at, dataLength),
      metadata: this.#bodies.read(at + dataLength, Number(data.metadata)),
      stream: stream.slice(1),
      revision: isTombstone ? DELETED_REVISION : revision,
      position: position * POSITION_STEP,
      created: BigInt(Number(data.created)) * TICKS_PER_MICROSECOND,
    };
  }

  async #last(name: string): Promise<StoredEvent | null> {
    const options = { direction: 'backwards', max: 1 } as const;
    for await (const [event] of this.#engine.readStream(name, options)) {
      if (event !== undefined) return this.#stored(event);
    }
    return null;
  }

  async #head(): Promise<bigint> {
    return (await this.#engine.head()) ?? 0n;
  }
}

const TICKS_PER_MICROSECOND = 10n;

function microsecondTicks(ms: number): bigint {
  return BigInt(Math.floor(ms * 1000)) * TICKS_PER_MICROSECOND;
}

/** The engine's number of the first event at or after a position. */
function numberAtOrAfter(position: bigint): bigint {
  return (position + POSITION_STEP - 1n) / POSITION_STEP;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
