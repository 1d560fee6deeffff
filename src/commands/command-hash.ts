import { hash } from 'node:crypto';
import type { Approval } from '../custody/account/events.js';
import { SerialSet } from '../custody/serials/serial-set.js';
import { canonicalJson } from '../event-store/codec/canonical-json.js';
import type { JsonValue } from '../event-store/event-store.js';

/** Namespace of event ids (UUIDv5). Permanent: changing it would change every id. */
const EVENT_ID_NAMESPACE = Buffer.from('6f0d3b1e5a7e5c1b9a430d1c7be6a2f4', 'hex');
const NAMESPACE_BYTES = EVENT_ID_NAMESPACE.length;
const VARIANTS = '89ab';

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A command's own fields as JSON: serial sets in normal form, so that spelling does not matter. */
function toJson(value: unknown): JsonValue {
  if (value instanceof SerialSet) return toJson(value.toJson());
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  const fields: Record<string, JsonValue> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field !== undefined && key !== 'approval') fields[key] = toJson(field);
  }
  return fields;
}

export interface CommandIdentity {
  readonly name: string;
  readonly stream: string;
  readonly commandId: string;
  /** Without persons. */
  readonly command: object;
  readonly approval: Approval | null;
}

export interface CommandHashes {
  /** What an approval binds to: the content with the command id, without the approval. */
  readonly contentHash: string;
  /** What a retry must equal: the content with the approval. */
  readonly commandHash: string;
}

export function hashCommand({
  name,
  stream,
  commandId,
  command,
  approval,
}: CommandIdentity): CommandHashes {
  const contentHash = sha256(canonicalJson({ name, stream, commandId, content: toJson(command) }));
  const approved = approval === null ? 'null' : canonicalJson(toJson(approval));
  // Canonical JSON as it stands: the names are in order, and a hash has nothing to escape.
  const commandHash = sha256(`{"approval":${approved},"contentHash":"${contentHash}"}`);
  return { contentHash, commandHash };
}

/**
 * UUIDv5 over stream, command, index and the SHA-256 of data and metadata: a store recognises a
 * retry by ids alone, so ids bind the content. `data` and `metadata` are canonical JSON.
 */
export function eventIdOf(
  {
    stream,
    commandId,
    index,
  }: { readonly stream: string; readonly commandId: string; readonly index: number },
  data: string,
  metadata: string,
): string {
  const content = sha256(`${data}\n${metadata}`);
  const name = `${stream}\n${commandId}\n${String(index)}\n${content}`;
  return nameBasedUuid(name);
}

/** UUID of version 5 (RFC 9562, section 5.5): SHA-1 over namespace and name, in lower case. */
function nameBasedUuid(name: string): string {
  const bytes = Buffer.allocUnsafe(NAMESPACE_BYTES + Buffer.byteLength(name));
  EVENT_ID_NAMESPACE.copy(bytes);
  bytes.write(name, NAMESPACE_BYTES, 'utf8');
  const digest = hash('sha1', bytes, 'hex');
  // Two bits of the variant (10) stand before two of the hash.
  const variant = VARIANTS[Number.parseInt(digest.charAt(16), 16) & 3] ?? '';
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
