import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NaiveTrace, type NaiveRun } from '../../../test/support/naive-trace.js';
import {
  smallRegister,
  temporaryLedger,
  type TemporaryLedger,
} from '../../../test/support/projection-ledger.js';
import { choicesOf, historyOf } from '../../../test/support/projection-world.js';
import type { AccountId } from '../../custody/account/account-id.js';
import { manifestOf, openPart } from '../../custody/account/incoming-shipment.js';
import { FacilityRegister } from '../../custody/facilities/facility-register.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { JsonObject } from '../../event-store/event-store.js';
import { ProjectionEngine } from '../projection-engine.js';
import { PROJECTIONS } from '../projections.js';
import { Scope, scopeOf } from '../scope.js';
import { BatchTree, BatchTreeHandler, type TreeNode } from './batch-tree.query.js';
import { serialsNamed, TraceSerials, TraceSerialsHandler } from './trace-serials.query.js';
import { TraceSerial, TraceSerialHandler, type SerialTrace } from './trace-serial.query.js';

const CODES = ['00', '31', '31.71', '31.71.01', '31.71.01.1001', '31.71.01.1002', '32', '32.01'];
const BATCHES = ['2017-A', 'LAMA'] as BatchCode[];
const world = historyOf(choicesOf(21, 2_500));
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

/** Where the world has a serial: `usable 31.71`, `transit 00-000001`; null for one never made. */
function placeInWorld(batch: BatchCode, number: number): string | null {
  for (const [id, account] of world.accounts)
    for (const state of ['usable', 'invalid', 'issued', 'missing', 'destroyed'] as const)
      if (account[state].has(batch, number)) return `${state} ${id}`;
  for (const shipment of world.shipments.values()) {
    const consignee = world.accounts.get(shipment.consignee);
    if (consignee === undefined) continue;
    if (manifestOf(openPart(consignee, shipment)).has(batch, number))
      return `transit ${shipment.shipmentId}`;
  }
  return null;
}

function placeText({ now }: Pick<SerialTrace, 'now'>): string | null {
  if (now === null) return null;
  const { place, account, shipment } = now;
  return shipment === null
    ? `${place} ${String(account)}`
    : `${place.replace(/_.*/, '')} ${shipment.shipmentId}`;
}

async function traceOf(
  batch: string,
  number: number | string,
  scope = Scope.nation,
): Promise<SerialTrace | null> {
  const handler = new TraceSerialHandler(models);
  return handler.execute(new TraceSerial(scope, batch, String(number), HEAD));
}

function shipmentIn(data: JsonObject | undefined): string {
  const shipmentId = data?.['shipmentId'];
  return typeof shipmentId === 'string' ? shipmentId : '';
}

