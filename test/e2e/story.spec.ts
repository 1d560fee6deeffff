import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accepted, BATCH, dispatch, OCCURRED, receipt, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger, type AnswerBody } from './running-ledger.js';

const HASH = 'a'.repeat(64);
const RECORD = { kind: 'berita_acara', number: 'BA-1', sha256: HASH };
const WITNESSES = ['w1', 'w2'].map((id) => ({ id, role: 'witness', facilityId: '31.71' }));
const SCOPE = { states: ['usable', 'invalid'] };

let ledger: RunningLedger;
/** Position of the last write, for `atLeast`. */
let position = '';

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
}, 30_000);

afterAll(() => ledger.remove());

async function write(path: string, body: object): Promise<AnswerBody> {
  const { json } = accepted(await ledger.postApproved(path, { occurredAt: OCCURRED, ...body }));
  position = json.position;
  return json;
}

async function read(path: string): Promise<AnswerBody> {
  const answer = await ledger.get(path);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json;
}

async function revisionOf(account: string): Promise<string> {
  return (await read(`/accounts/${account}`)).revision;
}

describe('the story of a batch, by HTTP alone', () => {
  it('closes production', async () => {
    expect(await write(`/batches/${BATCH}/closing`, {})).toMatchObject({
      stream: `custody-B.${BATCH}`,
      account: `B.${BATCH}`,
      events: [{ type: 'BatchClosed', revision: '3' }],
    });
  });

  it('dispatches, reports an incident, refuses, and takes back', async () => {
    const sent = accepted(
      await ledger.post('/accounts/00/shipments', dispatch('32.73', [`${BATCH}/501..600`])),
    );
    expect(sent.headers.location).toBe('/api/shipments/00-000002');
    const incident = { account: '00', kind: 'delay', place: 'Cikampek' };
    await write('/shipments/00-000002/incidents', incident);
    const open = await read(`/shipments?consignee=32.73&state=open&atLeast=${position}`);
    expect(open.items).toMatchObject([{ shipmentId: '00-000002', openBlanks: 100 }]);
    const back = await write('/shipments/00-000002/refusals', { account: '32.73', reason: 'wet' });
    expect(back.shipmentId).toBe('32.73-000001');
    await write('/shipments/32.73-000001/receipts', receipt('00', [`${BATCH}/501..600`]));
    const returned = await read(`/shipments/32.73-000001?atLeast=${position}`);
    expect(returned).toMatchObject({ state: 'closed', openBlanks: 0, consignee: '00' });
  });

  it('issues, and takes cards back here and at another office', async () => {
    const issuances = [1, 2, 3].map((number) => ({
      serial: `${BATCH}/${number}`,
      nik: `317101450785000${number}`,
      reason: 'backlog',
    }));
    const issued = await write('/accounts/31.71/issuances', { issuances });
    expect(issued.events).toHaveLength(3);
    const here = { account: '31.71', handedInAt: '31.71', reason: 'damaged' };
    await write(`/cards/${BATCH}/000000001/surrenders`, here);
    const there = { account: '31.71', handedInAt: '31.72', reason: 'moved' };
    const { shipmentId } = await write(`/cards/${BATCH}/2/surrenders`, there);
    expect(shipmentId).toBe('31.71-000001');
    await write(`/shipments/${shipmentId}/receipts`, receipt('31.72', [`${BATCH}/2`]));
  });

  it('spoils, and destroys with a second person and two witnesses', async () => {
    await write('/accounts/31.71/spoilages', { serials: [`${BATCH}/4..5`], cause: 'misprint' });
    await write('/accounts/31.71/destructions', {
      serials: [`${BATCH}/1`, `${BATCH}/4`],
      method: 'burned',
      place: 'Bogor',
      witnesses: WITNESSES,
      documents: [RECORD],
    });
  });

  it('reports missing, and recovers', async () => {
    await write('/accounts/31.71/missing-reports', { serials: [`${BATCH}/6`], kind: 'lost' });
    const found = { serials: [`${BATCH}/6`], as: 'usable', kind: 'found', place: 'a drawer' };
    await write('/accounts/31.71/recoveries', found);
  });

  it('counts, hands over, and undoes the count', async () => {
    const seenInvalid = [`${BATCH}/5`];
    const seenUsable = [`${BATCH}/6`, `${BATCH}/8..490`];
    const bookRevision = await revisionOf('31.71');
    const sheet = { bookRevision, scope: SCOPE, seenUsable, seenInvalid };
    const count = await write('/accounts/31.71/counts', sheet);
    expect(await read('/accounts/31.71')).toMatchObject({ missing: { count: 11 } });
    const next = { ...sheet, bookRevision: count.revision, from: null, to: 'sari' };
    const handover = await write('/accounts/31.71/handovers', next);
    expect(handover.events.map(({ type }) => type)).toEqual(['StockCounted', 'CustodianChanged']);
    await write('/accounts/31.71/reversals', { revision: count.revision, reason: 'seen later' });
  });

  it('corrects a time, takes in unnumbered cards, and records demand and a finding', async () => {
    const correction = {
      revision: '0',
      correctedTo: { value: '2017-03-31T09:15', precision: 'minute', zone: 'Asia/Jakarta' },
      reason: 'read from the paper',
    };
    await write('/accounts/31.71/occurrence-corrections', correction);
    const bag = { count: 10, bag: 'BAG-1', seal: 'S-9', source: 'a sack' };
    await write('/accounts/31.71/unnumbered', bag);
    const demand = { asOf: '2017-03-31', deadline: '2017-04-19', byReason: { backlog: 120 } };
    expect(await write('/accounts/31.71/demand-reports', demand)).toMatchObject({
      stream: 'demand-31.71',
      revision: '0',
    });
    await write('/findings', { finding: 'SERANG-1', place: 'a bush', serials: [`${BATCH}/1`] });
    await write('/findings/SERANG-1/resolution', { how: 'contradiction' });
  });
});

