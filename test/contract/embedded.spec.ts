import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { ContractTarget } from './contract-target.js';
import { eventStoreContract } from './event-store.contract.js';

eventStoreContract('embedded', {
  capabilities: { startsEmpty: true, reopens: true, countsFetches: true },
  open: async (): Promise<ContractTarget> => {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-contract-'));
    let fetched = 0;
    const openStore = () =>
      openEmbeddedStore({
        file: join(folder, 'ledger.db'),
        mode: 'writer',
        onRead: (events) => {
          fetched += events;
        },
      });
    let store = openStore();
    return {
      store,
      fetched: () => fetched,
      reopen: async () => {
        await store.close();
        store = openStore();
        return store;
      },
      dispose: async () => {
        await store.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});
