import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { AppendRefused, type JsonValue } from '../event-store.js';
import { canonicalJson, MAX_JSON_DEPTH } from './canonical-json.js';

const anyString = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('2', '10'));
const key = anyString.filter((text) => text !== '__proto__');
const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.maxSafeInteger(), anyString);
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: false }),
  ),
})).value;

/** The same value with every object's keys inserted in another order. */
function reordered(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => reordered(item));
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, item]) => [name, reordered(item)]));
}

/** A container chain of `depth` levels. */
function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function refusal(value: unknown, at?: string): string {
  try {
    canonicalJson(value as JsonValue, at);
  } catch (error) {
    expect(error).toBeInstanceOf(AppendRefused);
    return (error as AppendRefused).message;
  }
  throw new Error('it was not refused');
}

describe('canonical JSON', () => {
  it('survives parsing and canonicalising again, and means the same', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        const parsed = JSON.parse(text) as JsonValue;
        expect(canonicalJson(parsed)).toBe(text);
        expect(parsed).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  it('is what RFC 8785 says, in whatever order keys were set', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(text).toBe(canonicalize(value));
        expect(canonicalJson(reordered(value))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('holds no raw line feed, by which the log parts events', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).not.toContain('\n');
      }),
    );
    expect(canonicalJson({ '\n': '\n' })).toBe(String.raw`{"\n":"\n"}`);
  });

  it('sorts keys by UTF-16 code units (the example of RFC 8785, 3.2.3)', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '\u{1f600}': 5,
      '\u0080': 6,
      '\u00f6': 7,
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
  });

  it('refuses every number that is not a safe integer', () => {
    const unsafe = fc
      .double()
      .filter((number) => !Number.isSafeInteger(number) || Object.is(number, -0));
    fc.assert(
      fc.property(unsafe, (number) => {
        expect(refusal({ count: [0, number] })).toContain('/count/1 ');
      }),
    );
    expect(refusal({ a: -0 })).toBe('/a is minus zero');
    expect(refusal([2 ** 53])).toContain('/0 ');
    expect(canonicalJson([2 ** 53 - 1, -(2 ** 53) + 1])).toBe(
      '[9007199254740991,-9007199254740991]',
    );
  });

  it.each<[string, unknown, string]>([
    ['undefined', { a: [1, { b: undefined }] }, '/a/1/b '],
    ['a hole', { a: Array.from({ length: 2 }, () => 1).concat(new Array<number>(1)) }, '/a/2 '],
    ['BigInt', { quantity: 7n }, '/quantity '],
    ['a function', { f: () => 1 }, '/f '],
    ['a symbol', { s: Symbol('s') }, '/s '],
    ['a symbol key', { a: { [Symbol('s')]: 1 } }, '/a '],
    ['a lone surrogate', ['ok', 'bad \ud800'], '/1 '],
    ['a lone surrogate in a key', { 'x\udfff': 1 }, '/x'],
    ['a key __proto__', JSON.parse('{"a":{"__proto__":1}}'), '/a/__proto__ '],
    ['a Date', { when: new Date(0) }, '/when '],
    ['a Map', new Map(), 'the value '],
    ['a boxed number', { n: Object(1) as unknown }, '/n '],
    ['bytes', { bytes: new Uint8Array(1) }, '/bytes '],
    ['toJSON', { toJSON: () => 1 }, '/toJSON '],
    ['a key that needs escaping', { 'a/b~c': 1.5 }, '/a~1b~0c '],
    ['nothing at all', undefined, 'the value '],
  ])('refuses %s, naming its pointer', (_, value, pointer) => {
    expect(refusal(value)).toContain(pointer);
  });

  it('refuses instances of classes and takes objects without a prototype', () => {
    class Quantity {
      readonly blanks = 1;
    }
    expect(refusal({ a: new Quantity() })).toBe('/a is not a plain object');
    expect(canonicalJson(Object.assign(Object.create(null), { a: 1 }) as JsonValue)).toBe(
      '{"a":1}',
    );
  });

  it('bounds nesting, and so ends on a cycle', () => {
    expect(canonicalJson(nested(MAX_JSON_DEPTH))).toContain('1');
    expect(refusal(nested(MAX_JSON_DEPTH + 1))).toContain('nested too deeply');
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(refusal(cycle)).toContain('nested too deeply');
  });

  it('puts the given pointer before its own', () => {
    expect(refusal({ a: 0.5 }, '/3/data')).toContain('/3/data/a ');
  });
});
