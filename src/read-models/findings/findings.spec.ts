import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metadataOf } from '../../../test/support/projection-history.js';
import { temporaryLedger, type TemporaryLedger } from '../../../test/support/projection-ledger.js';
import { choicesOf, ENTRY, historyOf } from '../../../test/support/projection-world.js';
import { placeInWorld } from '../../../test/support/world-places.js';
import type { FindingEvent, FindingId } from '../../custody/finding/finding.js';
import type { BatchCode } from '../../custody/serials/serial-number.js';
import type { SerialSetJson } from '../../custody/serials/serial-set.js';
import { SerialSet } from '../../custody/serials/serial-set.js';
import { InvalidCursor } from '../cursor.js';
import { ProjectionEngine } from '../projection-engine.js';
import { PROJECTIONS } from '../projections.js';
import { Scope, scopeOf } from '../scope.js';
import type { Belief } from './finding-matches.js';
import {
  FindingById,
  FindingByIdHandler,
  Findings,
  FindingsHandler,
  type FindingAnswer,
  type FindingsPage,
} from './findings.query.js';

const world = historyOf(choicesOf(41, 2_500));
const { history } = world;
const FOUND: SerialSetJson = [
  { batch: '2017-A', ranges: [[1, 420]] },
  { batch: 'PALSU', ranges: [[5, 6]] },
];
const REGION = scopeOf('31.71') ?? Scope.nation;
let ledger: TemporaryLedger;
let models: ProjectionEngine;

function record(findingId: string, facilityId: string, serials: SerialSetJson): void {
  const id = findingId as FindingId;
  const rest = { place: 'semak', chipUids: ['04AABBCC'], illegibleCount: 3, photos: [] };
  const event: FindingEvent = {
    type: 'FindingRecorded',
    data: { ...ENTRY, findingId: id, serials, ...rest },
  };
  const actor = { id: 'polsek', role: 'custodian', facilityId };
  const metadata = { ...metadataOf(history.events.length), actor };
  history.add(`finding-${findingId}`, event, { metadata });
}

function resolve(findingId: string): void {
  const id = findingId as FindingId;
  const data = { ...ENTRY, findingId: id, how: 'contradiction', eventIds: [] } as const;
  history.add(`finding-${findingId}`, { type: 'FindingResolved', data });
}

beforeAll(async () => {
  record('ALL', '00', FOUND);
  record('F-2', '31.71', [{ batch: 'LAMA', ranges: [[1, 9]] }]);
  record('F-3', '31.71.01', []);
  record('F-4', '32', []);
  resolve('F-3');
  ledger = await temporaryLedger(history.events);
  const { store, readModelsFile: file } = ledger;
  models = ProjectionEngine.start({ store, file, projections: PROJECTIONS });
  await models.waitFor(BigInt(history.events.length), 20_000);
});
afterAll(async () => {
  await models.close();
  await ledger.close();
});

function one(id: string, scope = Scope.nation): Promise<FindingAnswer | null> {
  const atLeast = String(history.events.length);
  return new FindingByIdHandler(models).execute(new FindingById(scope, id, atLeast));
}

function list(
  status: 'open' | 'resolved' | 'all',
  cursor: string | null = null,
  limit = 9,
  scope = Scope.nation,
): Promise<FindingsPage> {
  return new FindingsHandler(models).execute(new Findings(scope, status, cursor, limit));
}

const BELIEF_OF_PLACE: Readonly<Record<string, Belief>> = {
  usable: 'usable',
  invalid: 'invalid',
  issued: 'issued',
  missing: 'missing',
  destroyed: 'destroyed',
  transit: 'in_transit',
};

