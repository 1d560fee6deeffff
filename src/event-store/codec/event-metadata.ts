import { InvariantViolation } from '../../custody/assert.js';
import type { JsonObject } from '../event-store.js';
import type { Capture, EventMetadata } from './ledger-event.js';
import { instant, officer, revision, sha256 } from './schemas/common.js';
import { integer, nullable, objectOf, type Shape, text, textOf } from './schemas/shape.js';
import { schemaCheck } from './schema-validator.js';

const recordedAt = textOf(
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/,
  'date-time',
);

const METADATA: Shape<EventMetadata> = objectOf<EventMetadata>({
  schema: integer(1),
  actor: officer,
  commandId: text(1),
  commandHash: sha256,
  recordedAt,
  grantId: nullable(text(1)),
  accessRevision: nullable(revision),
  onBehalfOf: nullable(text(1)),
  capture: nullable(objectOf<Capture>({ device: text(1), capturedAt: instant })),
  correlationId: text(1),
  causationId: nullable(text(1)),
});

/** JSON Schema of the metadata of every event. */
export const METADATA_SCHEMA: JsonObject = METADATA.json;

export const metadataFault = schemaCheck(METADATA_SCHEMA);

/**
 * The metadata as it is stored.
 * @throws {InvariantViolation} naming the JSON pointer of what does not fit its schema
 */
export function encodeMetadata(metadata: EventMetadata): JsonObject {
  const fault = metadataFault(metadata);
  if (fault !== null) {
    throw new InvariantViolation(`metadata${fault.pointer} ${fault.message}`);
  }
  return { ...metadata, actor: { ...metadata.actor }, capture: copyOf(metadata.capture) };
}

function copyOf(capture: Capture | null): JsonObject | null {
  return capture === null ? null : { ...capture };
}

const TEXTS = ['commandId', 'commandHash', 'recordedAt', 'correlationId'] as const;
const NULLABLE_TEXTS = ['grantId', 'accessRevision', 'onBehalfOf', 'causationId'] as const;

/**
 * Whether metadata has every field in the right JSON type; forms are left to the full check.
 * Checked for each event read, so it allocates nothing.
 */
export function looksLikeMetadata(metadata: JsonObject): boolean {
  for (const field of TEXTS) {
    if (typeof metadata[field] !== 'string') return false;
  }
  for (const field of NULLABLE_TEXTS) {
    const value = metadata[field];
    if (typeof value !== 'string' && value !== null) return false;
  }
  return isVersion(metadata.schema) && isOfficer(metadata.actor) && isCapture(metadata.capture);
}

/** Whether a value can be the version of an event. */
export function isVersion(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function isOfficer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, role, facilityId } = value as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && typeof role === 'string' && typeof facilityId === 'string';
}

function isCapture(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const { device, capturedAt } = value as Readonly<Record<string, unknown>>;
  return typeof device === 'string' && typeof capturedAt === 'string';
}
