import type { CustodyEvent } from '../custody/account/events.js';
import { accountOfStream, type AccountId } from '../custody/account/account-id.js';
import type { IssuanceRun } from '../event-store/codec/issuance-run.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { ReadModelDatabase } from './read-model-database.js';

export interface ProjectionTable {
  readonly name: string;
  /** `CREATE TABLE …`, and its indexes. */
  readonly ddl: string;
  /** What orders its rows in a dump: the columns of its key. */
  readonly key: string;
}

/** What a read model makes of the log. All it knows it keeps in its tables: it has no memory. */
export interface Projection {
  readonly name: string;
  /** Raised whenever the rows would differ; the tables are then dropped and built anew. */
  readonly version: number;
  readonly tables: readonly ProjectionTable[];
  /**
   * Takes events in, in the order of the log, each once, all of it in one transaction with the new
   * position. The rows must not depend on how the log was cut into batches. Throws where an event
   * cannot follow from the rows: the projection then halts, and nothing of the batch stands.
   */
  apply(events: readonly Recorded[], database: ReadModelDatabase): void;
  /**
   * Whether events of this type can change the rows: a rebuild hands no other to it. Without it, any
   * can.
   */
  readonly concerns?: ((type: Recorded['type']) => boolean) | undefined;
  /** Begins the way in of a rebuild, where there is a faster one than `apply` event by event. */
  readonly bulk?: (() => BulkFold) | undefined;
}

export interface IssuancesOfAccount extends IssuanceRun {
  readonly account: AccountId;
  /** Of the last of them. */
  readonly position: bigint;
}

/**
 * A projection that gathers in memory what the whole log comes to. It leaves exactly the rows that
 * `apply` would; what it keeps is bounded by the rows, not by the log. Stretches of the log can be
 * gathered apart, each by a fold of its own, and put together in any order.
 */
export interface BulkFold {
  /** The next event in the order of the log. Throws where one cannot be taken in. */
  take(event: Recorded): void;
  /**
   * As `take` of each of them, in any order with the other events of a part. A fold that has this
   * method is given issuances so wherever their texts allow it: they are nearly the whole log.
   */
  readonly takeIssuances?: (run: IssuancesOfAccount) => void;
  /** What it has gathered since the last flush. Survives structured cloning. */
  gathered(): unknown;
  /** Takes in what another fold of the same projection has gathered. */
  add(gathered: unknown): void;
  /** Writes what was gathered since the last flush, in the transaction that is open. */
  flush(database: ReadModelDatabase): void;
}

const CUSTODY_CATEGORY = 'custody-';

/** An entry in the stream of an account. */
export interface AccountEntry {
  readonly account: AccountId;
  readonly event: Recorded<CustodyEvent>;
}

/** The event as an entry of its account, or null when it stands in a stream of another category. */
export function accountEntry(event: Recorded): AccountEntry | null {
  if (!event.stream.startsWith(CUSTODY_CATEGORY)) return null;
  const account = accountOfStream(event.stream);
  if (account === null) throw new Error(`the stream ${event.stream} names no account`);
  // The codec lets no event of another category into these streams.
  return { account, event: event as Recorded<CustodyEvent> };
}
