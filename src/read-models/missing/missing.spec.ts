import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NaiveTrace, type NaiveStep } from '../../../test/support/naive-trace.js';
import {
  smallRegister,
  temporaryLedger,
  type TemporaryLedger,
} from '../../../test/support/projection-ledger.js';
import { choicesOf, historyOf } from '../../../test/support/projection-world.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { parseSerialRange } from '../../custody/serials/serial-range.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import { InvalidCursor } from '../cursor.js';
import { ProjectionEngine } from '../projection-engine.js';
import { PROJECTIONS } from '../projections.js';
import { Scope, scopeOf } from '../scope.js';
import type { Gap } from './gap-answer.js';
import { GapById, GapByIdHandler } from './gap-by-id.query.js';
import type { GapFilter } from './gap-pages.js';
import { GapsWithin, GapsWithinHandler, type GapsPage } from './gaps.query.js';

const CODES = ['00', '31', '31.71', '31.71.01', '31.71.01.1001', '31.71.01.1002', '32', '32.01'];
const BATCHES = ['2017-A', 'LAMA'] as BatchCode[];
const world = historyOf(choicesOf(31, 3_000));
const { events } = world.history;
const HEAD = String(events.length);
const REGION = scopeOf('31.71') ?? Scope.nation;
const register = FacilityRegister.seed(smallRegister(CODES));
let ledger: TemporaryLedger;
let models: ProjectionEngine;

beforeAll(async () => {
  ledger = await temporaryLedger(events);
  const { store, readModelsFile: file } = ledger;
  models = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
  await models.waitFor(BigInt(HEAD), 20_000);
});
afterAll(async () => {
  await models.close();
  await ledger.close();
});

async function page(
  filter: Partial<GapFilter>,
  cursor: string | null = null,
  limit = 1_000,
  scope = Scope.nation,
): Promise<GapsPage> {
  const whole: GapFilter = { status: 'open', order: 'age', ...filter };
  const handler = new GapsWithinHandler(models, register);
  const answer = await handler.execute(new GapsWithin(scope, whole, cursor, limit, HEAD));
  if (answer === null) throw new Error('there is such a region');
  return answer;
}

function idsOf(gaps: readonly Gap[]): readonly string[] {
  return gaps.map(({ gapId }) => gapId);
}

function rangeOf(gap: Gap) {
  const parsed = parseSerialRange(gap.serials);
  if (!parsed.ok) throw new Error(gap.serials);
  return parsed.value;
}

/** For each serial of a gap: what opened it, where, what closed it, and the last handover before. */
function episodesOf(gap: Gap): readonly string[] {
  const { batch, first, last } = rangeOf(gap);
  const { entry, account, closed, lastHandover: handover } = gap;
  const told = [
    entry.position,
    account,
    closed?.entry.position ?? '-',
    handover?.sent.position ?? '-',
    handover?.received.position ?? '-',
  ].join(' ');
  return Array.from({ length: last - first + 1 }, (_, at) => `${batch}/${first + at} ${told}`);
}

const isOnTheWay = (place: string): boolean => place.startsWith('transit');
const isInHand = (place: string): boolean => place === 'usable' || place === 'invalid';

/** The same from a serial's steps in the log. */
function naiveEpisodes(serial: string, steps: readonly NaiveStep[]): readonly string[] {
  return steps.flatMap((step, at) => {
    if (step.to !== 'missing') return [];
    const before = steps.slice(0, at).filter(({ effectiveAt }) => effectiveAt !== null);
    const received = before.findLast(({ from, to }) => isOnTheWay(from) && isInHand(to));
    const sent = before
      .slice(0, received === undefined ? 0 : before.indexOf(received))
      .findLast(({ to }) => isOnTheWay(to));
    const closed = steps[at + 1];
    const told = [step.position, step.account, closed?.position ?? '-'];
    return [`${serial} ${[...told, sent?.position ?? '-', received?.position ?? '-'].join(' ')}`];
  });
}

