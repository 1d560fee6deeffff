import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandInServer } from '../support/stand-in/stand-in-server.js';
import { adapterTarget } from './adapter-target.js';
import { eventStoreContract } from './event-store.contract.js';

/** Over a real socket, to a stand-in for the server. */
eventStoreContract('adapter over the stand-in', {
  capabilities: { startsEmpty: true, reopens: true, countsFetches: true },
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stand-in-contract-'));
    const server = await StandInServer.start({ folder });
    return adapterTarget(server.connectionString, async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    });
  },
});
