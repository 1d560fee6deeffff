import { describe, expect, it } from '@jest/globals';
import { AccessDeniedError } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, Metadata, status } from '@grpc/grpc-js';
import type { StandInServer } from './stand-in-server.js';
import { streamIdentifier } from './wire.js';
import { failureOf, proposed, read, withStandIn } from './with-stand-in.js';

const OFFICER = { username: 'officer', password: 'rahasia' };

/** Deletes a stream with an authorization of the test's own: the client sends none without TLS. */
async function deleteWith(server: StandInServer, authorization: string): Promise<status> {
  const client = new streamsService.StreamsClient(
    `${server.endPoint.host}:${server.port}`,
    credentials.createInsecure(),
  );
  const metadata = new Metadata();
  metadata.set('authorization', authorization);
  const options = new streams.DeleteReq.Options();
  options.setStreamIdentifier(streamIdentifier('one')).setAny(new shared.Empty());
  const request = new streams.DeleteReq().setOptions(options);
  const code = await new Promise<status>((resolve) => {
    client.delete(request, metadata, (error) => {
      resolve(error?.code ?? status.OK);
    });
  });
  client.close();
  return code;
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

describe('a stand-in with credentials', () => {
  it('serves nobody without them', () =>
    withStandIn({ credentials: OFFICER }, async ({ client }) => {
      for (const attempt of [
        client.appendToStream('one', proposed()),
        read(client.readStream('one')),
        read(client.readAll()),
        client.deleteStream('one'),
      ]) {
        const error = await failureOf(attempt);
        expect(error).toBeInstanceOf(AccessDeniedError);
        expect(error).toMatchObject({ code: status.UNAUTHENTICATED });
      }
    }));

  it('serves whoever has them', () =>
    withStandIn({ credentials: OFFICER }, async ({ server }) => {
      // Refused for want of the stream, so let in.
      expect(await deleteWith(server, basic('officer:rahasia'))).toBe(status.FAILED_PRECONDITION);
      expect(await deleteWith(server, basic('officer:salah'))).toBe(status.UNAUTHENTICATED);
      expect(await deleteWith(server, 'Bearer officer')).toBe(status.UNAUTHENTICATED);
    }));
});
