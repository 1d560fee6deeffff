import type { CustodyEvent } from '../custody/account/events.js';
import { accountOfStream, type AccountId } from '../custody/account/account-id.js';
import type { Recorded } from '../event-store/codec/ledger-event.js';
import type { LogSegment } from './log-segment.js';
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
   * Takes the next stretch of the log in, all of it in one transaction with the new position: a single
   * event as it comes, or, in a rebuild, some hundred thousand, for which it should touch each row once,
   * in key order. The rows must not depend on how the log was cut. Throws where an event cannot follow from
   * the rows: the projection then halts, and nothing of the stretch stands.
   */
  apply(segment: LogSegment, database: ReadModelDatabase): void;
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
