import assert from 'node:assert/strict';
import canonicalize from 'canonicalize';
import { AppendRefused, type JsonValue } from '../event-store.js';

/** Nesting deeper than this is refused: it bounds the walk, and it is how a cycle is noticed. */
export const MAX_JSON_DEPTH = 64;

/**
 * The one JSON text of a value, by RFC 8785 (JSON Canonicalization Scheme), narrowed to what this
 * ledger stores: equal values give equal bytes, and `canonicalJson(JSON.parse(text)) === text`.
 *
 * Refused, because it would not survive being parsed and canonicalised again, or only by luck:
 * numbers that are not safe integers (and −0, which JSON writes as 0), undefined, BigInt, functions,
 * symbols and symbol keys, lone surrogates, keys named `__proto__`, holes in arrays, anything that is
 * not a plain object, and nesting deeper than {@link MAX_JSON_DEPTH}.
 *
 * @param at JSON pointer (RFC 6901) of the value, for the message
 * @throws {AppendRefused} naming the JSON pointer of the first offence
 */
export function canonicalJson(value: JsonValue, at = ''): string {
  const sorted = checkValue(value, { at, keys: [] });
  // JSON.stringify writes exactly RFC 8785 when every object's keys already come in its order,
  // and it is several times faster. The property tests hold both paths equal.
  const text = sorted ? JSON.stringify(value) : canonicalize(value);
  assert(text !== undefined, 'a checked value has a JSON form');
  return text;
}

/** Where the walk stands; the pointer is put together only for an offender. */
interface Path {
  readonly at: string;
  readonly keys: (string | number)[];
}

/** Returns whether all keys in and below `value` are enumerated in canonical order. */
function checkValue(value: unknown, path: Path): boolean {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused(path, 'has a lone surrogate');
      return true;
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused(path, `${value} is not a safe integer`);
      if (Object.is(value, -0)) throw refused(path, 'is minus zero');
      return true;
    case 'boolean':
      return true;
    case 'object':
      if (value === null) return true;
      if (path.keys.length === MAX_JSON_DEPTH) throw refused(path, 'is nested too deeply');
      return Array.isArray(value)
        ? checkArray(value, path)
        : checkObject(value as Record<string, unknown>, path);
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      throw refused(path, `is of type ${typeof value}`);
  }
}

function checkArray(array: readonly unknown[], path: Path): boolean {
  let sorted = true;
  for (let index = 0; index < array.length; index++) {
    path.keys.push(index);
    if (!checkValue(array[index], path)) sorted = false;
    path.keys.pop();
  }
  return sorted;
}

function checkObject(object: Record<string, unknown>, path: Path): boolean {
  // Compared by shape, not with Object.prototype, so that objects of another realm are plain too.
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw refused(path, 'is not a plain object');
  }
  if (Object.getOwnPropertySymbols(object).length > 0) throw refused(path, 'has a symbol key');
  let sorted = true;
  let previous = '';
  for (const key of Object.keys(object)) {
    path.keys.push(key);
    if (key === '__proto__') throw refused(path, 'is a key named __proto__');
    if (!key.isWellFormed()) throw refused(path, 'has a lone surrogate in its key');
    if (previous > key) sorted = false;
    previous = key;
    if (!checkValue(object[key], path)) sorted = false;
    path.keys.pop();
  }
  return sorted;
}

function refused(path: Path, why: string): AppendRefused {
  const tokens = path.keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'));
  const pointer = [path.at, ...tokens].join('/');
  return new AppendRefused(`${pointer === '' ? 'the value' : pointer} ${why}`);
}
