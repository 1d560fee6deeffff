import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { goldenFileOf, readGolden } from '../../../test/support/golden-events.js';
import {
  SPOILAGE_CAUSES,
  type CustodyEventData,
  type SpoilageCause,
} from '../../custody/account/events.js';
import { openEmbeddedStore } from '../embedded/embedded-store.js';
import { LogCorrupt, type EventToAppend, type RecordedEvent } from '../event-store.js';
import {
  createCodec,
  encodeEvent,
  EVENT_TYPES,
  type Codec,
  type Provenance,
} from './event-codec.js';
import type { EventSchemas } from './event-types.js';
import type { LedgerEvent } from './ledger-event.js';
import { entryOf, serialSet } from './schemas/common.js';
import { listOf, oneOf, text } from './schemas/shape.js';
import type { Upcaster } from './upcasters.js';

/*
 * What a second version of a type takes: its shape, the schema kept of the first, one upcaster.
 * Here a spoilage gets several causes where it had one.
 */
type SpoilageV1 = CustodyEventData<'BlanksSpoiled'>;
type SpoilageV2 = Omit<SpoilageV1, 'cause'> & { readonly causes: readonly SpoilageCause[] };
interface BlanksSpoiledV2 {
  readonly type: 'BlanksSpoiled';
  readonly data: SpoilageV2;
}
type EventV2 = Exclude<LedgerEvent, { type: 'BlanksSpoiled' }> | BlanksSpoiledV2;

const version2 = entryOf<SpoilageV2>({
  serials: serialSet,
  causes: listOf(oneOf(SPOILAGE_CAUSES), { least: 1 }),
}).json;
const version3 = entryOf<SpoilageV2 & { readonly shift: string }>({
  serials: serialSet,
  causes: listOf(oneOf(SPOILAGE_CAUSES), { least: 1 }),
  shift: text(),
}).json;

const toVersion2: Upcaster = {
  type: 'BlanksSpoiled',
  fromVersion: 1,
  upcast: ({ cause = null, ...rest }) => ({ ...rest, causes: [cause] }),
};
const toVersion3: Upcaster = {
  type: 'BlanksSpoiled',
  fromVersion: 2,
  upcast: (data) => ({ ...data, shift: 'unknown' }),
};

function schemasWith(...later: readonly EventSchemas['schemas'][number][]): EventSchemas[] {
  return EVENT_TYPES.map((known) =>
    known.type === 'BlanksSpoiled' ? { ...known, schemas: [...known.schemas, ...later] } : known,
  );
}

const codecV2 = createCodec<EventV2>({ schemas: schemasWith(version2), upcasters: [toVersion2] });
const codecV3 = createCodec<EventV2>({
  schemas: schemasWith(version2, version3),
  upcasters: [toVersion3, toVersion2],
});

const golden = readGolden(goldenFileOf('BlanksSpoiled', 1));
const STREAM = 'custody-31.75.07.1004';
const { cause, ...withoutCause } = golden.data as unknown as SpoilageV1;

/** The event as the executor hands it to the store. */
function toAppend(encoded: ReturnType<Codec<EventV2>['encodeEvent']>, id: string): EventToAppend {
  const { type, schema, data } = encoded;
  return { id, type, data, metadata: { ...golden.metadata, schema } };
}

function spoilage(event: EventV2 & Provenance): SpoilageV2 {
  if (event.type !== 'BlanksSpoiled') throw new Error(`read ${event.type} instead`);
  return event.data;
}

