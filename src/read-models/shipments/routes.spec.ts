import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askedLedger, type AskedLedger } from '../../../test/support/asked-ledger.js';
import {
  askingShipments,
  dispatched,
  receivedAs,
  serials,
} from '../../../test/support/asked-shipments.js';
import { History, metadataOf } from '../../../test/support/projection-history.js';
import { choicesOf, historyOf } from '../../../test/support/projection-world.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import { postingsOf } from '../../custody/account/postings.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { Recorded } from '../../event-store/codec/ledger-event.js';
import { Scope } from '../scope.js';
import type { ShipmentSummary } from './shipment-answer.js';
import { nearestRank } from './transit-times.js';

const NATION = Scope.nation;
const OTHER = new Scope('32' as FacilityId);
const HOUR = 3_600_000;
const START = Date.parse('2017-04-01T00:00:00.000Z');

describe('routes of random legal histories', () => {
  const world = historyOf(choicesOf(11, 2_600));
  const codes = ['00', '31', '31.71', '31.71.01', '31.71.01.1001', '31.71.01.1002', '32', '32.01'];
  let ledger: AskedLedger;
  let ask: ReturnType<typeof askingShipments>;

  beforeAll(async () => {
    ledger = await askedLedger(world.history.events, codes);
    ask = askingShipments(ledger);
  });
  afterAll(() => ledger.close());

  /** Straight from the log: how long each shipment took that arrived, by its id; null where it has not. */
  function transitTimes(): ReadonlyMap<string, number | null> {
    const left = new Map<string, number>();
    const times = new Map<string, number | null>();
    for (const recorded of world.history.events) {
      const event = decodeEvent(recorded) as Recorded<CustodyEvent>;
      const now = Date.parse(event.metadata.recordedAt);
      for (const { from, to, serials } of postingsOf(event)) {
        for (const [place, change] of [
          [from, -serials.size],
          [to, serials.size],
        ] as const)
          if (place.place === 'transit')
            left.set(place.shipmentId, (left.get(place.shipmentId) ?? 0) + change);
      }
      const isArrival = event.type === 'ShipmentReceived' || event.type === 'ShipmentRefused';
      for (const [id, open] of left) {
        if (open > 0) times.set(id, null);
        else if (isArrival && event.data.shipmentId === id)
          times.set(id, now - (world.shipments.get(id as never)?.recordedAt ?? 0));
      }
    }
    return times;
  }

  it('tell exact percentiles of what arrived, by nearest rank', async () => {
    const times = transitTimes();
    const byRoute = Map.groupBy(
      [...world.shipments.values()].filter(({ origin }) => origin !== 'surrender'),
      ({ consignor, consignee }) => `${consignor} ${consignee}`,
    );
    const page = await ask.routes('00');
    expect(page?.items.map((it) => `${it.consignor} ${it.consignee}`)).toEqual(
      [...byRoute.keys()].sort(),
    );
    let most = 0;
    for (const { consignor, consignee, sent, open, recorded } of page?.items ?? []) {
      const shipments = byRoute.get(`${consignor} ${consignee}`) ?? [];
      const all = shipments.map(({ shipmentId }) => times.get(shipmentId) ?? null);
      const arrived = all.filter((time) => time !== null).sort((a, b) => a - b);
      const at = (percent: number) =>
        arrived.find((_, rank) => 100 * (rank + 1) >= percent * arrived.length) ?? null;
      expect([sent, open]).toEqual([shipments.length, expect.any(Number)]);
      expect(recorded).toEqual({
        ...{ shipments: arrived.length, p50Ms: at(50), p90Ms: at(90), p95Ms: at(95) },
        maxMs: arrived.at(-1) ?? null,
      });
      most = Math.max(most, arrived.length);
    }
    expect(most).toBeGreaterThan(4);
  });

  it('come page by page, and only those that touch what is asked for and may be seen', async () => {
    const all = (await ask.routes('00'))?.items ?? [];
    const [first, second] = [await ask.routes('00', NATION, 2), null];
    expect(second).toBeNull();
    const next = await ask.routes('00', NATION, 2, first?.nextCursor ?? null);
    expect([...(first?.items ?? []), ...(next?.items ?? [])]).toEqual(all.slice(0, 4));
    const ofProvince = (await ask.routes('32'))?.items ?? [];
    const touches = ({ consignor, consignee }: { consignor: string; consignee: string }) =>
      [consignor, consignee].some((end) => end.startsWith('32'));
    expect(ofProvince).toEqual(all.filter(touches));
    expect(ofProvince.length).toBeGreaterThan(2);
    expect((await ask.routes('32.01', OTHER))?.items.length).toBeGreaterThan(0);
    expect([await ask.routes('31', OTHER), await ask.routes('99')]).toEqual([null, null]);
    expect(await ask.route('31', '31.71', OTHER)).toBeNull();
    expect(await ask.route('31', '99')).toBeNull();
    const [some] = all;
    expect(await ask.route(some?.consignor ?? '', some?.consignee ?? '')).toMatchObject(some ?? {});
  });

  it('are summed up by who sends', async () => {
    const answer = await ask.levels('00');
    const times = transitTimes();
    const travelled = [...world.shipments.values()].filter(({ origin }) => origin !== 'surrender');
    const counts = (sends: (consignor: string) => boolean) =>
      travelled.filter((it) => sends(it.consignor) && (times.get(it.shipmentId) ?? null) !== null);
    const found = Object.fromEntries(
      (answer?.levels ?? []).map(({ level, recorded }) => [level, recorded.shipments]),
    );
    expect(found).toMatchObject({
      nation: counts((it) => it === '00').length,
      regency: counts((it) => /^[0-9]{2}\.[0-9]{2}$/.test(it)).length,
      vendor: counts((it) => it.startsWith('B.')).length,
      evidence: counts((it) => it.startsWith('E.')).length,
    });
    const some = await ask.levels('32', OTHER);
    expect(some?.levels[0]?.recorded.shipments).toBeLessThan(found.nation ?? 0);
    expect(await ask.levels('31', OTHER)).toBeNull();
  });

  it('tell which came short: with blanks missing, or in part', async () => {
    const all = await ask.list({});
    const isShort = ({ state, missingBlanks }: ShipmentSummary) =>
      state === 'partly_settled' || missingBlanks > 0;
    expect(await ask.list({ isShort: true })).toEqual(all.filter(isShort));
    expect(all.filter(isShort).length).toBeGreaterThan(5);
    const seen = await ask.list({ within: '32' });
    expect(seen).toEqual(await ask.list({}, OTHER));
    expect(seen.length).toBeLessThan(all.length);
  });
});

