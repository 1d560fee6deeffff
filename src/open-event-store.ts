import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { openEmbeddedStore } from './event-store/embedded/embedded-store.js';
import type { EventStore } from './event-store/event-store.js';
import { ConnectionStringRefused } from './event-store/eventstoredb/connection-string.js';
import { EventStoreDbStore } from './event-store/eventstoredb/eventstoredb-store.js';
import { SettingsError, type EventStoreSetting } from './settings.js';

export interface OpenStoreOptions {
  /** A reader never makes a file, and looks on beside whoever writes it. */
  readonly mode: 'writer' | 'reader';
  /**
   * Whether it is refused where a server is set to forget events of any stream, or has been. Default:
   * for writers.
   */
  readonly isWatched?: boolean | undefined;
  /** Bound of the embedded store's file, in bytes. Default: none. */
  readonly maxFileBytes?: number | undefined;
  /** Called for each append that stands: milliseconds to its acknowledgement, and its events. */
  readonly onAppend?: ((durationMs: number, events: number) => void) | undefined;
  /** Called each time a subscription to a server was lost and begins anew. */
  readonly onLost?: ((why: unknown) => void) | undefined;
  /** Where the setting comes from, for errors. Default `EVENT_STORE`. */
  readonly variable?: string | undefined;
}

/**
 * Opens the event store that is set, whichever it is. A server is connected to and looked at, by readers
 * and writers alike.
 * @throws {SettingsError} the connection string cannot be used
 * @throws {StoreUnavailable} nothing answers there, or a reader finds no file
 * @throws {RetentionSet} the server is set to forget events
 * @throws {WriterLocked} somebody else writes the file
 */
export async function openEventStore(
  setting: EventStoreSetting,
  options: OpenStoreOptions,
): Promise<EventStore> {
  const { mode, maxFileBytes, onAppend, onLost, variable = 'EVENT_STORE' } = options;
  const { isWatched = mode === 'writer' } = options;
  if (setting.kind === 'sqlite') {
    const { file } = setting;
    if (mode === 'writer') mkdirSync(dirname(file), { recursive: true });
    return openEmbeddedStore({ file, mode, maxFileBytes, onAppend });
  }
  const { connectionString } = setting;
  try {
    const watchMs = isWatched ? undefined : 0;
    return await EventStoreDbStore.open({ connectionString, onAppend, onLost, watchMs });
  } catch (error) {
    if (!(error instanceof ConnectionStringRefused)) throw error;
    throw new SettingsError(variable, `cannot be used: ${error.message}`);
  }
}
