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
  '/findings',
  '/problems/no_such_problem',
  '/docs/../../package.json',
  '/docs/..%2f..%2fpackage.json',
];

export function badReads(): readonly BadCase[] {
  const segments = [
    '/stock/',
    '/accounts/',
    '/shipments/',
    '/batches/',
    '/facilities/',
    '/demand/',
    '/routes/00/',
  ].flatMap((route) =>
    SEGMENTS.filter((segment) => segment !== '').map((segment) => route + segment),
  );
  const paths = [...BAD_PATHS, ...segments].map((path) => ({
    name: path.slice(0, 60),
    sending: { method: 'GET', path: `/api${path}` },
    statuses: [...NOT_SUCH, 414],
  }));
  return [...badQueries(), ...paths];
}
