import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client';
import { StandInServer } from './stand-in-server.js';
import { failureOf, idsOf, proposals, read } from './with-stand-in.js';

describe('the stand-in is read', () => {
  let folder = '';
  let server: StandInServer;
  let client: EventStoreDBClient;
  const [one, other] = [proposals(100), proposals(100)];
  const ids = idsOf(one);
  /** All that is in the log, in its order. */
  const log: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
    server = await StandInServer.start({ folder });
    client = EventStoreDBClient.connectionString(server.connectionString);
    for (let at = 0; at < 100; at += 25) {
      const parts = [one.slice(at, at + 25), other.slice(at, at + 25)] as const;
      await client.appendToStream('one', parts[0]);
      await client.appendToStream('other', parts[1]);
      log.push(...idsOf(parts[0]), ...idsOf(parts[1]));
    }
  });

  afterAll(async () => {
    await client.dispose();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('a stream forwards: from a revision, inclusive, and so many', async () => {
    const idsFrom = async (options: Parameters<EventStoreDBClient['readStream']>[1]) =>
      idsOf(await read(client.readStream('one', options)));
    expect(await idsFrom({})).toEqual(ids);
    expect(await idsFrom({ fromRevision: 40n })).toEqual(ids.slice(40));
    expect(await idsFrom({ fromRevision: 40n, maxCount: 37 })).toEqual(ids.slice(40, 77));
    expect(await idsFrom({ fromRevision: 100n })).toEqual([]);
    expect(await idsFrom({ fromRevision: 'end' })).toEqual([]);
  });

  it('a stream backwards: from a revision, inclusive, and so many', async () => {
    const back = [...ids].reverse();
    const idsFrom = async (options: Parameters<EventStoreDBClient['readStream']>[1]) =>
      idsOf(await read(client.readStream('one', { ...options, direction: 'backwards' })));
    expect(await idsFrom({ fromRevision: 'end' })).toEqual(back);
    expect(await idsFrom({ fromRevision: 59n })).toEqual(back.slice(40));
    expect(await idsFrom({ fromRevision: 59n, maxCount: 37 })).toEqual(back.slice(40, 77));
    expect(await idsFrom({ fromRevision: 500n, maxCount: 1 })).toEqual(back.slice(0, 1));
    expect(await idsFrom({ fromRevision: 'start' })).toEqual(back.slice(-1));
  });

  it('the log forwards from a position inclusive, backwards from it exclusive', async () => {
    const all = await read(client.readAll());
    expect(idsOf(all)).toEqual(log);
    const at = all[70]?.position;
    if (at === undefined) throw new Error('an event of the log has a position');
    expect(idsOf(await read(client.readAll({ fromPosition: at })))).toEqual(log.slice(70));
    const few = { fromPosition: at, maxCount: 3 };
    expect(idsOf(await read(client.readAll(few)))).toEqual(log.slice(70, 73));
    const back = [...log].reverse();
    const backwards = 'backwards' as const;
    expect(
      idsOf(await read(client.readAll({ fromPosition: 'end', direction: backwards }))),
    ).toEqual(back);
    expect(idsOf(await read(client.readAll({ fromPosition: at, direction: backwards })))).toEqual(
      log.slice(0, 70).reverse(),
    );
    expect(idsOf(await read(client.readAll({ ...few, direction: backwards })))).toEqual(
      log.slice(67, 70).reverse(),
    );
    expect(await read(client.readAll({ fromPosition: 'end' }))).toEqual([]);
    expect(await read(client.readAll({ direction: backwards }))).toEqual([]);
  });

  it('whoever stops early leaves no reader behind', async () => {
    for await (const { event } of client.readAll()) if (event !== undefined) break;
    while (server.readers.length > 0) await read(client.readStream('one', { maxCount: 1 }));
  });

  it('a stream that does not exist is not found, one that was deleted is deleted', async () => {
    const missing = await failureOf(read(client.readStream('nowhere')));
    expect(missing).toBeInstanceOf(StreamNotFoundError);
    expect(missing).toMatchObject({ streamName: 'nowhere' });
    await client.tombstoneStream('nowhere');
    const deleted = await failureOf(read(client.readStream('nowhere')));
    expect(deleted).toBeInstanceOf(StreamDeletedError);
    expect(deleted).toMatchObject({ streamName: 'nowhere' });
  });
});
