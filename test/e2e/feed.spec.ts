import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FeedClient, type FeedMessage } from '../support/feed-client.js';
import { person } from '../support/people.js';
import {
  accepted,
  BATCH,
  dispatch,
  OCCURRED,
  procurement,
  receipt,
  tellOfMarch2017,
} from './march-2017.js';
import { RunningLedger } from './running-ledger.js';
import { storeUnderTest } from './store-under-test.js';

// The stand-in takes its time, and has the same program above it.
const [ISSUED, KILLS] = storeUnderTest.kind === 'embedded' ? [2_000, 20] : [300, 6];
const A_COMMAND = 50;
const MANY = '2017-M';

let ledger: RunningLedger;
const clients: FeedClient[] = [];

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
  const all = [`${MANY}/1..${ISSUED}`];
  accepted(await ledger.postApproved('/batches', { ...procurement(MANY), quantity: ISSUED }));
  const production = { occurredAt: OCCURRED, serials: all, deliveryNo: 'SP-2' };
  accepted(await ledger.post(`/batches/${MANY}/productions`, production));
  accepted(await ledger.postApproved(`/accounts/B.${MANY}/shipments`, dispatch('00', all)));
  accepted(await ledger.post(`/shipments/B.${MANY}-000001/receipts`, receipt('00', all)));
  accepted(await ledger.postApproved('/accounts/00/shipments', dispatch('32.73', all)));
  accepted(await ledger.post('/shipments/00-000002/receipts', receipt('32.73', all)));
}, 30_000);

afterAll(async () => {
  for (const client of clients) await client.kill();
  await ledger.remove();
});

function follow(query = '', lastEventId: string | null = null): FeedClient {
  const client = new FeedClient(`${ledger.url}/api/feed${query}`, lastEventId);
  clients.push(client);
  return client;
}

async function issueAll(): Promise<void> {
  for (let first = 1; first <= ISSUED; first += A_COMMAND) {
    const issuances = Array.from({ length: A_COMMAND }, (_, index) => ({
      serial: `${MANY}/${first + index}`,
      nik: person(first + index).reveal(),
      reason: 'backlog',
    }));
    accepted(await ledger.post('/accounts/32.73/issuances', { occurredAt: OCCURRED, issuances }));
  }
}

interface Page {
  readonly items: readonly { readonly position: string; readonly type: string }[];
  readonly next: string | null;
  readonly hasMore: boolean;
}

async function wholeLog(): Promise<Page['items']> {
  const items: Page['items'][number][] = [];
  let after = '';
  for (let hasMore = true; hasMore;) {
    const page = JSON.parse((await ledger.get(`/events?limit=1000${after}`)).text) as Page;
    items.push(...page.items);
    after = `&after=${page.next ?? ''}`;
    hasMore = page.hasMore;
  }
  return items;
}

/** Follows from the first event on, is killed again and again, and goes on behind what it had. */
async function followedWithKills(events: () => number): Promise<readonly FeedMessage[]> {
  const got: FeedMessage[] = [];
  let lastEventId: string | null = '0';
  for (let kill = 0; ; kill++) {
    const client: FeedClient = follow('', lastEventId);
    const share = kill < KILLS ? ((kill % 5) * ISSUED) / (2 * KILLS) + 7 : Infinity;
    await client.until(Math.min(share, events() - got.length));
    await client.kill();
    got.push(...client.messages);
    ({ lastEventId } = client);
    if (kill >= KILLS && got.length >= events()) return got;
  }
}

describe('the feed', () => {
  it('brings every event once and in order, though the client is killed again and again', async () => {
    let events = (await wholeLog()).length + ISSUED;
    const followed = followedWithKills(() => events);
    await issueAll();
    const log = await wholeLog();
    events = log.length;
    const got = await followed;
    expect(got.map(({ id }) => id)).toEqual(log.map(({ position }) => position));
    expect(got.map(({ data }) => JSON.parse(data) as object)).toEqual(log);
    expect(got.map(({ event }) => event)).toEqual(log.map(({ type }) => type));
  }, 60_000);

  it('begins with what comes next, and is narrowed to a region and to types', async () => {
    const all = follow();
    const region = follow('?within=31.73');
    const types = follow('?types=ShipmentReceived');
    for (const client of [all, region, types]) expect(await client.answered).toBe(200);
    const sent = dispatch('31.73', [`${BATCH}/511..520`]);
    const { shipmentId } = accepted(await ledger.post('/accounts/00/shipments', sent)).json;
    const spoilt = { occurredAt: OCCURRED, serials: [`${BATCH}/4..5`], cause: 'misprint' };
    accepted(await ledger.post('/accounts/31.71/spoilages', spoilt));
    const arrived = receipt('31.73', [`${BATCH}/511..520`]);
    accepted(await ledger.post(`/shipments/${shipmentId}/receipts`, arrived));
    await Promise.all([all.until(3), region.until(2), types.until(1)]);
    const typesOf = (client: FeedClient) => client.messages.map(({ event }) => event);
    expect(typesOf(all)).toEqual(['ShipmentDispatched', 'BlanksSpoiled', 'ShipmentReceived']);
    expect(typesOf(region)).toEqual(['ShipmentDispatched', 'ShipmentReceived']);
    expect(typesOf(types)).toEqual(['ShipmentReceived']);
  }, 30_000);

  it('sees what happens in an office that was opened just before', async () => {
    const region = follow('?within=33');
    expect(await region.answered).toBe(200);
    const opening = { code: '33.99', name: 'Kota Baru', parent: '33', effectiveOn: '2017-03-31' };
    accepted(await ledger.post('/facilities', opening));
    const sent = dispatch('33.99', [`${BATCH}/531..540`]);
    accepted(await ledger.post('/accounts/00/shipments', sent));
    await region.until(2);
    expect(region.messages.map(({ event }) => event)).toEqual([
      'FacilityOpened',
      'ShipmentDispatched',
    ]);
  }, 30_000);

  it.each([
    ['?after=99999999999999', null, 422, 'position_ahead'],
    ['', '99999999999999', 422, 'position_ahead'],
    ['', 'x', 400, 'parameter_invalid'],
    ['?after=-1', null, 400, 'parameter_invalid'],
    ['?types=Nothing', null, 400, 'parameter_invalid'],
    ['?within=99', null, 404, 'not_found'],
  ])('refuses %s %s', async (query, lastEventId, status, code) => {
    const headers: Record<string, string> =
      lastEventId === null ? {} : { 'last-event-id': lastEventId };
    const answer = await ledger.send({ method: 'GET', path: `/api/feed${query}`, headers });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  it('is not followed by who asks for its headers alone', async () => {
    for (let asked = 0; asked < 101; asked++) {
      const { status } = await ledger.send({ method: 'HEAD', path: '/api/feed' });
      expect(status).not.toBe(503);
    }
  });

  it('ends with the server, in order', async () => {
    const client = follow();
    expect(await client.answered).toBe(200);
    await ledger.close();
    await client.ended;
    expect(client.isWhole).toBe(true);
    await ledger.open();
  }, 30_000);
});