describe('a finding', () => {
  it('is matched serial by serial against the books as they are now', async () => {
    const answer = await one('ALL');
    const found = new Set<Belief>();
    let matched = 0;
    for (const { believed, isAlarm, gaps, group } of answer?.matches ?? []) {
      const serials = SerialSet.parse(group.serials.ranges);
      if (!serials.ok) throw new Error(serials.error.message);
      for (const { batch, first, last } of serials.value.ranges())
        for (const number of [first, last]) {
          const place = placeInWorld(world, batch, number)?.split(' ')[0] ?? '';
          expect([number, believed]).toEqual([number, BELIEF_OF_PLACE[place]]);
        }
      expect(isAlarm).toBe(believed === 'destroyed');
      expect(gaps.length > 0).toBe(believed === 'missing');
      found.add(believed);
      matched += group.serials.count;
    }
    expect(found).toEqual(new Set(Object.values(BELIEF_OF_PLACE)));
    const never = Array.from({ length: 420 }, (_, at) => at + 1).filter(
      (number) => placeInWorld(world, '2017-A' as BatchCode, number) === null,
    );
    expect(answer?.neverProduced.count).toBe(never.length + 2);
    expect(matched).toBe(420 - never.length);
  });

  it('names the gaps that it fills', async () => {
    const answer = await one('ALL');
    const named = answer?.matches.flatMap(({ gaps }) => gaps) ?? [];
    const open = models.database.all(
      `SELECT position || '-' || batch || '-' || first AS id FROM missing_gap
       WHERE closed_how IS NULL AND batch = '2017-A'`,
    );
    expect(new Set(named)).toEqual(new Set(open.map(({ id }) => id)));
  });

  it('tells what the offices have that should have it', async () => {
    const answer = await one('ALL');
    expect(answer?.offices.length).toBeGreaterThan(1);
    for (const office of answer?.offices ?? []) {
      const account = [...world.accounts].find(([id]) => id === office.account)?.[1];
      const { usable, invalid, missing } = office;
      expect([usable, invalid, missing]).toEqual([
        account?.usable.size,
        account?.invalid.size,
        account?.missing.size,
      ]);
      expect(office.invalidSerials.ranges).toEqual(
        account?.invalid.ofBatch('2017-A' as BatchCode).format(),
      );
    }
  });

  it('shows a region what its own offices found, and of that what was ever there', async () => {
    expect(await one('ALL', REGION)).toBeNull();
    expect(await one('F-4', REGION)).toBeNull();
    expect(await one('NONE')).toBeNull();
    expect(await one('small letters')).toBeNull();
    const answer = await one('F-2', REGION);
    const seen = answer?.matches.reduce((sum, { group }) => sum + group.serials.count, 0) ?? 0;
    const unseen = (answer?.outsideRegion.count ?? 0) + (answer?.neverProduced.count ?? 0);
    expect(seen + unseen).toBe(9);
  });
});

describe('findings', () => {
  const idsOf = ({ items }: FindingsPage): readonly string[] =>
    items.map(({ findingId }) => findingId);

  it('are listed by whether they are resolved, the latest first, page by page', async () => {
    expect(idsOf(await list('open'))).toEqual(['F-4', 'F-2', 'ALL']);
    const resolved = await list('resolved');
    expect(resolved.items).toMatchObject([
      { findingId: 'F-3', resolution: { how: 'contradiction', actor: { id: 'officer' } } },
    ]);
    const first = await list('all', null, 3);
    const second = await list('all', first.nextCursor, 3);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(['F-4', 'F-3', 'F-2', 'ALL']);
    expect(second.nextCursor).toBeNull();
    await expect(list('all', 'x')).rejects.toThrow(InvalidCursor);
  });

  it('are those of a region', async () => {
    expect(idsOf(await list('all', null, 9, REGION))).toEqual(['F-3', 'F-2']);
  });

  it('say what was found', async () => {
    const [, , all] = (await list('open')).items;
    expect(all).toMatchObject({
      place: 'semak',
      serials: { count: 422, ranges: ['2017-A/1..420', 'PALSU/5..6'] },
      chipUids: ['04AABBCC'],
      illegibleCount: 3,
      recordedBy: { id: 'polsek', facilityId: '00' },
      resolution: null,
    });
  });
});
