import { existsSync } from 'node:fs';
import type { EventStore } from '../event-store/event-store.js';
import { openEventStore } from '../open-event-store.js';
import type { Settings } from '../settings.js';
import { UserError } from './user-error.js';

/**
 * The log alone, to be read beside whoever writes it; no vault, no key.
 * @throws {StoreUnavailable} there is no ledger yet, or its server does not answer
 */
export function openLogForReading({ eventStore }: Settings): Promise<EventStore> {
  return openEventStore(eventStore, { mode: 'reader' });
}

/**
 * The file of an embedded ledger, for work that files alone can be put to.
 * @param what for the error, e.g. "a backup"
 * @throws {UserError} the ledger is on a server
 */
export function ledgerFileOf({ eventStore }: Settings, what: string): string {
  if (eventStore.kind === 'sqlite') return eventStore.file;
  throw new UserError(
    `${what} is of a ledger in a file; this one is on a server, which has means of its own. ` +
      'blangko copy brings the events into a file',
  );
}

/**
 * Whether anything was recorded yet.
 * @throws {StoreUnavailable} the server does not answer
 */
export async function ledgerExists(settings: Settings): Promise<boolean> {
  const { eventStore } = settings;
  if (eventStore.kind === 'sqlite') return existsSync(eventStore.file);
  const store = await openLogForReading(settings);
  try {
    return (await store.head()) !== null;
  } finally {
    await store.close();
  }
}
