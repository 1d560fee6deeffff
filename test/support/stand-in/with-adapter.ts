import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventStoreDbStore,
  type EventStoreDbOptions,
} from '../../../src/event-store/eventstoredb/eventstoredb-store.js';
import { StandInServer, type StandInOptions } from './stand-in-server.js';

export interface AdapterWorld {
  readonly server: StandInServer;
  readonly store: EventStoreDbStore;
}

export interface AdapterOptions extends Omit<EventStoreDbOptions, 'connectionString'> {
  readonly server?: Omit<StandInOptions, 'folder'>;
}

/** Runs with an empty stand-in of its own and the adapter to it. */
export async function withAdapter(
  { server: standIn, ...options }: AdapterOptions,
  use: (world: AdapterWorld) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'adapter-'));
  await using server = await StandInServer.start({ folder, ...standIn });
  const { connectionString } = server;
  const store = await EventStoreDbStore.open({ ...options, connectionString });
  try {
    await use({ server, store });
  } finally {
    await store.close();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}
