import type { JsonObject, JsonValue } from '../../event-store.js';

interface Schema {
  readonly json: JsonObject;
}

/**
 * A JSON Schema (draft 2020-12) of the values of `T`, and of no others as far as the compiler can
 * tell: `T` stands in a parameter and in a result, so a schema of a wider or a narrower type is
 * refused. Types and schemas therefore cannot drift apart without the compiler noticing.
 */
export interface Shape<T> extends Schema {
  /** For the compiler alone; never set. */
  readonly values?: (value: T) => T;
}

/** One schema for each field of `T`, none missing and none too many. */
export type Fields<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

/** Most characters (code points) of any text in an event. */
export const MAX_TEXT_LENGTH = 4_000;
/** Most items of any list in an event, ranges included. */
export const MAX_LIST_LENGTH = 10_000;

/** Free text. */
export function text(minLength = 0, maxLength = MAX_TEXT_LENGTH): Shape<string> {
  return { json: { type: 'string', minLength, maxLength } };
}

/** Text of one form. `T` is the branded type of such text, if it has one. */
export function textOf<T extends string = string>(pattern: RegExp, format?: string): Shape<T> {
  const form = format === undefined ? {} : { format };
  return { json: { type: 'string', pattern: pattern.source, ...form } };
}

/** A safe integer within bounds, both inclusive. */
export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  return { json: { type: 'integer', minimum, maximum } };
}

export const truth: Shape<boolean> = { json: { type: 'boolean' } };

export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return { json: { type: 'string', enum: values } };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  const { type, ...rest } = shape.json;
  // A reference and a choice have no type of their own to widen.
  return typeof type === 'string' && type !== 'object'
    ? { json: { type: [type, 'null'], ...rest } }
    : { json: { anyOf: [shape.json, { type: 'null' }] } };
}

export function listOf<T>(
  items: Shape<T>,
  { least = 0, most = MAX_LIST_LENGTH } = {},
): Shape<readonly T[]> {
  return { json: { type: 'array', items: items.json, minItems: least, maxItems: most } };
}

export function pairOf<T>(items: Shape<T>): Shape<readonly [T, T]> {
  return { json: { type: 'array', items: items.json, minItems: 2, maxItems: 2 } };
}

/** An object with exactly these fields. */
export function objectOf<T>(fields: Fields<T>): Shape<T> {
  const entries = Object.entries(fields as Readonly<Record<string, Schema>>);
  const required = entries.map(([key]) => key);
  return { json: closed(entries, required) };
}

/** An object with at least one of the keys and no other. */
export function someOf<K extends string, V>(
  keys: readonly K[],
  value: Shape<V>,
): Shape<Readonly<Partial<Record<K, V>>>> {
  const entries = keys.map((key): [string, Schema] => [key, value]);
  return { json: { ...closed(entries, []), minProperties: 1 } };
}

/**
 * An object of one of the shapes, which the value of the field `tag` tells apart. `discriminator`
 * is OpenAPI's: it lets a fault be found in the shape that was meant.
 */
export function taggedBy<T extends readonly unknown[]>(
  tag: string,
  ...shapes: { readonly [I in keyof T]: Shape<T[I]> }
): Shape<T[number]> {
  const oneOf = shapes.map(({ json }) => json);
  return {
    json: { type: 'object', discriminator: { propertyName: tag }, oneOf },
  };
}

/** The same shape with a sentence on its meaning, for the reference. */
export function described<T>(shape: Shape<T>, description: string): Shape<T> {
  return { json: { ...shape.json, description } };
}

/** The same shape with one more rule, by a keyword that the validator knows; see keywords.ts. */
export function ruled<T>(shape: Shape<T>, keyword: string): Shape<T> {
  return { json: { ...shape.json, [keyword]: true } };
}

function closed(
  entries: readonly (readonly [string, Schema])[],
  required: readonly string[],
): Readonly<Record<string, JsonValue>> {
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, { json }]) => [key, json])),
    required,
    additionalProperties: false,
  };
}
