import { createHash } from 'node:crypto';
import type { LedgerEvent } from '../../src/event-store/codec/ledger-event.js';
import type { EventStore, JsonObject, RecordedEvent } from '../../src/event-store/event-store.js';

const START = Date.parse('2017-04-01T00:00:00.000Z');

/** A UUID that depends on the number alone. */
export function uuidOf(index: number): string {
  const hex = createHash('sha256').update(String(index)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** When the event at `index` of a history was recorded, in milliseconds since the epoch. */
export function recordedAtOf(index: number): number {
  return START + index * 1_000;
}

/** The metadata of the event at `index` of a history. */
export function metadataOf(index: number): JsonObject {
  return {
    schema: 1,
    actor: { id: 'officer', role: 'ministry', facilityId: '00' },
    commandId: `command-${String(index)}`,
    commandHash: 'd'.repeat(64),
    recordedAt: new Date(recordedAtOf(index)).toISOString(),
    grantId: null,
    accessRevision: null,
    onBehalfOf: null,
    capture: null,
    correlationId: `command-${String(index)}`,
    causationId: null,
  };
}

/** A history as it is written, one event after the other. */
export class History {
  readonly events: RecordedEvent[] = [];
  readonly #revisions = new Map<string, bigint>();

  /** Adds any event, legal or not, at the end of a stream. */
  add(stream: string, event: LedgerEvent, changes: Partial<RecordedEvent> = {}): RecordedEvent {
    const index = this.events.length;
    const revision = (this.#revisions.get(stream) ?? -1n) + 1n;
    this.#revisions.set(stream, revision);
    const recorded: RecordedEvent = {
      id: uuidOf(index),
      type: event.type,
      data: event.data as unknown as JsonObject,
      metadata: metadataOf(index),
      stream,
      revision,
      position: BigInt(index + 1),
      ...changes,
    };
    this.events.push(recorded);
    return recorded;
  }
}

/** Appends a history in its order, each run of one stream at once, all of them in flight together. */
export async function appendHistory(
  store: EventStore,
  events: readonly RecordedEvent[],
): Promise<void> {
  const appends: Promise<unknown>[] = [];
  for (let from = 0; from < events.length;) {
    const first = events[from];
    if (first === undefined) break;
    const end = events.findIndex((it, index) => index > from && it.stream !== first.stream);
    const run = events.slice(from, end === -1 ? events.length : end);
    const appended = run.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
    const expected = first.revision === 0n ? 'no_stream' : first.revision - 1n;
    appends.push(store.append(first.stream, expected, appended));
    from += run.length;
  }
  await Promise.all(appends);
}