describe('what is missing', () => {
  it('is what the log says of every serial, with the last handover before', async () => {
    const asked = BATCHES.map((batch) => ({ batch, first: 1, last: 400 }));
    const naive = new NaiveTrace(asked);
    for (const event of events) naive.take(decodeEvent(event));
    const expected = naive
      .runs()
      .flatMap((runs, index) =>
        runs.flatMap(({ first, last, steps }) =>
          Array.from({ length: last - first + 1 }, (_, at) =>
            naiveEpisodes(`${String(asked[index]?.batch)}/${first + at}`, steps),
          ).flat(),
        ),
      );
    const { items, totals } = await page({ status: 'all' });
    expect(items.flatMap(episodesOf).sort()).toEqual([...expected].sort());
    expect(totals).toEqual({ gaps: items.length, blanks: expected.length });
    expect(new Set(items.map(({ kind }) => kind))).toEqual(
      new Set(['lost', 'short_on_receipt', 'short_in_count']),
    );
    for (const { kind, entry, closed } of items) {
      const type = new Map<string, string>([
        ['short_on_receipt', 'ShipmentReceived'],
        ['short_in_count', 'StockCounted'],
      ]);
      expect(entry.type).toBe(type.get(kind) ?? 'BlanksReportedMissing');
      if (closed !== null)
        expect(closed.how).toBe(closed.entry.type === 'EntryReversed' ? 'reversed' : 'found');
    }
  });

  it('now, is what the accounts miss', async () => {
    const { items } = await page({});
    for (const [id, account] of world.accounts) {
      const its = items.filter((gap) => gap.account === id && gap.closed === null);
      const blanks = its.reduce((sum, gap) => sum + gap.blanks, 0);
      expect([id, blanks]).toEqual([id, account.missing.size]);
      for (const { batch, first } of its.map(rangeOf))
        expect(account.missing.has(batch, first)).toBe(true);
    }
  });

  it('is listed by what became of it, by region, batch and age', async () => {
    const all = (await page({ status: 'all' })).items;
    for (const status of ['open', 'recovered', 'reversed'] as const) {
      const how = { open: undefined, recovered: 'found', reversed: 'reversed' }[status];
      const { items } = await page({ status });
      expect(items.length).toBeGreaterThan(0);
      expect(idsOf(items)).toEqual(idsOf(all.filter(({ closed }) => closed?.how === how)));
    }
    const { items: lama } = await page({ status: 'all', batch: 'LAMA' });
    expect(idsOf(lama)).toEqual(idsOf(all.filter(({ serials }) => serials.startsWith('LAMA/'))));
    const { items: region } = await page({ status: 'all', within: '31.71' });
    expect(idsOf(region)).toEqual(
      idsOf(all.filter(({ account }) => /^31\.71(\.|$)/.test(account))),
    );
    const before = Date.parse(all[Math.floor(all.length / 2)]?.since ?? '');
    const { items: old } = await page({ status: 'all', before });
    expect(idsOf(old)).toEqual(idsOf(all.filter(({ since }) => Date.parse(since) < before)));
    expect([lama.length, region.length, old.length].every((it) => it > 0)).toBe(true);
  });

  it.each(['age', 'blanks'] as const)('is paged by %s', async (order) => {
    const whole = await page({ status: 'all', order });
    const listed: Gap[] = [];
    let cursor: string | null = null;
    do {
      const next: GapsPage = await page({ status: 'all', order }, cursor, 7);
      expect(next.totals).toEqual(whole.totals);
      listed.push(...next.items);
      cursor = next.nextCursor;
    } while (cursor !== null);
    expect(idsOf(listed)).toEqual(idsOf(whole.items));
    const keys = whole.items.map(({ since, blanks }) =>
      order === 'age' ? Date.parse(since) : -blanks,
    );
    expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    const foreign = Buffer.from('shipments:5', 'utf8').toString('base64url');
    await expect(page({ order }, foreign)).rejects.toThrow(InvalidCursor);
  });

  it('is told to a region of its own accounts alone', async () => {
    const { items } = await page({ status: 'all' }, null, 1_000, REGION);
    const { items: asked } = await page({ status: 'all', within: '31.71' });
    expect(idsOf(items)).toEqual(idsOf(asked));
    const handler = new GapsWithinHandler(models, register);
    const filter: GapFilter = { status: 'all', order: 'age', within: '32' };
    expect(await handler.execute(new GapsWithin(REGION, filter, null, 9))).toBeNull();
  });
});

describe('one gap', () => {
  const byId = (gapId: string, scope = Scope.nation) =>
    new GapByIdHandler(models).execute(new GapById(scope, gapId, HEAD));

  it('is told with its story, and what else is missing of the same entry and handover', async () => {
    const { items } = await page({ status: 'all' });
    let [sameEntry, sameHandover] = [0, 0];
    for (const gap of items.filter((_, index) => index % 11 === 0)) {
      const answer = await byId(gap.gapId);
      expect(answer).toMatchObject({ ...gap });
      const count = answer?.groups.reduce((sum, { serials }) => sum + serials.count, 0);
      expect(count).toBe(gap.blanks);
      const others = items.filter(({ gapId }) => gapId !== gap.gapId);
      const { position } = gap.entry;
      const ofEntry = others.filter(({ entry }) => entry.position === position);
      expect(idsOf(answer?.sameEntry ?? []).toSorted()).toEqual(idsOf(ofEntry).toSorted());
      const received = gap.lastHandover?.received.position;
      const ofHandover = others.filter(
        ({ entry, lastHandover }) =>
          received !== undefined &&
          lastHandover?.received.position === received &&
          entry.position !== position,
      );
      expect(idsOf(answer?.sameHandover ?? []).toSorted()).toEqual(idsOf(ofHandover).toSorted());
      sameEntry += ofEntry.length;
      sameHandover += ofHandover.length;
    }
    expect([sameEntry > 0, sameHandover > 0]).toEqual([true, true]);
  });

  it('is known by its id, within the region', async () => {
    const [gap] = (await page({ status: 'all' })).items.filter(({ account }) => account === '32');
    expect(await byId(gap?.gapId ?? '')).not.toBeNull();
    expect(await byId(gap?.gapId ?? '', REGION)).toBeNull();
    for (const none of ['', '1', '1-2017-A-1', '01-2017-A-1', `${String(gap?.gapId)}0`])
      expect(await byId(none)).toBeNull();
  });
});
