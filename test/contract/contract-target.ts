import { randomUUID } from 'node:crypto';
import type {
  EventStore,
  EventToAppend,
  JsonObject,
  RecordedEvent,
} from '../../src/event-store/event-store.js';

/** What a target can do; a rule that needs more than it has is left out, and the title says so. */
export interface ContractCapabilities {
  /** A new log begins empty and nobody else writes to it. */
  readonly startsEmpty: boolean;
  /** The engine can be closed and opened again on the same log. */
  readonly reopens: boolean;
  /** {@link ContractTarget.fetched} counts what readers pull. */
  readonly countsFetches: boolean;
}

export interface ContractTarget {
  readonly store: EventStore;
  /** Events that readers of this target have fetched from the engine so far, yielded or not. */
  readonly fetched: () => number;
  /** Closes the store and opens the same log again. Used only where `reopens`. */
  readonly reopen: () => Promise<EventStore>;
  readonly dispose: () => Promise<void>;
}

export interface ContractHarness {
  readonly capabilities: ContractCapabilities;
  readonly open: () => Promise<ContractTarget>;
}

/** What the rules get: one target for all of them, and names nobody else uses. */
export interface ContractRun {
  readonly capabilities: ContractCapabilities;
  readonly harness: ContractHarness;
  readonly target: () => ContractTarget;
  readonly store: () => EventStore;
}

/** A stream name nobody else uses. */
export function freshStream(category = 'contract'): string {
  return `${category}-${randomUUID()}`;
}

export function event(data: JsonObject = {}, type = 'BlanksSpoiled'): EventToAppend {
  return { id: randomUUID(), type, data, metadata: { schema: 1 } };
}

export function events(count: number): EventToAppend[] {
  return Array.from({ length: count }, (_, number) => event({ number }));
}

export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

export function idsOf(list: readonly { readonly id: string }[]): string[] {
  return list.map(({ id }) => id);
}

/** The events of these streams that stand at or after a position, from the whole log. */
export async function allOf(
  store: EventStore,
  streams: readonly string[],
  from?: bigint,
): Promise<RecordedEvent[]> {
  const all = await collect(store.readAll({ from }));
  return all.filter(({ stream }) => streams.includes(stream));
}