function serialsOf(texts: readonly string[]): SerialSet {
  const parsed = SerialSet.parse(texts);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** Every 7th serial and its story in the log. */
function sampled(): readonly (readonly [BatchCode, number, NaiveRun])[] {
  const asked = BATCHES.flatMap((batch) =>
    Array.from({ length: 58 }, (_, nth) => ({ batch, first: 1 + nth * 7, last: 1 + nth * 7 })),
  );
  const naive = new NaiveTrace(asked);
  for (const event of events) naive.take(decodeEvent(event));
  return naive.runs().flatMap(([run], index) => {
    const it = asked[index];
    return run === undefined || it === undefined ? [] : [[it.batch, it.first, run] as const];
  });
}

describe('the trace of one serial', () => {
  it('ends where its account or its shipment has it', async () => {
    const places = new Set<string>();
    for (const batch of BATCHES)
      for (let number = 1; number <= 401; number += 4) {
        const answer = await traceOf(batch, number);
        if (answer === null) throw new Error('the batch is known');
        const expected = placeInWorld(batch, number);
        expect([number, placeText(answer)]).toEqual([number, expected]);
        expect([answer.isProduced, answer.line.length > 0]).toEqual([
          expected !== null,
          expected !== null,
        ]);
        places.add(String(expected?.split(' ')[0]));
      }
    expect(places.size).toBeGreaterThan(5);
  });

  it('has every entry of its story, and each stay ends when the next begins', async () => {
    for (const [batch, number, { steps }] of sampled()) {
      const answer = await traceOf(batch, number);
      const line = answer?.line ?? [];
      expect(line.map(({ entry }) => Number(entry.position))).toEqual(
        steps.map(({ position }) => position),
      );
      for (const [index, { from, until }] of line.entries()) {
        expect(until?.recorded).toBe(line[index + 1]?.from.recorded);
        expect(from.recorded).toBe(new Date(steps[index]?.ledgerTime ?? 0).toISOString());
        const effectiveAt = steps[index]?.effectiveAt ?? null;
        const next = steps.slice(index + 1).find((it) => it.effectiveAt !== null)?.effectiveAt;
        const iso = (ms: number): string => new Date(ms).toISOString();
        expect(from.occurred).toBe(effectiveAt === null ? null : iso(effectiveAt));
        if (until !== null)
          expect(until.occurred).toBe(
            effectiveAt === null || next === undefined || next === null ? null : iso(next),
          );
      }
    }
  });

  it('tells of both sides of each handover, and of what was in the same package', async () => {
    let twoSided = 0;
    for (const [batch, number] of sampled()) {
      for (const handover of (await traceOf(batch, number))?.handovers ?? []) {
        const { shipmentId, sent, settled, package: pack } = handover;
        const shipment = [...world.shipments.values()].find((it) => it.shipmentId === shipmentId);
        expect([handover.consignor, handover.consignee]).toEqual([
          shipment?.consignor,
          shipment?.consignee,
        ]);
        expect([sent.account, settled?.account ?? shipment?.consignee]).toEqual([
          shipment?.consignor,
          shipment?.consignee,
        ]);
        const packed = serialsOf([...(pack?.usable.ranges ?? []), ...(pack?.invalid.ranges ?? [])]);
        expect(packed.has(batch, number)).toBe(true);
        if (shipment !== undefined) expect(manifestOf(shipment).containsAll(packed)).toBe(true);
        expect(handover.isTwoSided).toBe(
          settled !== null && ['usable', 'invalid'].includes(String(handover.outcome)),
        );
        twoSided += handover.isTwoSided ? 1 : 0;
      }
    }
    expect(twoSided).toBeGreaterThan(100);
  });

  it('is of a known batch, or of nothing', async () => {
    const trace = await traceOf('2017-A', '000000999');
    expect(trace).toMatchObject({ serial: '2017-A/000000999', isProduced: false, now: null });
    expect(trace?.batch).toMatchObject({ contract: 'CONTOH/KTR/1', serialMax: 400 });
    for (const [batch, number] of [
      ['NONE', '1'],
      ['2017-A', '0'],
      ['2017-A', 'x'],
      ['2017-a', '1'],
    ] as const)
      expect(await traceOf(batch, number)).toBeNull();
  });

  it('tells a region only of what was there, or came or went', async () => {
    let [partly, never] = [0, 0];
    for (const [batch, number, { steps }] of sampled()) {
      const answer = await traceOf(batch, number, REGION);
      const isHere = (account: string | undefined): boolean =>
        account === '31.71' || account?.startsWith('31.71.') === true;
      const seen = (await traceOf(batch, number))?.line.filter(({ entry, shipment }) => {
        const event = events[Number(entry.position) - 1];
        const ends = [
          entry.account,
          shipment?.consignee,
          shipment?.consignor,
          // Of a receipt or a loss: who sent it.
          /^(.*)-[0-9]{6}$/.exec(shipmentIn(event?.data))?.[1],
        ];
        return ends.some(isHere);
      });
      expect(answer?.line.length ?? 0).toBe(seen?.length ?? 0);
      if (answer === null) never += 1;
      else {
        expect(answer.batch).toBeNull();
        const expected = placeInWorld(batch, number);
        const isAtEnd = answer.line.at(-1)?.entry.position === String(steps.at(-1)?.position);
        expect(placeText(answer)).toBe(isAtEnd ? expected : null);
        partly += isAtEnd ? 0 : 1;
      }
    }
    expect([partly > 3, never > 3]).toEqual([true, true]);
  });
});

describe('the trace of many serials', () => {
  const handler = (): TraceSerialsHandler => new TraceSerialsHandler(models);

  it('puts those with one story together, and leaves none out', async () => {
    const { serials } = serialsNamed(['2017-A/1..420', 'LAMA/100..300', 'LAMA/250..260', 'X/5']);
    const answer = await handler().execute(new TraceSerials(Scope.nation, serials, HEAD));
    const texts = answer.groups.map((group) => serialsOf(group.serials.ranges));
    const all = texts.reduce((sum, it) => sum.plus(it), serialsOf(answer.notFound.ranges));
    expect([all.equals(serials), answer.notTraced.count]).toEqual([true, 0]);
    for (const [index, group] of answer.groups.entries())
      for (const { batch, first, last } of texts[index]?.ranges() ?? [])
        for (const number of [first, last])
          expect(placeText(group)).toBe(placeInWorld(batch, number));
    const issued = answer.groups.filter(({ now }) => now?.place === 'issued');
    const cards = issued.reduce((sum, { serials: { count } }) => sum + count, 0);
    expect(cards).toBeGreaterThan(issued.length);
    for (const { steps, serials: its } of issued) {
      const last = steps.findLast(({ type }) => type === 'BlankIssued');
      expect(last?.entries).toBe(its.count);
      expect(last?.position === null).toBe(its.count > 1);
    }
    const named = answer.groups.flatMap((group) => group.steps.map(({ position }) => position));
    const known = new Set(answer.entries.map(({ position }) => position));
    expect(named.every((it) => it === null || known.has(it))).toBe(true);
  });

  it('names the last holder, the last shipment and the last handover that both sides signed', async () => {
    const { serials } = serialsNamed(['2017-A/1..400']);
    const answer = await handler().execute(new TraceSerials(Scope.nation, serials, HEAD));
    for (const group of answer.groups) {
      const [range = ''] = group.serials.ranges;
      const number = /[0-9]+/.exec(range.slice(range.indexOf('/')))?.[0] ?? '';
      const one = await traceOf('2017-A', number);
      expect([group.lastHolder, group.lastShipment]).toEqual([
        one?.lastHolder,
        one?.handovers.at(-1)?.shipmentId ?? null,
      ]);
      const last = one?.handovers.findLast(({ isTwoSided }) => isTwoSided);
      expect(group.lastHandover?.shipmentId).toBe(last?.shipmentId);
      expect(group.lastHandover?.consignee).toBe(last?.consignee);
    }
  });

  it('says of every text that names no serial what is wrong with it', () => {
    const { faults } = serialsNamed(['2017-A/1', 'rubbish', '2017-A/9..3', '2017-A/0']);
    expect(faults.map(({ code, at }) => [code, at])).toEqual([
      ['serial_malformed', 1],
      ['range_reversed', 2],
      ['range_outside_batch', 3],
    ]);
  });

  it('knows nothing of what never came into the region', async () => {
    const { serials } = serialsNamed(['2017-A/1..400']);
    const answer = await handler().execute(new TraceSerials(REGION, serials, HEAD));
    const here = answer.groups.map((group) => serialsOf(group.serials.ranges));
    const found = here.reduce((sum, it) => sum.plus(it), SerialSet.empty);
    expect(serialsOf(answer.notFound.ranges).plus(found).equals(serials)).toBe(true);
    expect([found.size > 50, answer.notFound.count > 50]).toEqual([true, true]);
  });
});

describe('the tree of a batch', () => {
  const tree = (batch: string, within: string | null, depth: number, scope = Scope.nation) =>
    new BatchTreeHandler(models, register).execute(
      new BatchTree(scope, batch, within, depth, HEAD),
    );

  it('adds up: what stands below, and the accounts themselves', async () => {
    for (const batch of BATCHES) {
      const answer = await tree(batch, null, 4);
      if (answer === null) throw new Error('there is a tree');
      const produced = world.accounts.get(`B.${batch}` as AccountId)?.batch?.produced.size;
      expect([answer.tree.blanks, answer.tree.facilityId]).toEqual([produced, '00']);
      const open = [...world.shipments.values()].filter((shipment) => {
        const consignee = world.accounts.get(shipment.consignee);
        if (consignee === undefined) return false;
        return !manifestOf(openPart(consignee, shipment)).ofBatch(batch).isEmpty;
      });
      expect(answer.onTheWay.shipments.map(({ shipmentId }) => shipmentId)).toEqual(
        open.map(({ shipmentId }) => shipmentId).reverse(),
      );
      const sums = sumsOf(answer.tree);
      for (const [id, { usable, issued }] of world.accounts) {
        if (!sums.has(id)) continue;
        const children = childrenOf(answer.tree, id);
        const below = children.reduce((sum, child) => sum + child.usable, 0);
        expect([id, (sums.get(id)?.usable ?? 0) - below]).toEqual([
          id,
          id === '00' ? expect.any(Number) : usable.ofBatch(batch).size,
        ]);
        if (children.length === 0) expect(sums.get(id)?.issued).toBe(issued.ofBatch(batch).size);
      }
    }
  });

  it('names the serials that each account has, should have or answers for', async () => {
    let leaves = 0;
    for (const batch of BATCHES)
      for (const within of CODES)
        for (const leaf of (await tree(batch, within, 0))?.accounts ?? []) {
          const account = world.accounts.get(leaf.account as AccountId);
          const ranges = [leaf.usableSerials, leaf.invalidSerials, leaf.missingSerials].map(
            (it) => it.ranges,
          );
          expect([leaf.account, ...ranges]).toEqual([
            leaf.account,
            ...(['usable', 'invalid', 'missing'] as const).map((state) =>
              account?.[state].ofBatch(batch).format(),
            ),
          ]);
          leaves += 1;
        }
    expect(leaves).toBeGreaterThan(15);
  });

  it('ends where it is told to, and says so', async () => {
    const root = await tree('2017-A', null, 0);
    expect([root?.tree.children, root?.tree.isCut]).toEqual([[], true]);
    const branch = await tree('2017-A', '31', 1);
    expect(branch?.tree.children.map(({ facilityId }) => facilityId)).toEqual(['31.71']);
    expect(branch?.tree.children[0]?.isCut).toBe(true);
  });

  it('is of what there is, within the region', async () => {
    expect(await tree('NONE', null, 1)).toBeNull();
    expect(await tree('2017-A', '99', 1)).toBeNull();
    expect(await tree('2017-A', '32', 1, REGION)).toBeNull();
    expect((await tree('2017-A', null, 1, REGION))?.tree.facilityId).toBe('31.71');
  });
});

function sumsOf(node: TreeNode): ReadonlyMap<string, TreeNode> {
  return new Map([
    [node.facilityId, node],
    ...node.children.flatMap((child) => [...sumsOf(child)]),
  ]);
}

function childrenOf(node: TreeNode, id: string): readonly TreeNode[] {
  return sumsOf(node).get(id)?.children ?? [];
}