describe('every question, once the story is told', () => {
  const STOCK = { usable: 485, invalid: 1, issued: 1, destroyed: 2, missing: 10, inTransitIn: 0 };

  it('tells the stock of one office, at least as of the last write', async () => {
    const answer = await ledger.get(`/stock/31.71?atLeast=${position}`);
    expect(answer.json.own).toMatchObject({ ...STOCK, byBatch: [{ batch: BATCH, ...STOCK }] });
    expect(BigInt(answer.headers['x-position'] as string)).toBeGreaterThanOrEqual(BigInt(position));
  });

  it('adds up over a province, page by page', async () => {
    const items: AnswerBody['items'][number][] = [];
    let cursor = '';
    do {
      const page = await read(
        `/stock?within=31&level=regency&limit=4&atLeast=${position}${cursor}`,
      );
      items.push(...page.items);
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(items).toHaveLength(6);
    const usable = items.reduce((sum, { total }) => sum + total.usable, 0);
    const { total } = await read(`/stock/31?atLeast=${position}`);
    expect(usable).toBe(485);
    expect(total).toMatchObject({ usable: 485, invalid: 2, missing: 10 });
  });

  it('closes the books of the batch', async () => {
    expect(await read(`/batches/${BATCH}?atLeast=${position}`)).toMatchObject({
      closed: true,
      books: {
        produced: 1_000,
        usable: 985,
        invalid: 2,
        inTransit: 0,
        issued: 1,
        destroyed: 2,
        missing: 10,
        balance: 0,
      },
    });
  });

  it('shows holdings as ranges, with custodian and revision', async () => {
    expect(await read('/accounts/31.71')).toMatchObject({
      custodian: 'sari',
      usable: { count: 485, ranges: [`${BATCH}/6..490`] },
      invalid: { ranges: [`${BATCH}/5`] },
      missing: { ranges: [`${BATCH}/491..500`] },
      unnumbered: 10,
    });
  });

  it('reads the log and the books of an account, page by page, to the last event', async () => {
    const log = await read('/events?limit=1000');
    expect(log.items.at(-1)).toMatchObject({ position, type: 'FindingResolved' });
    expect(log).toMatchObject({ next: position, hasMore: false });
    const first = await read('/accounts/31.71/events?limit=2');
    const second = await read(`/accounts/31.71/events?after=${String(first.next)}&limit=1`);
    expect(second.items).toMatchObject([{ revision: '2', stream: 'custody-31.71' }]);
    expect((await read(`/events?after=${position}`)).items).toEqual([]);
  });

  it('finds facilities and shipments', async () => {
    expect((await read('/facilities?q=tebet&limit=1')).items).toHaveLength(1);
    expect(await read('/facilities/31.71')).toMatchObject({ level: 'regency', children: 8 });
    expect(await read('/shipments/00-000001')).toMatchObject({ blanks: 500, state: 'closed' });
    const page = await read('/shipments?limit=2');
    const next = await read(`/shipments?limit=2&cursor=${String(page.next)}`);
    expect(next.items[0]?.shipmentId).not.toBe(page.items[0]?.shipmentId);
  });

  it('is alive, ready and measured', async () => {
    expect(await read('/health/live')).toEqual({ status: 'live' });
    expect(await read('/health/ready')).toMatchObject({ status: 'ready', reasons: [] });
    const { text, headers } = await ledger.get('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('ledger_commands_total{name="IssueBlanks",outcome="accepted"} 1');
    expect(text).toContain(
      'ledger_commands_total{name="DestroyBlanks",outcome="approval_required"} 1',
    );
    expect(text).toMatch(/ledger_append_seconds_count [1-9]/);
    expect(text).toContain('ledger_store_readonly 0');
    expect(text).toContain('ledger_projection_lag_events{projection="stock"} 0');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('documents itself and its problems', async () => {
    const document = await read('/docs/openapi.json');
    const operations = Object.values(document.paths).flatMap(Object.values) as readonly object[];
    expect(operations.filter((operation) => 'x-event' in operation)).toHaveLength(26);
    expect((await ledger.get('/docs')).text).toContain('swagger');
    const { items } = await read('/problems');
    expect(items.length).toBeGreaterThan(80);
    expect(await read('/problems/not_on_manifest')).toMatchObject({ status: 409 });
  });

  it('says so when the read models cannot get to a position', async () => {
    const answer = await ledger.get('/stock/31.71?atLeast=999999999');
    expect(answer).toMatchObject({ status: 503, json: { code: 'read_model_behind' } });
    expect(answer.headers['retry-after']).toBe('1');
  });
});
