import {
  openEmbeddedStore,
  type EmbeddedStore,
} from '../../event-store/embedded/embedded-store.js';
import type { Settings } from '../../settings.js';

/**
 * The log alone, to be read beside whoever writes it; no vault, no key.
 * @throws {StoreUnavailable} there is no ledger yet
 */
export function openLogForReading({ eventStoreFile }: Settings): EmbeddedStore {
  return openEmbeddedStore({ file: eventStoreFile, mode: 'reader' });
}