describe('a route', () => {
  const history = new History();
  /** The hours that shipments took which have arrived: 1, 2, … 20 to 31.71, nine to 31.72. */
  const to = (consignee: string, count: number, number: number) => {
    for (let nth = 1; nth <= count; nth++) {
      const id = `31-${String(number + nth).padStart(6, '0')}`;
      const recorded = (hours: number) => ({
        metadata: {
          ...metadataOf(history.events.length),
          recordedAt: new Date(START + hours * HOUR).toISOString(),
        },
      });
      history.add('custody-31', dispatched(id, consignee, number + nth, number + nth), recorded(0));
      const all = { asStated: { usable: serials(number + nth, number + nth), invalid: [] } };
      history.add(`custody-${consignee}`, receivedAs(id, all), recorded(nth));
    }
    const open = `31-${String(number + count + 1).padStart(6, '0')}`;
    const metadata = {
      ...metadataOf(history.events.length),
      recordedAt: new Date(START).toISOString(),
    };
    history.add('custody-31', dispatched(open, consignee, 9_000 + number, 9_000 + number), {
      metadata,
    });
    return open;
  };
  const late = to('31.71', 20, 0);
  to('31.72', 9, 100);
  let ledger: AskedLedger;
  beforeAll(async () => {
    ledger = await askedLedger(history.events, ['00', '31', '31.71', '31.72']);
  });
  afterAll(() => ledger.close());

  it('tells what is late by its own history, where it has one', async () => {
    const ask = askingShipments(ledger);
    const { recorded } = (await ask.route('31', '31.71')) ?? {};
    expect(recorded).toEqual({
      ...{ shipments: 20, p50Ms: 10 * HOUR, p90Ms: 18 * HOUR, p95Ms: 19 * HOUR, maxMs: 20 * HOUR },
    });
    const lateAt = (hours: number) => ask.list({ overdue: 'route', at: START + hours * HOUR });
    expect(await lateAt(19)).toEqual([]);
    // Nine arrivals are too few to tell anything of the other route by.
    expect((await lateAt(19.001)).map(({ shipmentId }) => shipmentId)).toEqual([late]);
    expect(await lateAt(1_000)).toHaveLength(1);
  });

  it('ranks the nearest: the least that so many of a hundred do not exceed', () => {
    expect([1, 2, 19, 20, 21, 100].map((count) => nearestRank(95, count))).toEqual([
      1, 2, 19, 19, 20, 95,
    ]);
  });
});
