import { describe, expect, it } from '@jest/globals';
import { goldenFileOf, readGolden, recordedGolden } from '../../../test/support/golden-events.js';
import { CUSTODY_SCHEMA_VERSION } from '../../custody/account/events.js';
import { LogCorrupt, type JsonObject, type RecordedEvent } from '../event-store.js';
import {
  decodeEvent,
  decodeEventStrict,
  encodeEvent,
  encodeMetadata,
  EVENT_TYPES,
} from './event-codec.js';
import type { EventMetadata, LedgerEvent } from './ledger-event.js';

const spoiled = recordedGolden(readGolden(goldenFileOf('BlanksSpoiled', 1)));
const metadata = spoiled.metadata as unknown as EventMetadata;
const WHERE = 'event BlanksSpoiled at custody-31.75.07 revision 4, position 1204';

function withMetadata(change: JsonObject): RecordedEvent {
  return { ...spoiled, metadata: { ...spoiled.metadata, ...change } };
}

describe('the event types', () => {
  it('of custody are at the version that custody says it writes', () => {
    const versions = EVENT_TYPES.filter(({ category }) => category === 'custody').map(
      ({ version }) => version,
    );
    expect(new Set(versions)).toEqual(new Set([CUSTODY_SCHEMA_VERSION]));
  });

  it.each(EVENT_TYPES)('$type is named in the past tense, without a suffix', ({ type }) => {
    expect(type).toMatch(/^(?:[A-Z][a-z]+)+$/);
    expect(type).not.toMatch(/Event$/);
  });
});

describe('encoding', () => {
  it('gives the version and passes the data through', () => {
    const event = decodeEvent(spoiled);
    expect(encodeEvent(event)).toEqual({ type: 'BlanksSpoiled', schema: 1, data: spoiled.data });
    expect(encodeEvent(event).data).toBe(spoiled.data);
  });

  it('refuses a type that is not in the list', () => {
    const event = { type: 'BlanksEaten', data: spoiled.data } as unknown as LedgerEvent;
    expect(() => encodeEvent(event)).toThrow('unknown type BlanksEaten');
  });

  it.each([
    ['/recordedAt', { recordedAt: '2017-03-31T09:09:07Z' }],
    ['/recordedAt', { recordedAt: '2017-02-30T09:09:07.042Z' }],
    ['/commandHash', { commandHash: metadata.commandHash.toUpperCase() }],
    ['/schema', { schema: 0 }],
    ['/actor/id', { actor: { ...metadata.actor, id: '' } }],
    ['/accessRevision', { accessRevision: '012' }],
    ['/capture/device', { capture: { capturedAt: '2017-03-31T03:12:44Z' } }],
    ['/source', { source: 'http' }],
  ])('refuses metadata that are wrong at %s', (pointer, change) => {
    const wrong = { ...metadata, ...change } as unknown as EventMetadata;
    expect(() => encodeMetadata(wrong)).toThrow(`metadata${pointer} `);
  });

  it('refuses metadata that lack a field', () => {
    for (const field of Object.keys(metadata)) {
      const wrong = { ...metadata };
      Reflect.deleteProperty(wrong, field);
      expect(() => encodeMetadata(wrong)).toThrow(`metadata/${field} is missing`);
    }
  });
});

describe('decoding', () => {
  it('joins the event with where it stands', () => {
    const { id, stream, revision, position, type, data } = spoiled;
    const recorded = { id, stream, revision, position, type, data, metadata };
    expect(decodeEvent(spoiled)).toEqual(recorded);
  });

  it('stops at an unknown type', () => {
    const decode = () => decodeEvent({ ...spoiled, type: 'BlanksEaten' });
    expect(decode).toThrow(LogCorrupt);
    expect(decode).toThrow(
      'BlanksEaten at custody-31.75.07 revision 4, position 1204 is of an unk',
    );
  });

  it.each([
    ['2', 2],
    ['0', 0],
    ['1.5', 1.5],
    ['none', '1'],
    ['none', null],
  ])('stops at version %s', (shown, schema) => {
    const decode = () => decodeEvent(withMetadata({ schema }));
    expect(decode).toThrow(LogCorrupt);
    expect(decode).toThrow(`${WHERE} is of version ${shown}; this program knows up to version 1`);
  });

  it.each(['finding-31.75.07', 'custody', 'custodyX-31', 'demand-31'])(
    'stops at an entry of custody in stream %s',
    (stream) => {
      expect(() => decodeEvent({ ...spoiled, stream })).toThrow('belongs in a stream custody-…');
    },
  );

  it('stops at metadata whose fields are missing or of a wrong type', () => {
    for (const field of Object.keys(metadata).filter((name) => name !== 'schema')) {
      const without = { ...spoiled.metadata };
      Reflect.deleteProperty(without, field);
      const cases = [{ ...spoiled, metadata: without }, withMetadata({ [field]: 7 })];
      for (const recorded of cases) {
        expect(() => decodeEvent(recorded)).toThrow(`${WHERE} has malformed metadata`);
      }
    }
  });

  it.each(['id', 'role', 'facilityId'])('stops at an actor without %s', (field) => {
    const actor: Record<string, string> = { ...metadata.actor };
    Reflect.deleteProperty(actor, field);
    expect(() => decodeEvent(withMetadata({ actor }))).toThrow('malformed metadata');
  });

  it('trusts the data, which were checked when written; the strict form does not', () => {
    const altered = { ...spoiled, data: { ...spoiled.data, cause: 'eaten' } };
    expect(decodeEvent(altered).data).toBe(altered.data);
    const decode = () => decodeEventStrict(altered);
    expect(decode).toThrow(LogCorrupt);
    expect(decode).toThrow(`${WHERE} data/cause must be equal to one of the allowed values`);
  });

  it('checks the form of metadata only in the strict form', () => {
    const altered = withMetadata({ recordedAt: 'yesterday' });
    expect(decodeEvent(altered).metadata.recordedAt).toBe('yesterday');
    expect(() => decodeEventStrict(altered)).toThrow(`${WHERE} metadata/recordedAt `);
    const widened = withMetadata({ source: 'http' });
    expect(() => decodeEventStrict(widened)).toThrow('metadata/source is a field the schema does');
  });
});
