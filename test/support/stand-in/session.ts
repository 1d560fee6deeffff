import type { Metadata } from '@grpc/grpc-js';
import type { Faults } from './faults.js';
import type { Reader } from './reader.js';
import { unauthenticated } from './rpc-error.js';
import type { StandInLog } from './stand-in-log.js';
import type { Streams } from './streams.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Limits {
  /** Data + metadata + 2 × type length, summed over the events of one append. */
  readonly maxAppendBytes: number;
  /** How long the parts of a batch append may take to arrive, whatever its deadline. */
  readonly writeTimeoutMs: number;
}

/** What the services share from one start of the stand-in to its stop. */
export interface Session {
  readonly log: StandInLog;
  readonly streams: Streams;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly readers: Set<Reader>;
  /** Calls of BatchAppend under way: each is ended by the server. */
  readonly batches: Set<() => void>;
  readonly credentials: Credentials | null;
  /** Destroys the connection of a peer, given as `address:port`. */
  readonly cut: (peer: string) => void;
}

/** What a call must pass before it is served. @throws {RpcError} */
export async function admit(session: Session, metadata: Metadata): Promise<void> {
  await session.faults.pauseOver();
  if (session.credentials === null) return;
  const { username, password } = session.credentials;
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (metadata.get('authorization')[0] !== wanted) throw unauthenticated();
}
