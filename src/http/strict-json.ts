import { Problem } from './problem.js';

/** Deepest nesting of objects and lists a body may have. */
export const MAX_JSON_DEPTH = 20;

// What every object inherits is no field of any body, and checks that look fields up by name could
// take the inherited one for a declared one.
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const WHOLE = /^(?:0|-?[1-9][0-9]{0,15})$/;
// Of well-formed JSON these are all tokens that matter: strings, numbers, and what nests.
const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[{}[\],:]/g;

/**
 * Reads a body that has one meaning only: UTF-8, no name twice in an object, whole numbers that
 * JavaScript holds exactly, at most {@link MAX_JSON_DEPTH} levels. O(size).
 * @throws {Problem} `json_malformed` and the other `json_…`, `body_required` where it is no object
 */
export function parseStrictJson(bytes: Buffer): object {
  const text = decode(bytes);
  if (text.trim() === '') throw new Problem('body_required');
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem('body_required');
  checkTokens(text);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Problem('json_malformed');
  }
}

function parse(text: string): unknown {
  try {
    // The parser's own message would repeat parts of the body.
    return JSON.parse(text) as unknown;
  } catch {
    throw new Problem('json_malformed');
  }
}

/** Only called on well-formed JSON, so that a string followed by a colon is a name. */
function checkTokens(text: string): void {
  const names: (Set<string> | null)[] = [];
  let lastString = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith('"')) lastString = token;
    else if (token === ':') checkName(JSON.parse(lastString) as string, names.at(-1) ?? null);
    else if (token === '}' || token === ']') names.pop();
    else if (token === '{' || token === '[') {
      names.push(token === '{' ? new Set() : null);
      if (names.length > MAX_JSON_DEPTH) throw new Problem('json_too_deep');
    } else if (token !== ',') checkNumber(token);
  }
}

function checkName(name: string, siblings: Set<string> | null): void {
  if (FORBIDDEN_KEYS.has(name)) throw new Problem('json_forbidden_key');
  if (siblings?.has(name)) throw new Problem('json_duplicate_key');
  siblings?.add(name);
}

function checkNumber(token: string): void {
  if (!WHOLE.test(token) || !Number.isSafeInteger(Number(token)))
    throw new Problem('json_number_inexact');
}
