import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, RecordedEvent } from '../../src/event-store/event-store.js';
import { EVENT_TYPES } from '../../src/event-store/codec/event-codec.js';

/** A stored event of one type and version, as it was first committed. */
export interface GoldenEvent {
  readonly type: string;
  readonly schema: number;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  /** Lower-case hex SHA-256 of the canonical JSON of data, metadata and type. */
  readonly sha256: string;
}

const FOLDER = join(import.meta.dirname, '../golden/events');

/** File names of all golden events, sorted. */
export function goldenFiles(): readonly string[] {
  return readdirSync(FOLDER).sort();
}

export function goldenFileOf(type: string, version: number): string {
  return `${type}.v${version}.json`;
}

export function readGolden(file: string): GoldenEvent {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as GoldenEvent;
}

/** The golden event as a store would give it back. */
export function recordedGolden({ type, data, metadata }: GoldenEvent): RecordedEvent {
  const category = EVENT_TYPES.find((known) => known.type === type)?.category ?? 'custody';
  return {
    id: '5f0c4a0e-9c1e-5a44-a7d2-3b1f6f1d2c90',
    stream: `${category}-31.75.07`,
    revision: 4n,
    position: 1_204n,
    type,
    data,
    metadata,
  };
}
