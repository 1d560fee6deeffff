import { randomUUID } from 'node:crypto';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { AppendRequest, EncodedEvent } from '../codec/append-request.js';
import { StoreUnavailable, type AppendResult, type ExpectedRevision } from '../event-store.js';

const { BatchAppendReq: Request } = streams;
const { Options, ProposedMessage } = Request;

type Call = ReturnType<StreamsClient['batchAppend']>;

/** grpc's code for a method that a server does not have. */
const UNIMPLEMENTED = 12;

/** The server knows no such calls; nothing was written. */
export class BatchesUnknown extends Error {
  override readonly name = 'BatchesUnknown';
}

interface Waiting {
  readonly stream: string;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Appends through the server's BatchAppend: one call carries them all, as the client's own do. What is
 * not the client's is who waits for which answer: its appends wait in one map of the whole process,
 * which an error of any call empties, and an answer that then comes throws where nobody can catch it.
 * Here each call has those of its own, and an answer nobody waits for any longer is passed over. The
 * events go out as the canonical text they are. Connection, discovery, credentials and reconnection are
 * the client's.
 */
export class AppendBatches {
  readonly #client: EventStoreDBClient;
  /** By the grpc client of a connection, as the client keeps its own. */
  readonly #calls = new WeakMap<StreamsClient, Call | Promise<Call>>();
  readonly #waiting = new WeakMap<Call, Map<string, Waiting>>();

  constructor(client: EventStoreDBClient) {
    this.#client = client;
  }

  /**
   * Nobody waits for the answer once `signal` aborts; it may be written all the same.
   * @throws {BatchesUnknown} @throws what the client's own appends throw
   */
  async append(
    request: AppendRequest,
    expected: ExpectedRevision,
    signal: AbortSignal,
  ): Promise<AppendResult> {
    const call = await this.#call();
    // While the connection was made its time may have come to an end: then nothing is to be sent.
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const id = randomUUID();
      const waiting = this.#waiting.get(call);
      if (waiting === undefined) {
        reject(new StoreUnavailable('the call to the server is over'));
        return;
      }
      waiting.set(id, { stream: request.stream, resolve, reject });
      signal.addEventListener('abort', () => waiting.delete(id), { once: true });
      call.write(messageOf(id, request, expected));
    });
  }

  #call(): Promise<Call> {
    return this.#client['GRPCStreamCreator'](
      grpc.StreamsClient,
      'appendToStream',
      (connected) => this.#open(connected),
      this.#calls,
    )();
  }

  #open(connected: StreamsClient): Call {
    // Who appends must reach the leader; and the call itself has no end in time.
    const args = this.#client['callArguments']({ requiresLeader: true }, { deadline: Infinity });
    const call = connected.batchAppend(...args);
    const waiting = new Map<string, Waiting>();
    this.#waiting.set(call, waiting);
    const over = (error: Error): void => {
      this.#waiting.delete(call);
      // The client replaces a call that failed, but not one that the server has merely ended.
      if (this.#calls.get(connected) === call) this.#calls.delete(connected);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    return call
      .on('data', (answer: BatchAppendResp) => {
        const id = textOf(answer.getCorrelationId());
        const one = waiting.get(id);
        waiting.delete(id);
        if (one === undefined) return;
        try {
          settle(one, answer);
        } catch (cause) {
          one.reject(new StoreUnavailable('the server answered what cannot be read', { cause }));
        }
      })
      .on('error', (error) => {
        const { code } = error as { readonly code?: unknown };
        over(code === UNIMPLEMENTED ? new BatchesUnknown() : convertToCommandError(error));
      })
      .on('end', () => {
        call.end();
        over(new StoreUnavailable('the server has ended the call'));
      });
  }
}

function settle({ stream, resolve, reject }: Waiting, answer: BatchAppendResp): void {
  const success = answer.getSuccess();
  const position = success?.getPosition();
  const refusal = answer.getError();
  if (success !== undefined && position !== undefined)
    resolve({
      revision: BigInt(success.getCurrentRevision()),
      position: BigInt(position.getCommitPosition()),
    });
  else if (refusal?.hasDetails() === true) reject(unpackToCommandError(refusal, stream));
  else reject(new StoreUnavailable(`the server answered: ${refusal?.getMessage() ?? 'nothing'}`));
}

function messageOf(
  id: string,
  { stream, events }: AppendRequest,
  expected: ExpectedRevision,
): BatchAppendReq {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
  const options = new Options().setStreamIdentifier(identifier);
  if (expected === 'any') options.setAny(new empty.Empty());
  else if (expected === 'no_stream') options.setNoStream(new empty.Empty());
  else if (expected === 'stream_exists') options.setStreamExists(new empty.Empty());
  else options.setStreamPosition(String(expected));
  return new Request()
    .setCorrelationId(new shared.UUID().setString(id))
    .setOptions(options)
    .setProposedMessagesList(events.map(proposed))
    .setIsFinal(true);
}

function proposed({ id, type, data, metadata }: EncodedEvent): BatchAppendReq.ProposedMessage {
  const message = new ProposedMessage()
    .setId(new shared.UUID().setString(id))
    .setData(Buffer.from(data))
    .setCustomMetadata(Buffer.from(metadata));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
}

/** As text, whichever of its two forms the server sends. */
function textOf(uuid: UUID | undefined): string {
  const halves = uuid?.getStructured();
  if (halves === undefined) return uuid?.getString() ?? '';
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
