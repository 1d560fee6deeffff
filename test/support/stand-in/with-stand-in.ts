import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventStoreDBClient,
  jsonEvent,
  type JSONEventData,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { StandInServer, type StandInOptions } from './stand-in-server.js';

export interface StandInWorld {
  readonly server: StandInServer;
  readonly client: EventStoreDBClient;
}

/** Runs with a stand-in of its own, empty, and the real client of it. */
export async function withStandIn(
  options: Omit<StandInOptions, 'folder'>,
  use: (world: StandInWorld) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
  await using server = await StandInServer.start({ folder, ...options });
  const client = EventStoreDBClient.connectionString(server.connectionString);
  try {
    await use({ server, client });
  } finally {
    await client.dispose();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

export function proposed(data: object = {}, type = 'BlanksSpoiled'): JSONEventData {
  return jsonEvent({ id: randomUUID(), type, data: { ...data } });
}

export function proposals(count: number): JSONEventData[] {
  return Array.from({ length: count }, (_, number) => proposed({ number }));
}

export function idsOf(events: readonly { readonly id: string }[]): string[] {
  return events.map(({ id }) => id);
}

/** The events of a read, in its order. */
export async function read(
  events: AsyncIterable<ResolvedEvent>,
): Promise<NonNullable<ResolvedEvent['event']>[]> {
  const all = [];
  for await (const { event } of events) if (event !== undefined) all.push(event);
  return all;
}

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
}
