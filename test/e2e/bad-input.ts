import { CODES, RANGES, rawBodies, wrongEntries, type Body } from './bad-bodies.js';
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

type Headers = Readonly<Record<string, string | string[]>>;

const MALFORMED = [400];
/** Wrong in form, or naming what does not exist. */
export const NOT_SUCH = [400, 404, 422];

function headersFor({ office }: WriteRoute): Headers {
  return {
    'content-type': 'application/json',
    'idempotency-key': 'bad-input',
    'x-blangko-actor': `sari;custodian;${office}`,
  };
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

/** A copy with one value put in at a path. */
function withAt(body: Body, path: readonly string[], value: unknown): Body {
  const copy = structuredClone(body) as Record<string, unknown>;
  let place = copy;
  for (const name of path.slice(0, -1)) place = place[name] as Record<string, unknown>;
  place[path.at(-1) ?? ''] = value;
  return copy;
}

/** Texts that are no code of anything, as segments of a path. */
export const SEGMENTS = [
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
  return [...raw, ...entries, ...(route.body.occurredAt === undefined ? [] : [inFuture])];
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
