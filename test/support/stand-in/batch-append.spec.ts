import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DeadlineExceededError, StreamDeletedError } from '@eventstore/db-client';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { StandInServer } from './stand-in-server.js';
import { streamIdentifier, uuidOf } from './wire.js';
import { failureOf, proposals, proposed, read, withStandIn } from './with-stand-in.js';

type Call = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

/** The wire itself, for what the client does not do. */
async function withCall(server: StandInServer, use: (call: Call) => Promise<void>): Promise<void> {
  const address = `${server.endPoint.host}:${server.port}`;
  const client = new streamsService.StreamsClient(address, credentials.createInsecure());
  const call = client.batchAppend();
  try {
    await use(call);
  } finally {
    call.end();
    client.close();
  }
}

async function answer(call: Call): Promise<BatchAppendResp> {
  return new Promise((resolve, reject) => {
    call.once('data', resolve).once('error', reject);
  });
}

/** A part of an append that expects no stream. */
function part(id: string, stream: string | null, types: readonly string[]): BatchAppendReq {
  const request = new streams.BatchAppendReq().setCorrelationId(uuidOf(id));
  if (stream !== null) {
    const options = new streams.BatchAppendReq.Options();
    options.setStreamIdentifier(streamIdentifier(stream)).setNoStream(new empty.Empty());
    request.setOptions(options);
  }
  for (const type of types) {
    const message = new streams.BatchAppendReq.ProposedMessage().setId(uuidOf(randomUUID()));
    message.getMetadataMap().set('type', type).set('content-type', 'application/json');
    request.addProposedMessages(message.setData(Buffer.from('{}').toString('base64')));
  }
  return request;
}

function nameOfRefusal(response: BatchAppendResp): string | undefined {
  return response.getError()?.getDetails()?.getTypeName();
}

describe('a batch append', () => {
  it('that comes after its deadline is not written', () =>
    withStandIn({}, async ({ client }) => {
      const stream = randomUUID();
      const late = client.appendToStream(stream, proposed(), { deadline: -1_000 });
      expect(await failureOf(late)).toBeInstanceOf(DeadlineExceededError);
      await client.appendToStream(stream, proposed(), { expectedRevision: 'no_stream' });
    }));

  it('whose last part does not come in time is not written', () =>
    withStandIn({ writeTimeoutMs: 20 }, async ({ server, client }) => {
      const stream = randomUUID();
      await withCall(server, async (call) => {
        const id = randomUUID();
        call.write(part(id, stream, ['First']));
        const response = await answer(call);
        expect(response.getCorrelationId()?.getString()).toBe(id);
        expect(nameOfRefusal(response)).toBe('event_store.client.Timeout');
        call.write(part(id, null, ['Second']).setIsFinal(true));
        call.write(part(randomUUID(), stream, ['Other']).setIsFinal(true));
        expect((await answer(call)).hasSuccess()).toBe(true);
      });
      expect((await read(client.readStream(stream))).map(({ type }) => type)).toEqual(['Other']);
    }));

  it('is one append, in however many parts it comes', () =>
    withStandIn({}, async ({ server, client }) => {
      const stream = randomUUID();
      await withCall(server, async (call) => {
        const id = randomUUID();
        call.write(part(id, stream, ['First']));
        call.write(part(id, null, []));
        call.write(part(id, null, ['Second', 'Third']).setIsFinal(true));
        expect((await answer(call)).getSuccess()?.getCurrentRevision()).toBe('2');
      });
      const types = (await read(client.readStream(stream))).map(({ type }) => type);
      expect(types).toEqual(['First', 'Second', 'Third']);
    }));

  it('that is malformed is answered by its name; the call goes on', () =>
    withStandIn({}, async ({ server }) => {
      await withCall(server, async (call) => {
        const noStream = new streams.BatchAppendReq.Options().setAny(new empty.Empty());
        call.write(part(randomUUID(), null, ['Lost']).setOptions(noStream).setIsFinal(true));
        expect(nameOfRefusal(await answer(call))).toBe('event_store.client.BadRequest');
        call.write(part(randomUUID(), 'stream', ['Kept']).setIsFinal(true));
        expect((await answer(call)).hasSuccess()).toBe(true);
        call.write(part(randomUUID(), 'stream', ['Kept']).setIsFinal(true));
        expect(nameOfRefusal(await answer(call))).toBe('event_store.client.WrongExpectedVersion');
      });
    }));

  it('to a deleted stream is refused', () =>
    withStandIn({}, async ({ client }) => {
      await client.appendToStream('gone', proposed());
      await client.tombstoneStream('gone');
      const error = await failureOf(client.appendToStream('gone', proposed()));
      expect(error).toBeInstanceOf(StreamDeletedError);
      expect(error).toMatchObject({ streamName: 'gone' });
    }));

  it('keeps its place among those of the same call', () =>
    withStandIn({}, async ({ client }) => {
      // The client sends its very first append behind others asked for at the same time.
      await client.appendToStream('queue', proposed());
      const appends = Array.from({ length: 50 }, (_, index) =>
        client.appendToStream('queue', proposals(1 + (index % 3)), {
          expectedRevision: 'any',
        }),
      );
      const revisions = (await Promise.all(appends)).map((one) => one.nextExpectedRevision);
      expect(revisions).toEqual([...revisions].sort((a, b) => Number(a - b)));
    }));
});
