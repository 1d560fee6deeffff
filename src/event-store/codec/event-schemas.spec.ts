import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CustodyEventData } from '../../custody/account/events.js';
import { goldenFileOf, readGolden, recordedGolden } from '../../../test/support/golden-events.js';
import { ledgerEventOf } from '../../../test/support/ledger-event-arbitraries.js';
import type { JsonObject, JsonValue } from '../event-store.js';
import { canonicalJson } from './canonical-json.js';
import { decodeEvent, decodeEventStrict, encodeEvent, EVENT_TYPES } from './event-codec.js';
import type { LedgerEvent } from './ledger-event.js';
import { entryOf, serialSet } from './schemas/common.js';
import { MAX_LIST_LENGTH, MAX_TEXT_LENGTH, oneOf, text } from './schemas/shape.js';

/** The only fields that may be left out: a reason that no resident waits for. */
const OPTIONAL = /^\/byReason\//;

interface Spoilt {
  readonly pointer: string;
  readonly data: JsonObject;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every value of a JSON tree with its path, the root first. */
function* nodes(value: JsonValue, path: readonly string[] = []): Generator<readonly string[]> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value as JsonObject))
    yield* nodes(child, [...path, key]);
}

function valueAt(data: JsonObject, path: readonly string[]): JsonValue {
  return path.reduce<JsonValue>((value, key) => (value as JsonObject)[key] ?? null, data);
}

/** A copy of the data with the value at `path` replaced, or its key removed. */
function spoil(data: JsonObject, path: readonly string[], value: JsonValue | undefined): Spoilt {
  const copy = structuredClone(data);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string, JsonValue>;
  const key = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(parent, key);
  else parent[key] = value;
  return { pointer: `/${path.join('/')}`, data: copy };
}

function withoutEachField(data: JsonObject): readonly Spoilt[] {
  return [...nodes(data)]
    .filter((path) => path.length > 0 && isObject(valueAt(data, path.slice(0, -1))))
    .map((path) => spoil(data, path, undefined))
    .filter(({ pointer }) => !OPTIONAL.test(pointer));
}

function withEachTypeWrong(data: JsonObject): readonly Spoilt[] {
  return [...nodes(data)]
    .filter((path) => path.length > 0)
    .map((path) => spoil(data, path, typeof valueAt(data, path) === 'boolean' ? 0 : true));
}

function withEachNumberWrong(data: JsonObject): readonly Spoilt[] {
  return [...nodes(data)]
    .filter((path) => typeof valueAt(data, path) === 'number')
    .flatMap((path) => [0.5, -1, 2 ** 53].map((value) => spoil(data, path, value)));
}

function withUnknownField(data: JsonObject): readonly Spoilt[] {
  return [...nodes(data)]
    .filter((path) => isObject(valueAt(data, path)))
    .map((path) => spoil(data, [...path, 'unknown~/field'], 1));
}

/** Type and pointer as the message names them, or null when the data passed. */
function faultOf(type: LedgerEvent['type'], data: JsonObject): string | null {
  try {
    encodeEvent({ type, data } as unknown as LedgerEvent);
    return null;
  } catch (error) {
    return String(error);
  }
}

const TYPES = EVENT_TYPES.map(({ type }) => type);
const goldenData = (type: string): JsonObject => readGolden(goldenFileOf(type, 1)).data;

