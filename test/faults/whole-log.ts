import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { everyEvent, storedEvent } from '../support/event-store-files.js';
import { must } from './fault-row.js';

/** Opens a ledger for writing, as a restart does; returns its events, verified. */
export function restarted(file: string): Promise<readonly RecordedEvent[]> {
  return openedAs('writer', file);
}

/** Opens a ledger for reading; returns its events, verified. */
export function lookedInto(file: string): Promise<readonly RecordedEvent[]> {
  return openedAs('reader', file);
}

async function openedAs(
  mode: 'writer' | 'reader',
  file: string,
): Promise<readonly RecordedEvent[]> {
  const store = openEmbeddedStore({ file, mode });
  try {
    const events = await everyEvent(store);
    const { events: verified } = await store.verify();
    must(verified === events.length, `${verified} events verify, ${events.length} are read`);
    return events;
  } finally {
    await store.close();
  }
}

/** Appends one event more, in a stream of its own. */
export async function requireWritable(file: string): Promise<void> {
  const store = openEmbeddedStore({ file, mode: 'writer' });
  try {
    await store.append('custody-next', 'any', [storedEvent()]);
  } finally {
    await store.close();
  }
}

/** @throws {FaultFound} an acknowledged event is not among these */
export function requireAll(
  acknowledged: readonly string[],
  events: readonly RecordedEvent[],
): void {
  const ids = new Set(events.map(({ id }) => id));
  const lost = acknowledged.filter((id) => !ids.has(id));
  must(lost.length === 0, `${lost.length} of ${acknowledged.length} acknowledged events are lost`);
}

/** The ids that the writer process said were acknowledged. */
export function idsOf(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => line.startsWith('custody-'))
    .flatMap((line) => line.split(' ')[2]?.split(',') ?? []);
}
