import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../src/event-store/codec/canonical-json.js';
import {
  decodeEvent,
  decodeEventStrict,
  encodeEvent,
  encodeMetadata,
  EVENT_TYPES,
} from '../../src/event-store/codec/event-codec.js';
import type { JsonObject } from '../../src/event-store/event-store.js';
import { goldenFileOf, goldenFiles, readGolden, recordedGolden } from '../support/golden-events.js';

/*
 * What is stored is permanent. These files stand for ledgers that exist: when one of them fails,
 * the code is wrong, not the file. A new version of a type adds a file and leaves the others.
 */

function canonicalText(event: {
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}): string {
  return canonicalJson({ data: event.data, metadata: event.metadata, type: event.type });
}

describe('the golden events', () => {
  it('are one for each type and version, and no others', () => {
    const wanted = EVENT_TYPES.flatMap(({ type, schemas }) =>
      schemas.map((_schema, index) => goldenFileOf(type, index + 1)),
    );
    expect(goldenFiles()).toEqual(wanted.sort());
  });

  it.each(goldenFiles())('%s has the bytes it was committed with', (file) => {
    const golden = readGolden(file);
    expect(file).toBe(goldenFileOf(golden.type, golden.schema));
    expect(golden.metadata.schema).toBe(golden.schema);
    const bytes = canonicalText(golden);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.sha256);
  });

  it.each(goldenFiles())('%s is read, and fits its schema in full', (file) => {
    const recorded = recordedGolden(readGolden(file));
    expect(decodeEvent(recorded)).toEqual(decodeEventStrict(recorded));
  });

  const current = EVENT_TYPES.map(({ type, version }) => goldenFileOf(type, version));
  it.each(current)('%s is written again byte for byte', (file) => {
    const golden = readGolden(file);
    const decoded = decodeEventStrict(recordedGolden(golden));
    const { type, schema, data } = encodeEvent(decoded);
    expect(schema).toBe(golden.schema);
    const metadata = encodeMetadata(decoded.metadata);
    expect(canonicalText({ type, data, metadata })).toBe(canonicalText(golden));
  });
});
