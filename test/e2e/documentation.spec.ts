import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { tellOfMarch2017 } from './march-2017.js';
import { RunningLedger } from './running-ledger.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly example?: string;
}

interface Content {
  readonly schema?: { readonly $ref?: string };
  readonly examples?: { readonly example: { readonly value: object } };
}

interface Operation {
  readonly summary?: string;
  /** Of writes: what they append. */
  readonly 'x-event'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** What can be asked of the ledger of March 2017, by the route asked. */
const QUESTIONS: Readonly<Record<string, string>> = {
  '/api/batches/{batch}': '/batches/2017-A',
  '/api/batches/{batch}/tree': '/batches/2017-A/tree?depth=3',
  '/api/trace/{batch}/{number}': '/trace/2017-A/491',
  '/api/missing': '/missing?status=all',
  '/api/missing/{gap}': '/missing/{gap}',
  '/api/findings': '/findings',
  '/api/findings/{id}': '/findings/SERANG-2018-09',
  '/api/shipments': '/shipments?limit=2',
  '/api/shipments/{id}': '/shipments/00-000001',
  '/api/routes': '/routes?within=31&limit=2',
  '/api/routes/levels': '/routes/levels?within=31',
  '/api/routes/{consignor}/{consignee}': '/routes/00/31.71',
  '/api/demand': '/demand?within=31&level=regency&sort=cover',
  '/api/demand/{facility}': '/demand/31.71',
  '/api/allocations/proposal': '/allocations/proposal?consignor=31&blanks=5000',
  '/api/shipments/{id}/unexpected': '/shipments/00-000001/unexpected',
  '/api/stock': '/stock?within=31&level=regency&limit=2',
  '/api/stock/diff': '/stock/diff?facility=31&from=2017-03-30&to=2017-03-31&limit=5',
  '/api/stock/{facility}': '/stock/31.71?asOf=2017-03-31&clock=occurred',
  '/api/events': '/events?limit=1000',
  '/api/accounts/{account}/events': '/accounts/31.71/events',
  '/api/accounts/{account}': '/accounts/31.71',
  '/api/accounts/{account}/stock-card':
    '/accounts/31.71/stock-card?from=2017-03-01&to=2017-03-31&limit=10',
  '/api/facilities': '/facilities?q=menteng',
  '/api/read-models': '/read-models',
  '/api/facilities/{id}': '/facilities/31.71',
  '/api/webhooks': '/webhooks',
  '/api/webhooks/{id}': '/webhooks/WEBHOOK',
  '/api/webhooks/{id}/dead-letters': '/webhooks/WEBHOOK/dead-letters',
  '/api/health/live': '/health/live',
  '/api/health/ready': '/health/ready',
  '/api/problems': '/problems',
  '/api/problems/{code}': '/problems/busy',
};

/** What they answer is no JSON. */
const STREAMS: readonly string[] = ['/api/metrics', '/api/feed', '/api/exports/{what}'];

let ledger: RunningLedger;
let document: Document;
let webhook: string;

beforeAll(async () => {
  ledger = await RunningLedger.start({ WEBHOOKS: 'on', WEBHOOK_LOOPBACK: 'on' });
  await tellOfMarch2017(ledger);
  const registered = await ledger.post('/webhooks', { url: 'http://127.0.0.1:9/' });
  webhook = (JSON.parse(registered.text) as { readonly id: string }).id;
  document = JSON.parse((await ledger.get('/docs/openapi.json')).text) as Document;
}, 30_000);

afterAll(() => ledger.remove());

function operations(method: string): readonly (readonly [string, Operation])[] {
  return Object.entries(document.paths).flatMap(([path, { [method]: operation }]) =>
    operation === undefined ? [] : [[path, operation] as const],
  );
}

/** Those that are asked by POST. */
function questions(): readonly (readonly [string, Operation])[] {
  return operations('post').filter(([path]) => path.startsWith('/api/trace'));
}

/** The schemas of the document, with nothing allowed that they do not name. */
function strictly(): (name: string) => ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const text = JSON.stringify(document, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value && 'required' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
  ajv.addSchema(JSON.parse(text) as object, 'document');
  return (name: string) => ajv.compile({ $ref: `document${name}` });
}

describe('the documentation of the interface', () => {
  it('sums every route up, and says what each parameter in its address means', () => {
    for (const [path, { summary, parameters = [] }] of [
      ...operations('get'),
      ...operations('post'),
    ]) {
      expect([path, summary]).toEqual([path, expect.stringMatching(/./)]);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath).toHaveLength(path.split('{').length - 1);
      for (const { description, example } of inPath)
        expect([path, description, example]).toEqual([
          path,
          expect.stringMatching(/./),
          expect.stringMatching(/./),
        ]);
    }
  });

  it('has a whole body for every write: none of them is of the wrong form', async () => {
    const writes = operations('post').filter(([path]) => !path.startsWith('/api/trace'));
    expect(writes.filter(([, operation]) => 'x-event' in operation)).toHaveLength(26);
    for (const [path, { parameters = [], requestBody, responses }] of writes) {
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['201', '400', '409', '422']));
      expect(responses).not.toHaveProperty('200');
      const body = requestBody?.content['application/json']?.examples?.example.value;
      const address = parameters
        .filter((parameter) => parameter.in === 'path')
        .reduce((text, { name, example = '' }) => text.replace(`{${name}}`, example), path);
      const answer = await ledger.post(address.slice('/api'.length), body ?? {});
      expect([path, answer.status]).not.toEqual([path, 400]);
      expect([path, answer.status < 500]).toEqual([path, true]);
    }
  });

  it('gives the shape of every answer, and of every refusal, exactly', async () => {
    const shapeOf = strictly();
    const reads = operations('get').filter(([path]) => !STREAMS.includes(path));
    expect(reads.map(([path]) => path).sort()).toEqual(Object.keys(QUESTIONS).sort());
    const missing = (await ledger.get('/missing?status=all')).text;
    const gap = /"gapId":"([^"]+)"/.exec(missing)?.[1] ?? '';
    for (const [path, { responses }] of reads) {
      const schema = responses['200']?.content?.['application/json']?.schema;
      expect([path, schema?.$ref]).toEqual([path, expect.stringMatching(/^#.components.schemas/)]);
      const check = shapeOf(schema?.$ref ?? '');
      const address = (QUESTIONS[path] ?? path).replace('{gap}', gap).replace('WEBHOOK', webhook);
      const { status, text } = await ledger.get(address);
      check(JSON.parse(text));
      expect([path, status, check.errors]).toEqual([path, 200, null]);
    }
    for (const [path, { requestBody, responses }] of questions()) {
      const { value } = requestBody?.content['application/json']?.examples?.example ?? {};
      const answer = await ledger.post(path.slice('/api'.length), value ?? {});
      const check = shapeOf(responses['200']?.content?.['application/json']?.schema?.$ref ?? '');
      check(JSON.parse(answer.text));
      expect([path, answer.status, check.errors]).toEqual([path, 200, null]);
    }
    const problem = shapeOf('#/components/schemas/Problem');
    problem(JSON.parse((await ledger.get('/stock?within=31&level=planet')).text));
    expect(problem.errors).toBeNull();
  });
});
