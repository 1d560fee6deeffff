import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from './problem.js';
import { MAX_JSON_DEPTH, parseStrictJson } from './strict-json.js';

function codeOf(text: string | Buffer): string {
  try {
    parseStrictJson(Buffer.from(text));
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
  return 'accepted';
}

describe('strict JSON', () => {
  it('reads what JSON.parse reads, where numbers are whole and names are plain', () => {
    const name = fc.string().filter((it) => !(it in Object.prototype) && it !== 'prototype');
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(name, tree, { noNullPrototype: true }),
        fc.nat(2),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const expected: unknown = JSON.parse(text);
          expect(parseStrictJson(Buffer.from(text))).toEqual(expected);
        },
      ),
    );
  });

  it.each([
    ['{"a":{"b":1,"b":2}}', 'json_duplicate_key'],
    ['{"a":1,"\\u0061":2}', 'json_duplicate_key'],
    ['{"a":[{"b":1},{"b":2}],"c":{"a":1}}', 'accepted'],
    ['{"a":"{\\"a\\":1,\\"a\\":1e9}"}', 'accepted'],
    ['{"a":"\\\\","b":":"}', 'accepted'],
    ['{"valueOf":1}', 'json_forbidden_key'],
    ['{"a":{"__proto__":1}}', 'json_forbidden_key'],
    ['{"a":9007199254740991}', 'accepted'],
    ['{"a":-9007199254740991}', 'accepted'],
    ['{"a":9007199254740992}', 'json_number_inexact'],
    ['{"a":[1,2.0]}', 'json_number_inexact'],
    ['{"a":1e2}', 'json_number_inexact'],
    ['{"a":-0}', 'json_number_inexact'],
    ['{"a":01}', 'json_malformed'],
    ['\ufeff{}', 'accepted'],
    ['[]', 'body_required'],
    ['', 'body_required'],
  ])('%s: %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('takes 20 levels and no more', () => {
    const nested = (depth: number): string =>
      `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(codeOf(nested(MAX_JSON_DEPTH))).toBe('accepted');
    expect(codeOf(nested(MAX_JSON_DEPTH + 1))).toBe('json_too_deep');
  });
});
