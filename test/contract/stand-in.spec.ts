import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDbStore } from '../../src/event-store/eventstoredb/eventstoredb-store.js';
import { StandInServer } from '../support/stand-in/stand-in-server.js';
import type { ContractTarget } from './contract-target.js';
import { eventStoreContract } from './event-store.contract.js';

/** The adapter and the real client, over a real socket, to a stand-in for the server. */
eventStoreContract('adapter over the stand-in', {
  capabilities: { startsEmpty: true, reopens: true, countsFetches: true },
  open: async (): Promise<ContractTarget> => {
    const folder = await mkdtemp(join(tmpdir(), 'stand-in-contract-'));
    const server = await StandInServer.start({ folder });
    let fetched = 0;
    const openStore = () =>
      EventStoreDbStore.open({
        connectionString: server.connectionString,
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
        await server.stop();
        await rm(folder, { recursive: true });
      },
    };
  },
});