describe('a second version of a type, in a ledger on disk', () => {
  let folder: string;
  let store: ReturnType<typeof openEmbeddedStore>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blangko-upcasters-'));
    store = openEmbeddedStore({ file: join(folder, 'ledger.db'), mode: 'writer' });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  /** Writes one event by today's program and one by the next, and reads the file anew. */
  async function writeBoth(): Promise<readonly [RecordedEvent, RecordedEvent]> {
    const v1 = encodeEvent({ type: 'BlanksSpoiled', data: { ...withoutCause, cause } });
    await store.append(STREAM, 'no_stream', [toAppend(v1, '0c9d2a10-5a3e-5d0f-9a51-7e1f0a5b1c01')]);
    const v2 = codecV2.encodeEvent({
      type: 'BlanksSpoiled',
      data: { ...withoutCause, causes: ['misprint', 'water_or_fire'] },
    });
    expect(v2.schema).toBe(2);
    await store.append(STREAM, 0n, [toAppend(v2, '0c9d2a10-5a3e-5d0f-9a51-7e1f0a5b1c02')]);
    await store.close();
    store = openEmbeddedStore({ file: join(folder, 'ledger.db'), mode: 'writer' });
    const events: RecordedEvent[] = [];
    for await (const batch of store.readStream(STREAM)) events.push(...batch);
    const [first, second, ...others] = events;
    if (first === undefined || second === undefined) throw new Error('two events were written');
    expect(others).toEqual([]);
    return [first, second];
  }

  it('the first is read as the second, and the file keeps what was written', async () => {
    const [first] = await writeBoth();
    for (const decode of [codecV2.decodeEvent, codecV2.decodeEventStrict]) {
      const event = decode(first);
      expect(spoilage(event)).toEqual({ ...withoutCause, causes: ['misprint'] });
      expect(event.metadata.schema).toBe(1);
    }
    expect(first.data).toEqual(golden.data);
  });

  it('the second comes back as it was written', async () => {
    const [, second] = await writeBoth();
    const event = codecV2.decodeEventStrict(second);
    expect(spoilage(event)).toEqual({ ...withoutCause, causes: ['misprint', 'water_or_fire'] });
    expect(codecV2.encodeEvent(event).data).toEqual(second.data);
  });

  it('steps are chained up to a third', async () => {
    const [first, second] = await writeBoth();
    expect(codecV3.decodeEventStrict(first).data).toMatchObject({
      causes: ['misprint'],
      shift: 'unknown',
    });
    expect(codecV3.decodeEventStrict(second).data).toMatchObject({
      causes: ['misprint', 'water_or_fire'],
      shift: 'unknown',
    });
  });

  it('a program that does not know the third stops at it', async () => {
    await writeBoth();
    const data = { ...withoutCause, causes: [cause], shift: 'night' };
    const v3 = codecV3.encodeEvent({ type: 'BlanksSpoiled', data });
    await store.append(STREAM, 1n, [toAppend(v3, '0c9d2a10-5a3e-5d0f-9a51-7e1f0a5b1c03')]);
    const reading = async (): Promise<void> => {
      for await (const batch of store.readStream(STREAM)) batch.map(codecV2.decodeEvent);
    };
    await expect(reading()).rejects.toThrow(LogCorrupt);
    await expect(reading()).rejects.toThrow(
      /BlanksSpoiled at custody-31\.75\.07\.1004 revision 2, position \d+ is of version 3; .* 2$/,
    );
  });

  it('an upcaster that makes a bad shape stops the reader', async () => {
    const [first] = await writeBoth();
    const forgetful: Upcaster = { ...toVersion2, upcast: ({ serials = [] }) => ({ serials }) };
    const codec = createCodec<EventV2>({ schemas: schemasWith(version2), upcasters: [forgetful] });
    expect(() => codec.decodeEvent(first)).toThrow(LogCorrupt);
    expect(() => codec.decodeEvent(first)).toThrow(
      'upcast from version 1: data/occurredAt is miss',
    );
  });
});

describe('a codec is not made', () => {
  const make = (schemas: readonly EventSchemas[], upcasters: readonly Upcaster[]) => () =>
    createCodec<EventV2>({ schemas, upcasters });

  it('when a step is missing', () => {
    expect(make(schemasWith(version2), [])).toThrow('is at version 2 and has 0 upcasters');
    expect(make(schemasWith(version2, version3), [toVersion2])).toThrow('has 1 upcasters');
  });

  it('when a step is given twice', () => {
    const twice = [toVersion2, toVersion2];
    expect(make(schemasWith(version2, version3), twice)).toThrow('has 2 upcasters from version 1');
  });

  it('when a step leads beyond the last version', () => {
    const ahead = [toVersion2, toVersion3];
    expect(make(schemasWith(version2), ahead)).toThrow('is at version 2 and has 2 upcasters');
  });

  it('when a step is for a type that is not there', () => {
    const stray = { ...toVersion2, type: 'BlanksEaten' };
    expect(make([...EVENT_TYPES], [stray])).toThrow('unknown type BlanksEaten');
  });

  it('when a type is given twice', () => {
    expect(make([...EVENT_TYPES, ...EVENT_TYPES], [])).toThrow('each event type is given once');
  });

  it('when a type has no schema', () => {
    expect(make([{ type: 'BlanksEaten', category: 'custody', schemas: [] }], [])).toThrow(
      'BlanksEaten has a schema',
    );
  });
});