describe.each(TYPES)('the schema of %s', (type) => {
  it('takes every event the TypeScript type allows, through JSON and back', () => {
    fc.assert(
      fc.property(ledgerEventOf(type), (event) => {
        const encoded = encodeEvent(event);
        const stored = JSON.parse(canonicalJson(encoded.data)) as JsonObject;
        const { metadata } = recordedGolden(readGolden(goldenFileOf(type, 1)));
        const recorded = recordedGolden({
          ...encoded,
          data: stored,
          metadata: { ...metadata, schema: encoded.schema },
          sha256: '',
        });
        expect(decodeEvent(recorded)).toEqual(decodeEventStrict(recorded));
        expect(decodeEvent(recorded)).toMatchObject({ type, data: event.data });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses data that lack a field, naming it', () => {
    const cases = withoutEachField(goldenData(type));
    expect(cases.length).toBeGreaterThan(4);
    for (const { pointer, data } of cases) {
      expect(faultOf(type, data)).toBe(`InvariantViolation: ${type}${pointer} is missing`);
    }
  });

  it('refuses a value of a wrong type, naming it', () => {
    for (const { pointer, data } of withEachTypeWrong(goldenData(type))) {
      expect(faultOf(type, data)).toContain(`${type}${pointer} `);
    }
  });

  it('refuses a number that is broken, negative or not a safe integer', () => {
    for (const { pointer, data } of withEachNumberWrong(goldenData(type))) {
      expect(faultOf(type, data)).toContain(`${type}${pointer} `);
    }
  });

  it('refuses a field it does not know, at any depth', () => {
    const cases = withUnknownField(goldenData(type));
    expect(cases.length).toBeGreaterThan(1);
    for (const { pointer, data } of cases) {
      const escaped = pointer.replace('unknown~/field', 'unknown~0~1field');
      const expected = `${type}${escaped} is a field the schema does not know`;
      expect(faultOf(type, data)).toBe(`InvariantViolation: ${expected}`);
    }
  });
});

describe('rules beyond the form', () => {
  const spoiled = (change: Readonly<Record<string, unknown>>): string | null =>
    faultOf('BlanksSpoiled', { ...goldenData('BlanksSpoiled'), ...change } as JsonObject);
  const serials = (...batches: readonly (readonly [string, ...(readonly number[])[]])[]): unknown =>
    batches.map(([batch, ...ranges]) => ({ batch, ranges }));

  it.each([
    ['ranges that overlap', serials(['2017-A', [1, 10], [10, 20]])],
    ['ranges that touch', serials(['2017-A', [1, 10], [11, 20]])],
    ['ranges out of order', serials(['2017-A', [30, 40], [1, 10]])],
    ['a range that ends before it begins', serials(['2017-A', [10, 1]])],
    ['batches out of order', serials(['2017-B', [1, 1]], ['2017-A', [1, 1]])],
    ['a batch named twice', serials(['2017-A', [1, 1]], ['2017-A', [5, 5]])],
  ])('a serial set with %s is refused', (_what, value) => {
    expect(spoiled({ serials: value })).toContain('BlanksSpoiled/serials must pass');
  });

  it.each([
    ['an empty batch', '/serials/0/ranges', serials(['2017-A'])],
    ['a batch code in lower case', '/serials/0/batch', serials(['2017-a', [1, 1]])],
    ['serial number 0', '/serials/0/ranges/0/0', serials(['2017-A', [0, 1]])],
    ['ten digits', '/serials/0/ranges/0/1', serials(['2017-A', [1, 1_000_000_000]])],
    ['a range of three numbers', '/serials/0/ranges/0', serials(['2017-A', [1, 2, 3]])],
  ])('a serial set with %s is refused', (_what, pointer, value) => {
    expect(spoiled({ serials: value })).toContain(`BlanksSpoiled${pointer} `);
  });

  it.each([
    { value: '2017-02-30', precision: 'day', zone: 'Asia/Jakarta' },
    { value: '2017-02-28', precision: 'minute', zone: 'Asia/Jakarta' },
    { value: '2017-02-28T24:00', precision: 'minute', zone: 'Asia/Jakarta' },
  ])('$value to the $precision is no stated time', (occurredAt) => {
    expect(spoiled({ occurredAt })).toContain('BlanksSpoiled/occurredAt must pass');
  });

  it('instants and days are real ones', () => {
    const dispatched = goldenData('ShipmentDispatched');
    for (const expectedBy of ['2017-02-30T10:00:00Z', '2017-03-01T24:00:00Z', '2017-03-01']) {
      const fault = faultOf('ShipmentDispatched', { ...dispatched, expectedBy });
      expect(fault).toContain('ShipmentDispatched/expectedBy ');
    }
    const fault = faultOf('BatchProcured', {
      ...goldenData('BatchProcured'),
      signedOn: '2017-02-29',
    });
    expect(fault).toContain('BatchProcured/signedOn ');
  });

  it('texts and lists are bounded', () => {
    const note = 'ñ'.repeat(MAX_TEXT_LENGTH);
    expect(spoiled({ note })).toBeNull();
    expect(spoiled({ note: `${note}n` })).toContain('BlanksSpoiled/note ');
    const ranges = Array.from({ length: MAX_LIST_LENGTH }, (_, index) => [
      2 * index + 1,
      2 * index + 1,
    ]);
    expect(spoiled({ serials: serials(['2017-A', ...ranges]) })).toBeNull();
    const beyond = [2 * MAX_LIST_LENGTH + 1, 2 * MAX_LIST_LENGTH + 1];
    const fault = spoiled({ serials: serials(['2017-A', ...ranges, beyond]) });
    expect(fault).toContain('BlanksSpoiled/serials/0/ranges ');
  });

  it('a report of demand names at least one reason, and only known ones', () => {
    const report = goldenData('DemandReported');
    expect(faultOf('DemandReported', { ...report, byReason: { lost: 0 } })).toBeNull();
    expect(faultOf('DemandReported', { ...report, byReason: {} })).toContain('/byReason ');
    const unknown = { ...report, byReason: { holiday: 1 } };
    expect(faultOf('DemandReported', unknown)).toContain('/byReason/holiday is a field');
  });

  it('the compiler refuses a schema that differs from its type', () => {
    type Spoilage = CustodyEventData<'BlanksSpoiled'>;
    // @ts-expect-error -- a field is missing
    const tooFew = entryOf<Spoilage>({ serials: serialSet });
    // @ts-expect-error -- a field is too wide
    const tooWide = entryOf<Spoilage>({ serials: serialSet, cause: text() });
    // @ts-expect-error -- a field is too narrow
    const tooNarrow = entryOf<Spoilage>({ serials: serialSet, cause: oneOf(['misprint']) });
    const cause = oneOf(['misprint', 'chip_failure', 'printer_fault', 'wrong_data']);
    // @ts-expect-error -- a field is too many
    const tooMany = entryOf<Spoilage>({ serials: serialSet, cause, colour: text() });
    const schemas = [tooFew, tooWide, tooNarrow, tooMany].map(({ json }) => canonicalJson(json));
    expect(new Set(schemas).size).toBe(4);
  });
});
