import { DELETED_REVISION, type StoredEvent } from './stored-event.js';

/** What the metadata of a stream says about which of its events are there to be read. */
export interface StreamMetadata {
  readonly maxAgeSeconds: number | null;
  readonly maxCount: number | null;
  /** Revisions before this one are gone; {@link DELETED_REVISION} after a soft delete. */
  readonly truncateBefore: bigint | null;
}

export const NO_METADATA: StreamMetadata = {
  maxAgeSeconds: null,
  maxCount: null,
  truncateBefore: null,
};

/** Of the streams that hold metadata: only the latest counts. */
export const METADATA_OF_METADATA: StreamMetadata = { ...NO_METADATA, maxCount: 1 };

/** The bytes of a soft delete. */
export const SOFT_DELETE = Buffer.from(`{"$tb":${DELETED_REVISION}}`);

/** Metadata that is no JSON object, or that has a member of a wrong kind, counts as none. */
export function metadataIn(event: StoredEvent | null): StreamMetadata {
  const members = event === null ? {} : objectIn(event.data);
  const maxAgeSeconds = members.$maxAge ?? null;
  const maxCount = members.$maxCount ?? null;
  const truncateBefore = members.$tb ?? null;
  if (!isCount(maxAgeSeconds, 1) || !isCount(maxCount, 1) || !isCount(truncateBefore, 0)) {
    return NO_METADATA;
  }
  return {
    maxAgeSeconds,
    maxCount,
    truncateBefore: truncateBefore === null ? null : revisionOf(truncateBefore),
  };
}

export function isSoftDeleted({ truncateBefore }: StreamMetadata): boolean {
  return truncateBefore === DELETED_REVISION;
}

/** The metadata of a stream that comes to life again: the same, but for where it begins. */
export function revived(event: StoredEvent | null, firstRevision: bigint): Uint8Array {
  const members = event === null ? {} : objectIn(event.data);
  return Buffer.from(JSON.stringify({ ...members, $tb: Number(firstRevision) }));
}

function objectIn(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isCount(value: unknown, least: number): value is number | null {
  return value === null || (Number.isInteger(value) && Number(value) >= least);
}

/** JSON's number of the largest revision is 2^63, one too many. */
function revisionOf(number: number): bigint {
  const revision = BigInt(number);
  return revision > DELETED_REVISION ? DELETED_REVISION : revision;
}
