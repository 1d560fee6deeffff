import { gzipSync } from 'node:zlib';
import type { Sending } from './running-ledger.js';
import type { WriteRoute } from './write-routes.js';

/** A request nobody should send, and what must come of it. */
export interface BadCase {
  readonly name: string;
  readonly sending: Sending;
  /** Where more than one answer would do, all of them. */
  readonly statuses: readonly number[];
  readonly code?: string;
}

type Body = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string | string[]>>;

const MALFORMED = [400];
/** Wrong in form, or naming what does not exist. */
const NOT_SUCH = [400, 404, 422];

function headersFor({ office }: WriteRoute): Headers {
  return {
    'content-type': 'application/json',
    'idempotency-key': 'bad-input',
    'x-blangko-actor': `sari;custodian;${office}`,
  };
}

/** A copy with one value put in at a path. */
function withAt(body: Body, path: readonly string[], value: unknown): Body {
  const copy = structuredClone(body) as Record<string, unknown>;
  let place = copy;
  for (const name of path.slice(0, -1)) place = place[name] as Record<string, unknown>;
  place[path.at(-1) ?? ''] = value;
  return copy;
}

const lists = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** Bodies that are no JSON object with one meaning: they replace the whole text. */
function rawBodies(route: WriteRoute): readonly (readonly [string, string | Buffer, string])[] {
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
    ['a field twice', `{${inner},"occurredAt":{}}`, 'json_duplicate_key'],
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

/** What every entry has in common, each time with one thing wrong. */
function wrongEntries({ body }: WriteRoute): readonly (readonly [string, Body, string])[] {
  const at = (value: unknown): Body => ({ ...body, occurredAt: value });
  const time = { value: '2017-03-31', precision: 'day', zone: 'Asia/Jakarta' };
  const paper = { kind: 'k', number: 'n', sha256: 'c'.repeat(64) };
  const { occurredAt: _left, ...without } = body;
  return [
    ['an unknown field', { ...body, isAdmin: true }, 'body_invalid'],
    ['an unknown field with a long number', { ...body, '3171014507850001': 1 }, 'body_invalid'],
    ['a field called toString', { ...body, toString: 'x' }, 'json_forbidden_key'],
    ['a field called hasOwnProperty', { ...body, hasOwnProperty: 1 }, 'json_forbidden_key'],
    ['no time', without, 'body_invalid'],
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

function headerCases(route: WriteRoute): readonly (readonly [string, Headers, number, string])[] {
  const good = headersFor(route);
  const actor = (text: string): Headers => ({ ...good, 'x-blangko-actor': text });
  const key = (text: string | string[]): Headers => ({ ...good, 'idempotency-key': text });
  const without = (name: string): Headers =>
    Object.fromEntries(Object.entries(good).filter(([header]) => header !== name));
  const type = (text: string): Headers => ({ ...good, 'content-type': text });
  return [
    ['no key', without('idempotency-key'), 400, 'idempotency_key_missing'],
    ['an empty key', key(''), 400, 'idempotency_key_missing'],
    ['a key with a blank', key('a b'), 400, 'idempotency_key_malformed'],
    ['a key of 129', key('k'.repeat(129)), 400, 'idempotency_key_malformed'],
    ['a key beyond ASCII', key('k\u00e9'), 400, 'idempotency_key_malformed'],
    ['two keys', key(['a', 'b']), 400, 'idempotency_key_malformed'],
    ['nobody', without('x-blangko-actor'), 401, 'actor_missing'],
    ['half an actor', actor('sari;custodian'), 401, 'actor_malformed'],
    ['an actor with more', actor('sari;custodian;31.71;x'), 401, 'actor_malformed'],
    ['an actor of no office', actor('sari;custodian;Jakarta'), 401, 'actor_malformed'],
    ['an actor without a name', actor(';custodian;31.71'), 401, 'actor_malformed'],
    ['an actor with blanks', actor('sari; custodian; 31.71'), 401, 'actor_malformed'],
    [
      'a correlation id that is no UUID',
      { ...good, 'x-correlation-id': 'x' },
      400,
      'correlation_id_malformed',
    ],
    ['text', type('text/plain'), 415, 'unsupported_media_type'],
    ['a form', type('application/x-www-form-urlencoded'), 415, 'unsupported_media_type'],
    ['XML', type('application/xml'), 415, 'unsupported_media_type'],
    ['a media type that is none', type('json'), 415, 'unsupported_media_type'],
    ['no media type', without('content-type'), 415, 'unsupported_media_type'],
    ['another host', { ...good, host: 'ledger.example' }, 403, 'not_from_this_machine'],
  ];
}

const RANGES: readonly (readonly [string, unknown, string])[] = [
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
const CODES = [
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
/** The same, as segments of a path. */
const SEGMENTS = [
  '',
  '%20',
  '%00',
  '31.71%00',
  '31%2F71',
  '..%2f..%2fetc',
  '%2e%2e',
  '$all',
  '%24all',
  '%EF%BC%93%EF%BC%91',
  '31.71.',
  '31.7',
  '%C3%28',
  '%zz',
  '__proto__',
  'constructor',
  'x'.repeat(101),
  "31'--",
  '%3Cscript%3E',
];

function post(route: WriteRoute, body: string | Buffer, headers = headersFor(route)): Sending {
  return { method: 'POST', path: `/api${route.path}`, headers, body };
}

function bodyCases(route: WriteRoute): BadCase[] {
  const raw = rawBodies(route).map(([name, body, code]) => ({
    name,
    sending: post(route, body),
    statuses: MALFORMED,
    code,
  }));
  const fields = Object.keys(route.body).map((field): readonly [string, Body, string] => [
    `${field} of another type`,
    withAt(route.body, [field], { of: ['another', 'type'] }),
    'body_invalid',
  ]);
  const entries = [...wrongEntries(route), ...fields].map(([name, body, code]) => ({
    name,
    sending: post(route, JSON.stringify(body)),
    statuses: /^(?:body|json)_/.test(code) ? MALFORMED : [422],
    code,
  }));
  const future = { value: '2199-01-01', precision: 'day', zone: 'Asia/Jakarta' };
  const inFuture = {
    name: 'a time to come',
    sending: post(route, JSON.stringify({ ...route.body, occurredAt: future })),
    // What the books do not have takes precedence.
    statuses: [404, 409, 422],
  };
  return [...raw, ...entries, inFuture];
}

function serialCases(route: WriteRoute): BadCase[] {
  const ranges = (route.ranges ?? []).flatMap((path) =>
    RANGES.map(([name, value, code]) => ({
      name: `${path.join('/')}: ${name}`,
      sending: post(route, JSON.stringify(withAt(route.body, path, value))),
      statuses: code === 'body_invalid' ? MALFORMED : [422],
      code,
    })),
  );
  const codes = (route.codes ?? []).flatMap((field) =>
    CODES.map((code) => ({
      name: `${field}: ${JSON.stringify(code)}`,
      sending: post(route, JSON.stringify({ ...route.body, [field]: code })),
      statuses: NOT_SUCH,
    })),
  );
  return [...ranges, ...codes];
}

function tooLarge(route: WriteRoute): BadCase {
  const bound = route.isBulk === true ? 1_024 * 1_024 : 100 * 1_024;
  const body = JSON.stringify({ ...route.body, note: 'x'.repeat(bound) });
  return { name: 'too large', sending: post(route, body), statuses: [413], code: 'body_too_large' };
}

function envelopeCases(route: WriteRoute): BadCase[] {
  const body = JSON.stringify(route.body);
  const headers = headerCases(route).map(([name, given, status, code]) => ({
    name,
    sending: post(route, body, given),
    statuses: [status],
    code,
  }));
  const sending = post(route, body);
  const query = { ...sending, path: `${sending.path}?force=true` };
  return [
    ...headers,
    tooLarge(route),
    { name: 'a query', sending: query, statuses: MALFORMED, code: 'parameter_unknown' },
    {
      name: 'another method',
      sending: { ...sending, method: 'PUT' },
      statuses: [404],
      code: 'not_found',
    },
  ];
}

/** Each variable part of the path in turn replaced by what it cannot be. */
function pathCases(route: WriteRoute): BadCase[] {
  const parts = route.path.split('/');
  const variable = parts.flatMap((part, index) => (/[0-9]/.test(part) ? [index] : []));
  return variable.flatMap((index) =>
    SEGMENTS.map((segment) => {
      const path = parts.with(index, segment).join('/');
      const sending = post({ ...route, path }, JSON.stringify(route.body));
      return { name: `${path.slice(0, 40)} in the path`, sending, statuses: [...NOT_SUCH, 414] };
    }),
  );
}

export function badWrites(route: WriteRoute): readonly BadCase[] {
  return [...bodyCases(route), ...serialCases(route), ...envelopeCases(route), ...pathCases(route)];
}

const QUERY_ROUTES = [
  '/stock/31.71',
  '/stock?within=31&level=village',
  '/accounts/31.71/events',
  '/accounts/31.71',
  '/events',
  '/shipments/00-000001',
  '/shipments',
  '/batches/2017-A',
  '/facilities?q=tebet',
];
const BAD_QUERIES = [
  'foo=1',
  '__proto__=1',
  'constructor=1',
  'toString=1',
  'a[b]=1',
  'atLeast=-1',
  'atLeast=1.5',
  'atLeast=abc',
  'atLeast=1&atLeast=2',
  'atLeast=99999999999999999999',
  'atLeast=%D9%A1',
  'after=-1',
  'after=18446744073709551616',
  'after=x',
  'limit=0',
  'limit=-1',
  'limit=1001',
  'limit=99999999999999999999',
  'limit=ten',
  'limit=1&limit=2',
  'cursor=',
  'cursor=not-a-cursor',
  'cursor=../..',
  'cursor=c2hpcG1lbnRzOng',
  'cursor=c2hpcG1lbnRzOjk5OTk5OTk5OTk5OTk5OTk5OTk',
  'state=lost',
  'consignee=Jakarta',
  'consignee=%00',
  'within=Jakarta',
  'level=planet',
  'level=toString',
];

function badQueries(): BadCase[] {
  return QUERY_ROUTES.flatMap((route) =>
    BAD_QUERIES.map((query) => {
      const path = `/api${route}${route.includes('?') ? '&' : '?'}${query}`;
      return { name: path, sending: { method: 'GET', path }, statuses: MALFORMED };
    }),
  );
}

const BAD_PATHS = [
  '/stock',
  '/stock?within=31',
  '/stock?level=village',
  '/facilities',
  '/nothing/here',
  '/',
  '/api/api/stock/31',
  '/accounts',
  '/cards/2017-A/1',
  '/findings',
  '/problems/no_such_problem',
  '/docs/../../package.json',
  '/docs/..%2f..%2fpackage.json',
];

export function badReads(): readonly BadCase[] {
  const segments = ['/stock/', '/accounts/', '/shipments/', '/batches/', '/facilities/'].flatMap(
    (route) => SEGMENTS.filter((segment) => segment !== '').map((segment) => route + segment),
  );
  const paths = [...BAD_PATHS, ...segments].map((path) => ({
    name: path.slice(0, 60),
    sending: { method: 'GET', path: `/api${path}` },
    statuses: [...NOT_SUCH, 414],
  }));
  return [...badQueries(), ...paths];
}
