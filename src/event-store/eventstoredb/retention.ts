import type { EventStoreDBClient } from '@eventstore/db-client';
import { readingError } from './client-errors.js';
import { withinTime } from './within-time.js';

/** The server is set to forget events. A ledger is not to be kept there until that is undone. */
export class RetentionSet extends Error {
  override readonly name = 'RetentionSet';
}

/** As the client names them: a greatest age, a greatest count, a first revision kept. */
const FORGETTING = ['maxAge', 'maxCount', 'truncateBefore'] as const;
const LOOK_MS = 10_000;

/**
 * @param stream of the ledger, or `$all`
 * @throws {RetentionSet} its metadata let events be removed
 * @throws {StoreUnavailable}
 */
export async function refuseRetention(client: EventStoreDBClient, stream: string): Promise<void> {
  const { metadata } = await metadataOf(client, stream);
  const set = FORGETTING.find((key) => metadata?.[key] !== undefined);
  if (set !== undefined) throw setTo(stream, set, metadata?.[set]);
}

export function setTo(stream: string, key: string, value: unknown): RetentionSet {
  return new RetentionSet(
    `the metadata of ${stream} sets ${key} to ${String(value)}: the server would remove events of the ledger`,
  );
}

async function metadataOf(client: EventStoreDBClient, stream: string) {
  try {
    return await withinTime(client.getStreamMetadata(stream), LOOK_MS, 'metadata was not read');
  } catch (error) {
    throw readingError(error);
  }
}
