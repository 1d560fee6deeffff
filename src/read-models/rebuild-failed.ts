import { streamOfAccount } from '../custody/account/account-id.js';
import { after, singly, upTo, type LogSegment } from './log-segment.js';
import type { Projection } from './projection.js';
import type { ReadModelDatabase } from './read-model-database.js';
import type { Halt } from './registry.js';

/** A projection would not take an event in: nothing was swapped, the old file still serves. */
export class RebuildFailed extends Error {
  override readonly name = 'RebuildFailed';
  constructor(
    readonly projection: string,
    readonly halt: Halt,
  ) {
    super(`${projection} halted at position ${halt.position ?? 'unknown'}: ${halt.reason}`);
  }
}

/** Where the only event of a segment stands. */
export function placeOf({ events: [event], issuances }: LogSegment): Omit<Halt, 'reason'> {
  if (event !== undefined) {
    const { position, stream, revision } = event;
    return { position: String(position), stream, revision: String(revision) };
  }
  const account = issuances.accounts[issuances.account[0] ?? 0];
  return {
    position: String(issuances.position[0]),
    stream: account === undefined ? null : streamOfAccount(account),
    revision: String(issuances.revision[0]),
  };
}

/** Stretches of no more events are taken in one by one. */
const FEW_EVENTS = 64;

/**
 * The first event of a stretch that a projection does not take in, found by halving; null when it takes in
 * all of them so. Changes the rows: to be called in a transaction that is then rolled back.
 */
export function firstFault(
  projection: Projection,
  segment: LogSegment,
  database: ReadModelDatabase,
): Halt | null {
  if (segment.size <= FEW_EVENTS) {
    for (const one of singly(segment)) {
      const reason = attempt(projection, one, database);
      if (reason !== null) return { ...placeOf(one), reason };
    }
    return null;
  }
  const middle = middleOf(segment);
  const first = upTo(segment, middle);
  if (attempt(projection, first, database) !== null) {
    const found = firstFault(projection, first, database);
    if (found !== null) return found;
  }
  return firstFault(projection, after(segment, middle), database);
}

/** A position with about as many events before it as after. */
function middleOf({ events, issuances }: LogSegment): bigint {
  const [event, row] = [events.length >>> 1, issuances.count >>> 1];
  return events.length > issuances.count
    ? (events[event - 1]?.position ?? 0n)
    : BigInt(issuances.position[row - 1] ?? 0);
}

/** Why not, or null; then nothing has changed. */
function attempt(
  projection: Projection,
  segment: LogSegment,
  database: ReadModelDatabase,
): string | null {
  database.exec('SAVEPOINT attempt');
  try {
    projection.apply(segment, database);
    database.exec('RELEASE attempt');
    return null;
  } catch (error) {
    database.exec('ROLLBACK TO attempt; RELEASE attempt');
    return error instanceof Error ? error.message : String(error);
  }
}
