import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessDeniedError, EventStoreDBClient } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { selfSigned } from './certificate.js';
import { StandInServer } from './stand-in-server.js';
import { failureOf, idsOf, proposed, read } from './with-stand-in.js';

// The client sends credentials over TLS alone.
describe('a stand-in with TLS and credentials', () => {
  let folder = '';
  let server: StandInServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
    const identity = selfSigned();
    await writeFile(join(folder, 'ca.crt'), identity.certificate);
    const credentials = { username: 'officer', password: 'rahasia' };
    server = await StandInServer.start({ folder, identity, credentials });
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  async function asUser(
    user: string,
    use: (client: EventStoreDBClient) => Promise<void>,
  ): Promise<void> {
    const authority = `://${user}${user === '' ? '' : '@'}`;
    const settings = `&tlsCAFile=${join(folder, 'ca.crt')}`;
    const text = server.connectionString.replace('://', authority) + settings;
    const client = EventStoreDBClient.connectionString(text);
    try {
      await use(client);
    } finally {
      await client.dispose();
    }
  }

  it.each(['', 'officer:salah', 'somebody:rahasia'])('does not serve "%s"', (user) =>
    asUser(user, async (client) => {
      for (const attempt of [
        () => client.appendToStream('one', proposed()),
        () => read(client.readStream('one')),
        () => read(client.readAll()),
        () => client.deleteStream('one'),
        () => client.tombstoneStream('one'),
      ]) {
        const error = await failureOf(attempt());
        expect(error).toBeInstanceOf(AccessDeniedError);
        expect(error).toMatchObject({ code: status.UNAUTHENTICATED });
      }
    }),
  );

  it('serves who has them', () =>
    asUser('officer:rahasia', async (client) => {
      const [one, other] = [proposed(), proposed()];
      await client.appendToStream('one', one);
      const credentials = { username: 'officer', password: 'rahasia' };
      await client.appendToStream('one', other, { credentials });
      expect(idsOf(await read(client.readStream('one')))).toEqual(idsOf([one, other]));
    }));
});
