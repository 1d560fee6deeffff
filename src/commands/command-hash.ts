import { hash } from 'node:crypto';
import { v5 } from 'uuid';
import type { Approval } from '../custody/account/events.js';
import { SerialSet } from '../custody/serials/serial-set.js';
import { canonicalJson } from '../event-store/codec/canonical-json.js';
import type { JsonObject, JsonValue } from '../event-store/event-store.js';

/** Namespace of event ids (UUIDv5). Permanent: changing it would change every id. */
const EVENT_ID_NAMESPACE = Buffer.from('6f0d3b1e5a7e5c1b9a430d1c7be6a2f4', 'hex');

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A command's own fields as JSON: serial sets in normal form, so that spelling does not matter. */
function toJson(value: unknown): JsonValue {
  if (value instanceof SerialSet) return toJson(value.toJson());
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  const fields = Object.entries(value).filter(
    ([key, field]) => field !== undefined && key !== 'approval',
  );
  return Object.fromEntries(fields.map(([key, field]) => [key, toJson(field)]));
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
  const approved = approval === null ? null : (toJson(approval) as JsonObject);
  return { contentHash, commandHash: sha256(canonicalJson({ contentHash, approval: approved })) };
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
  // As bytes: the package's own way from text to UTF-8 costs as much as its hash.
  return v5(Buffer.from(name, 'utf8'), EVENT_ID_NAMESPACE);
}
