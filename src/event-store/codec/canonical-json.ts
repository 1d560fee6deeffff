import { AppendRefused, type JsonValue } from '../event-store.js';
import { layoutOf } from './object-layout.js';

/** Nesting deeper than this is refused: it bounds the walk, and it is how a cycle is noticed. */
export const MAX_JSON_DEPTH = 64;

/**
 * The one JSON text of a value, by RFC 8785 (JSON Canonicalization Scheme), narrowed to what this
 * ledger stores: equal values give equal bytes, and `canonicalJson(JSON.parse(text)) === text`.
 * Checked and written in one walk; the property tests hold it equal to the package `canonicalize`.
 *
 * Refused, because it would not survive being parsed and canonicalised again, or only by luck:
 * numbers that are not safe integers (and −0, which JSON writes as 0), undefined, BigInt, functions,
 * symbols and symbol keys, lone surrogates, keys named `__proto__`, holes in arrays, anything that is
 * not a plain object, and nesting deeper than {@link MAX_JSON_DEPTH}.
 *
 * @param at JSON pointer (RFC 6901) of the value, for the message
 * @throws {AppendRefused} naming the JSON pointer of an offence
 */
export function canonicalJson(value: JsonValue, at = ''): string {
  return textOf(value, { at, keys: [] });
}

/** Where the walk stands; the pointer is put together only for an offender. */
interface Path {
  readonly at: string;
  readonly keys: (string | number)[];
}

function textOf(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
      return quoted(value, path);
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused(path, `${value} is not a safe integer`);
      if (Object.is(value, -0)) throw refused(path, 'is minus zero');
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (path.keys.length === MAX_JSON_DEPTH) throw refused(path, 'is nested too deeply');
      return Array.isArray(value)
        ? arrayText(value, path)
        : objectText(value as Record<string, unknown>, path);
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      throw refused(path, `is of type ${typeof value}`);
  }
}

/** Printable ASCII but for the quotation mark and the backslash: written as it is. */
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/;

function quoted(text: string, path: Path): string {
  if (NEEDS_NO_ESCAPE.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw refused(path, 'has a lone surrogate');
  return JSON.stringify(text);
}

function arrayText(array: readonly unknown[], path: Path): string {
  let text = '[';
  for (let index = 0; index < array.length; index++) {
    path.keys.push(index);
    text += (index === 0 ? '' : ',') + textOf(array[index], path);
    path.keys.pop();
  }
  return `${text}]`;
}

function objectText(object: Record<string, unknown>, path: Path): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  // Then compared by shape, so that objects of another realm are plain too.
  if (prototype !== Object.prototype && prototype !== null) {
    if (Object.getPrototypeOf(prototype) !== null) throw refused(path, 'is not a plain object');
  }
  if (Object.getOwnPropertySymbols(object).length > 0) throw refused(path, 'has a symbol key');
  const { keys, openings, badKey } = layoutOf(Object.keys(object));
  if (badKey !== null) {
    path.keys.push(badKey.key);
    throw refused(path, badKey.why);
  }
  let text = '';
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    path.keys.push(key);
    text += (openings[index] as string) + textOf(object[key], path);
    path.keys.pop();
  }
  return text === '' ? '{}' : `${text}}`;
}

function refused(path: Path, why: string): AppendRefused {
  const tokens = path.keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'));
  const pointer = [path.at, ...tokens].join('/');
  return new AppendRefused(`${pointer === '' ? 'the value' : pointer} ${why}`);
}
