import { NOT_SUCH, SEGMENTS, type BadCase } from './bad-input.js';

const QUERY_ROUTES = [
  '/stock/31.71',
  '/stock?within=31&level=village',
  '/accounts/31.71/events',
  '/accounts/31.71',
  '/events',
  '/shipments/00-000001',
  '/shipments',
  '/shipments/00-000001/unexpected',
  '/routes?within=31',
  '/routes/levels?within=31',
  '/routes/00/31.71',
  '/demand?within=31&level=regency',
  '/demand/31.71',
  '/allocations/proposal?consignor=31',
  '/batches/2017-A',
  '/batches/2017-A/tree',
  '/trace/2017-A/1',
  '/stock/31?asOf=2017-03-31',
  '/stock/diff?from=2017-03-30&to=2017-03-31',
  '/accounts/31/stock-card?from=2017-03-30&to=2017-03-31',
  '/missing',
  '/missing/6-2017-A-491',
  '/findings',
  '/facilities?q=tebet',
  '/exports/events?format=csv',
  '/feed',
  '/webhooks/x/dead-letters',
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
  'overdue=late',
  'at=2017-04-01',
  'at=2017-02-30T25:00:00Z',
  'short=yes',
  'sort=name',
  'today=2017-02-30',
  'deadline=soon',
  'blanks=-1',
  'carton=0',
  'coverDays=3651',
];

/** Moments that are none, or that nobody can know of. */
const BAD_MOMENTS = [
  'soon',
  '2017-02-30',
  '2017-3-31',
  '2999-01-01',
  '2017-03-31T10:00',
  '2017-03-31T25:00Z',
  'position:-1',
  'position:x',
  '%D9%A2017-03-31',
];

function badMoments(): BadCase[] {
  const cases = BAD_MOMENTS.flatMap((moment) => [
    `/stock/31?asOf=${moment}`,
    `/stock?within=31&level=regency&asOf=${moment}`,
    `/stock/diff?from=${moment}&to=2017-03-31`,
    `/accounts/31/stock-card?from=2017-03-30&to=${moment}`,
  ]);
  return [...cases, '/stock/31?asOf=position:5&clock=occurred'].map((path) => ({
    name: path,
    sending: { method: 'GET', path: `/api${path}` },
    statuses: [422, 400],
  }));
}

function badQueries(): BadCase[] {
  return QUERY_ROUTES.flatMap((route) =>
    BAD_QUERIES.map((query) => {
      const path = `/api${route}${route.includes('?') ? '&' : '?'}${query}`;
      return { name: path, sending: { method: 'GET', path }, statuses: [400] };
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
  '/findings/NONE',
  '/missing/6-2017-A-9',
  '/missing/0-2017-A-491',
  '/batches/NONE/tree',
  '/batches/2017-A/tree?depth=5',
  '/batches/2017-A/tree?within=99',
  '/missing?olderThanDays=-1',
  '/missing?sort=place',
  '/missing?batch=b',
  '/trace/NONE/1',
  '/trace/2017-A/0',
  '/problems/no_such_problem',
  '/docs/../../package.json',
  '/docs/..%2f..%2fpackage.json',
];

export function badReads(): readonly BadCase[] {
  const routes = [
    '/stock/',
    '/accounts/',
    '/shipments/',
    '/batches/',
    '/facilities/',
    '/demand/',
    '/routes/00/',
    '/missing/',
    '/findings/',
    '/trace/2017-A/',
  ];
  const segments = routes.flatMap((route) =>
    SEGMENTS.filter((segment) => segment !== '').map((segment) => route + segment),
  );
  const paths = [...BAD_PATHS, ...segments].map((path) => ({
    name: path.slice(0, 60),
    sending: { method: 'GET', path: `/api${path}` },
    statuses: [...NOT_SUCH, 414],
  }));
  return [...badQueries(), ...badMoments(), ...paths, ...badQuestions()];
}

/** Questions that are asked by POST. */
function badQuestions(): readonly BadCase[] {
  const asked = (body: string, type = 'application/json') => ({
    method: 'POST',
    path: '/api/trace',
    headers: { 'content-type': type },
    body,
  });
  const many = JSON.stringify({ serials: Array.from({ length: 1_001 }, () => '2017-A/1') });
  const wrong: readonly (readonly [body: string, status: number, code: string])[] = [
    ['', 400, 'body_required'],
    ['{', 400, 'json_malformed'],
    ['[]', 400, 'body_required'],
    ['{}', 400, 'body_invalid'],
    ['{"serials":[]}', 400, 'body_invalid'],
    ['{"serials":"2017-A/1"}', 400, 'body_invalid'],
    ['{"serials":[1]}', 400, 'body_invalid'],
    ['{"serials":[null]}', 400, 'body_invalid'],
    [`{"serials":["2017-A/${'0'.repeat(60)}1"]}`, 400, 'body_invalid'],
    ['{"serials":["2017-A/1"],"force":true}', 400, 'body_invalid'],
    [many, 400, 'body_invalid'],
    ['{"serials":["2017-A/1","rubbish"]}', 422, 'serial_malformed'],
    ['{"serials":["2017-A/9..1"]}', 422, 'range_reversed'],
    ['{"serials":["2017-A/0"]}', 422, 'range_outside_batch'],
    [`{"serials":["2017-A/1"],"x":"${'x'.repeat(100 * 1_024)}"}`, 413, 'body_too_large'],
  ];
  return [
    ...wrong.map(([body, status, code]) => ({
      name: `POST /trace ${body.slice(0, 40)}`,
      sending: asked(body),
      statuses: [status],
      code,
    })),
    { name: 'POST /trace as text', sending: asked('2017-A/1', 'text/plain'), statuses: [415] },
  ];
}
