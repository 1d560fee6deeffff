import { gzipSync } from 'node:zlib';
import type { WriteRoute } from './write-routes.js';

export type Body = Readonly<Record<string, unknown>>;

const lists = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** Bodies that are no JSON object with one meaning: they replace the whole text. */
export function rawBodies(
  route: WriteRoute,
): readonly (readonly [string, string | Buffer, string])[] {
  const good = JSON.stringify(route.body);
  const inner = good.slice(1, -1);
  return [
    ['an empty body', '', 'body_required'],
    ['blanks alone', '  ', 'body_required'],
    ['a list', `[${good}]`, 'body_required'],
    ['an empty list', '[]', 'body_required'],
    ['a text', '"x"', 'body_required'],
    ['null', 'null', 'body_required'],
    ['a number', '17', 'body_required'],
    ['no JSON', 'occurredAt=2017', 'json_malformed'],
    ['half of it', good.slice(0, good.length / 2), 'json_malformed'],
    ['a trailing comma', `{${inner},}`, 'json_malformed'],
    ['a comment', `{${inner}} // x`, 'json_malformed'],
    ['NaN', `{${inner},"x":NaN}`, 'json_malformed'],
    ['UTF-16', Buffer.from(good, 'utf16le'), 'json_malformed'],
    [
      'bytes that are no UTF-8',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      'json_malformed',
    ],
    ['gzip', gzipSync(good), 'json_malformed'],
    ['__proto__', `{${inner},"__proto__":{"isAdmin":true}}`, 'json_forbidden_key'],
    ['__proto__ in escapes', `{${inner},"\\u005f_proto__":{}}`, 'json_forbidden_key'],
    ['constructor', `{${inner},"constructor":{"prototype":{}}}`, 'json_forbidden_key'],
    ['__proto__ below', `{${inner},"x":[{"__proto__":1}]}`, 'json_forbidden_key'],
    ['a field twice', `{${inner},"${Object.keys(route.body)[0]}":{}}`, 'json_duplicate_key'],
    ['21 levels', `{${inner},"x":${JSON.stringify(lists(20))}}`, 'json_too_deep'],
    ['40,000 levels', `{${inner},"x":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 'json_too_deep'],
    ['2^53', `{${inner},"x":9007199254740992}`, 'json_number_inexact'],
    ['-2^53', `{${inner},"x":-9007199254740992}`, 'json_number_inexact'],
    ['2^53 as a fraction', `{${inner},"x":9007199254740993.0}`, 'json_number_inexact'],
    ['1e400', `{${inner},"x":1e400}`, 'json_number_inexact'],
    ['1.5', `{${inner},"x":1.5}`, 'json_number_inexact'],
    ['minus zero', `{${inner},"x":-0}`, 'json_number_inexact'],
  ];
}

type WrongBody = readonly [string, Body, string];

function without(body: Body, field: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([it]) => it !== field));
}

/** Changes to the register say a day, not a time. */
function wrongDays(body: Body): readonly WrongBody[] {
  const on = (effectiveOn: unknown): Body => ({ ...body, effectiveOn });
  return [
    ['no day', without(body, 'effectiveOn'), 'body_invalid'],
    ['31 February', on('2017-02-31'), 'body_invalid'],
    ['a day with a time', on('2017-03-31T09:15'), 'body_invalid'],
    ['Arabic digits', on('٢٠١٧-٠٣-٣١'), 'body_invalid'],
    ['a day in a number', on(20_170_331), 'body_invalid'],
  ];
}

function wrongTimes(body: Body): readonly WrongBody[] {
  const at = (value: unknown): Body => ({ ...body, occurredAt: value });
  const time = { value: '2017-03-31', precision: 'day', zone: 'Asia/Jakarta' };
  return [
    ['no time', without(body, 'occurredAt'), 'body_invalid'],
    ['a time that is text', at('2017-03-31'), 'body_invalid'],
    ['a time that is null', at(null), 'body_invalid'],
    ['a time that is a list', at([time]), 'body_invalid'],
    ['a time with more', at({ ...time, offset: 7 }), 'body_invalid'],
    ['a time in a number', at({ ...time, value: 20_170_331 }), 'body_invalid'],
    ['an unknown zone', at({ ...time, zone: 'Europe/Berlin' }), 'body_invalid'],
    ['a zone of the prototype', at({ ...time, zone: 'toString' }), 'body_invalid'],
    ['an unknown precision', at({ ...time, precision: 'hour' }), 'body_invalid'],
    ['31 February', at({ ...time, value: '2017-02-31' }), 'time_malformed'],
    ['a minute said to be a day', at({ ...time, value: '2017-03-31T09:15' }), 'time_malformed'],
    ['Arabic digits', at({ ...time, value: '٢٠١٧-٠٣-٣١' }), 'time_malformed'],
  ];
}

/** What every entry has in common, each time with one thing wrong. */
export function wrongEntries({ body }: WriteRoute): readonly (readonly [string, Body, string])[] {
  const paper = { kind: 'k', number: 'n', sha256: 'c'.repeat(64) };
  return [
    ['an unknown field', { ...body, isAdmin: true }, 'body_invalid'],
    ['an unknown field with a long number', { ...body, '3171014507850001': 1 }, 'body_invalid'],
    ['a field called toString', { ...body, toString: 'x' }, 'json_forbidden_key'],
    ['a field called hasOwnProperty', { ...body, hasOwnProperty: 1 }, 'json_forbidden_key'],
    ...(body.occurredAt === undefined ? wrongDays(body) : wrongTimes(body)),
    ['papers that are no list', { ...body, documents: paper }, 'body_invalid'],
    ['a paper that is null', { ...body, documents: [null] }, 'body_invalid'],
    ['a paper that is a list', { ...body, documents: [[paper]] }, 'body_invalid'],
    ['a paper with more', { ...body, documents: [{ ...paper, x: 1 }] }, 'body_invalid'],
    [
      'a paper without a hash',
      { ...body, documents: [{ kind: 'k', number: 'n' }] },
      'body_invalid',
    ],
    ['101 papers', { ...body, documents: Array(101).fill(paper) }, 'body_invalid'],
    ['a note that is a number', { ...body, note: 17 }, 'body_invalid'],
    ['a note with NUL', { ...body, note: 'a\u0000b' }, 'body_invalid'],
    ['a note with half a character', { ...body, note: '\ud800' }, 'body_invalid'],
    ['a note too long', { ...body, note: 'x'.repeat(2_001) }, 'body_invalid'],
  ];
}

/** Lists of ranges that are none, and what must come of each. */
export const RANGES: readonly (readonly [string, unknown, string])[] = [
  ['a reversed range', ['2017-A/9..3'], 'range_reversed'],
  ['number zero', ['2017-A/0'], 'range_outside_batch'],
  ['a range from zero', ['2017-A/0..3'], 'range_outside_batch'],
  ['a negative number', ['2017-A/-3'], 'serial_malformed'],
  ['overlapping ranges', ['2017-A/11..15', '2017-A/15..20'], 'overlapping_ranges'],
  ['a huge range', ['2017-A/1..99999999999999999999'], 'range_outside_batch'],
  ['a number of ten digits', ['2017-A/1000000000'], 'range_outside_batch'],
  ['Arabic digits', ['2017-A/١..٣'], 'serial_malformed'],
  ['full-width digits', ['２０１７-A/1'], 'serial_malformed'],
  ['a Cyrillic A', ['2017-А/1'], 'serial_malformed'],
  ['a small a', ['2017-a/1'], 'serial_malformed'],
  ['a blank in it', ['2017-A/1 ..3'], 'serial_malformed'],
  ['another dash', ['2017–A/1'], 'serial_malformed'],
  ['hexadecimal', ['2017-A/0x10'], 'serial_malformed'],
  ['an exponent', ['2017-A/1e3'], 'serial_malformed'],
  ['no batch', ['/1..3'], 'serial_malformed'],
  ['an empty text', [''], 'serial_malformed'],
  ['a line break', ['2017-A/1\n'], 'serial_malformed'],
  ['a range too long', [`2017-A/${'0'.repeat(80)}1`], 'body_invalid'],
  ['a number for a range', [17], 'body_invalid'],
  ['null for a range', [null], 'body_invalid'],
  ['an object for a list', { 0: '2017-A/1' }, 'body_invalid'],
  ['a text for a list', '2017-A/1', 'body_invalid'],
  ['a list in a list', [['2017-A/1']], 'body_invalid'],
];

/** Texts that are no code of anything. */
export const CODES = [
  '',
  ' ',
  '31.71 ',
  '３１.71',
  '31,71',
  '../../etc',
  '$all',
  'B.',
  'B.2017-а',
  'x'.repeat(17),
];
