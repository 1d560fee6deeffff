/** An event as it comes over the wire: any bytes, JSON or not. */
export interface ProposedEvent {
  /** UUID in lower case. */
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit and prepare position, which are the same for appends. */
  readonly position: bigint;
  /** Ticks of 100 ns since 1970. */
  readonly created: bigint;
}

/** Stands for the end of a revision's range: the tombstone has it, and `$tb` of a soft delete. */
export const DELETED_REVISION = 2n ** 63n - 1n;
export const METADATA_TYPE = '$metadata';
export const DELETED_TYPE = '$streamDeleted';

const METADATA_PREFIX = '$$';

export function metadataStreamOf(stream: string): string {
  return METADATA_PREFIX + stream;
}

/** The stream whose metadata a stream holds, or null for a stream that holds none. */
export function describedBy(stream: string): string | null {
  return stream.startsWith(METADATA_PREFIX) ? stream.slice(METADATA_PREFIX.length) : null;
}
