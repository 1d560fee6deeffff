import { mkdir } from 'node:fs/promises';
import type { Server } from '@grpc/grpc-js';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { MAX_APPEND_BYTES } from '../../../src/event-store/codec/append-request.js';
import { appendCall } from './append-call.js';
import { batchAppendCall } from './batch-append.js';
import type { ServerIdentity } from './certificate.js';
import { deleteCall, tombstoneCall } from './delete-calls.js';
import { Faults, type EndPoint, type LostAnswer } from './faults.js';
import { gossipCall, type Member } from './gossip.js';
import { HOST, Listener } from './listener.js';
import { readCall } from './read-call.js';
import type { ReaderFacts } from './reader.js';
import { consumerTooSlow } from './rpc-error.js';
import { supportedMethodsCall } from './server-features.js';
import type { Credentials, Session } from './session.js';
import { StandInLog } from './stand-in-log.js';
import { Streams } from './streams.js';

export interface StandInOptions {
  /** Where the events lie; made when it is not there. One stand-in at a time. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Asked of every call on streams. The client sends them over TLS only. Default: none. */
  readonly credentials?: Credentials | undefined;
  /** Default: no TLS. */
  readonly identity?: ServerIdentity | undefined;
  /** Whether clients are told of BatchAppend; those that are not use Append. Default true. */
  readonly batchAppend?: boolean | undefined;
  /** Default 1 MiB: data + metadata + 2 × type length. */
  readonly maxAppendBytes?: number | undefined;
  /** Default 2,000, as the server's. */
  readonly writeTimeoutMs?: number | undefined;
  /** What `created` and `$maxAge` go by, milliseconds since 1970. */
  readonly nowMs?: (() => number) | undefined;
}

const WRITE_TIMEOUT_MS = 2_000;

interface Running {
  readonly session: Session;
  readonly listener: Listener;
}

/**
 * Stands in for an EventStoreDB in tests: the real client talks to it over a real socket. It follows
 * what the server's public source does (tag oss-v23.10.6) and proves nothing about the server itself.
 * Events outlive the process; nothing here keeps a process alive.
 */
export class StandInServer {
  readonly #options: StandInOptions;
  #running: Running | null = null;
  #port: number;
  #members: readonly Member[] | null = null;

  private constructor(options: StandInOptions) {
    this.#options = options;
    this.#port = options.port ?? 0;
  }

  static async start(options: StandInOptions): Promise<StandInServer> {
    await mkdir(options.folder, { recursive: true });
    const server = new StandInServer(options);
    await server.start();
    return server;
  }

  get folder(): string {
    return this.#options.folder;
  }

  get port(): number {
    return this.#port;
  }

  get endPoint(): EndPoint {
    return { host: HOST, port: this.#port };
  }

  get connectionString(): string {
    return `esdb://${HOST}:${this.#port}?tls=${String(this.#options.identity !== undefined)}`;
  }

  /** Finds its node by gossip. */
  get discoveryString(): string {
    return this.connectionString.replace('esdb:', 'esdb+discover:');
  }

  /** Reads and subscriptions under way. */
  get readers(): readonly ReaderFacts[] {
    return [...this.#current.session.readers];
  }

  /** Again, after {@link stop}: on the same port, with the same events, without any fault. */
  async start(): Promise<void> {
    if (this.#running !== null) throw new Error('the stand-in is running');
    const { folder, nowMs, credentials, maxAppendBytes, writeTimeoutMs } = this.#options;
    const log = new StandInLog(folder, nowMs ?? systemTimeMs);
    const session: Session = {
      log,
      streams: new Streams(log),
      faults: new Faults(),
      limits: {
        maxAppendBytes: maxAppendBytes ?? MAX_APPEND_BYTES,
        writeTimeoutMs: writeTimeoutMs ?? WRITE_TIMEOUT_MS,
      },
      readers: new Set(),
      batches: new Set(),
      credentials: credentials ?? null,
      cut: (peer) => {
        this.#running?.listener.cut(peer);
      },
    };
    try {
      const serve = (grpc: Server) => {
        this.#serve(grpc, session);
      };
      const listener = await Listener.open(this.#port, serve, this.#options.identity);
      this.#port = listener.port;
      this.#running = { session, listener };
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /**
   * Ends as a killed process does: connections break without a farewell, what is committed stays.
   * Harmless when it is stopped.
   */
  async stop(): Promise<void> {
    if (this.#running === null) return;
    const { session, listener } = this.#running;
    this.#running = null;
    await listener.close();
    for (const reader of session.readers) reader.end(new Error('the stand-in stops'));
    await session.log.close();
  }

  /** So that no failing test leaves it running: `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Takes connections and requests, but neither does nor answers anything. */
  pause(): void {
    this.#current.session.faults.pause();
  }

  /** Does and answers what has come in since {@link pause}. */
  resume(): void {
    this.#current.session.faults.resume();
  }

  /** Requests that have come in since {@link pause}; of the appends of one BatchAppend the first alone. */
  get held(): number {
    return this.#current.session.faults.held;
  }

  /** The next append that stands is committed, then not answered; `cut`: its connection is destroyed too. */
  dropNextAppendAnswer(how: LostAnswer): void {
    this.#current.session.faults.nextAnswer = how;
  }

  /** Writes are answered with who the leader is; null: this server is. */
  setLeader(leader: EndPoint | null): void {
    this.#current.session.faults.leader = leader;
  }

  /** Calls on these streams are answered with access denied. `$all` is one. */
  denyStreams(streams: readonly string[]): void {
    this.#current.session.faults.denied = new Set(streams);
  }

  /** What gossip tells. Default: this server alone, as leader. */
  setMembers(members: readonly Member[]): void {
    this.#members = members;
  }

  /** Ends the calls of BatchAppend there are now, as a server that wants no more of them, without an error. */
  endBatchAppends(): void {
    for (const end of this.#current.session.batches) end();
  }

  /** Subscriptions there are now hear nothing more, and are not told so. */
  muteSubscriptions(): void {
    for (const reader of this.#current.session.readers) if (reader.isSubscription) reader.mute();
  }

  /** Ends subscriptions the way the server does with one that lags behind. */
  failSubscriptions(): void {
    for (const reader of this.#current.session.readers) {
      if (reader.isSubscription) reader.end(consumerTooSlow());
    }
  }

  get #current(): Running {
    if (this.#running === null) throw new Error('the stand-in is stopped');
    return this.#running;
  }

  #serve(grpc: Server, session: Session): void {
    grpc.addService(streamsService.StreamsService, {
      read: readCall(session),
      append: appendCall(session),
      // Left out, grpc answers that there is no such method.
      ...(this.#options.batchAppend === false ? {} : { batchAppend: batchAppendCall(session) }),
      delete: deleteCall(session),
      tombstone: tombstoneCall(session),
    });
    grpc.addService(featuresService.ServerFeaturesService, {
      getSupportedMethods: supportedMethodsCall(session.faults, this.#options.batchAppend ?? true),
    });
    grpc.addService(gossipService.GossipService, {
      read: gossipCall(session.faults, () => this.#members ?? [this.#itself]),
    });
  }

  get #itself(): Member {
    return { ...this.endPoint, state: 'leader', isAlive: true };
  }
}

/** With the fractions of a millisecond that `Date.now` lacks. */
function systemTimeMs(): number {
  return performance.timeOrigin + performance.now();
}
