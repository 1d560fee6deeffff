import { EventStoreDbStore } from '../../src/event-store/eventstoredb/eventstoredb-store.js';
import type { ContractTarget } from './contract-target.js';

/** The adapter and the real client to whatever answers there. @param leave once its store is closed */
export async function adapterTarget(
  connectionString: string,
  leave: () => Promise<void> = () => Promise.resolve(),
): Promise<ContractTarget> {
  let fetched = 0;
  const openStore = () =>
    EventStoreDbStore.open({
      connectionString,
      onRead: (events) => {
        fetched += events;
      },
    });
  let store = await openStore();
  return {
    store,
    fetched: () => fetched,
    reopen: async () => {
      await store.close();
      store = await openStore();
      return store;
    },
    dispose: async () => {
      await store.close();
      await leave();
    },
  };
}
