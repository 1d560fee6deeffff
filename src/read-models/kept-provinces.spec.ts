import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { choicesOf, historyOf } from '../../test/support/projection-world.js';
import { temporaryLedger, type TemporaryLedger } from '../../test/support/projection-ledger.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { auditLedger } from './audit/audit.js';
import { KeptProvinces, NotKeptHere } from './kept-provinces.js';
import { ProjectionEngine } from './projection-engine.js';
import { PROJECTIONS } from './projections.js';
import type { ReadModelDatabase, Row } from './read-model-database.js';
import { rebuildReadModels } from './rebuild.js';

const SEED = 23;
const CHOICES = 600;

let ledger: TemporaryLedger;
let head: bigint;

beforeAll(async () => {
  const { history } = historyOf(choicesOf(SEED, CHOICES));
  ledger = await temporaryLedger(history.events);
  head = BigInt(history.events.length);
}, 60_000);

afterAll(() => ledger.close());

/** The rows of whoever is asked for, of an engine that follows the log to its end. */
async function rowsOf(
  name: string,
  kept: KeptProvinces,
  ask: (database: ReadModelDatabase) => readonly Row[],
): Promise<readonly Row[]> {
  const file = join(ledger.folder, `${name}.db`);
  const { store } = ledger;
  // Cut into small pieces, so that what was sent and what settles it meet in different ones.
  const engine = ProjectionEngine.start({
    store,
    file,
    projections: PROJECTIONS,
    kept,
    batchEvents: 7,
  });
  try {
    expect(await engine.waitFor(head, 20_000)).toBe('reached');
    expect(engine.position()).toBe(head);
    return ask(engine.database);
  } finally {
    await engine.close();
  }
}

const within = (column: string) => `${column} LIKE '32%'`;

function answers(database: ReadModelDatabase): readonly Row[] {
  return [
    ...database.all(`SELECT * FROM stock_own WHERE ${within('account')} ORDER BY account, batch`),
    ...database.all(
      `SELECT * FROM stock_total WHERE ${within('facility')} ORDER BY facility, batch`,
    ),
    ...database.all(
      `SELECT * FROM shipment WHERE ${within('consignor')} OR ${within('consignee')}
       ORDER BY shipment_id`,
    ),
    ...database.all(
      `SELECT * FROM shipment_entry WHERE shipment_id IN (SELECT shipment_id FROM shipment
       WHERE ${within('consignor')} OR ${within('consignee')}) ORDER BY shipment_id, position`,
    ),
  ];
}

describe('a node that keeps some provinces', () => {
  it('has for them exactly the rows that a node with all provinces has', async () => {
    const all = await rowsOf('all', KeptProvinces.all, answers);
    const some = await rowsOf('some', new KeptProvinces(['32']), answers);
    expect(all.length).toBeGreaterThan(10);
    expect(some).toEqual(all);
  }, 60_000);

  it('goes on from where it was, and begins anew when other provinces are set', async () => {
    const count = (database: ReadModelDatabase) =>
      database.all('SELECT DISTINCT substr(account, 1, 2) AS province FROM stock_own');
    const some = await rowsOf('again', new KeptProvinces(['31']), count);
    const same = await rowsOf('again', new KeptProvinces(['31']), count);
    const all = await rowsOf('again', KeptProvinces.all, count);
    expect(same).toEqual(some);
    expect(all.length).toBeGreaterThan(some.length);
    expect(all).toEqual(await rowsOf('all', KeptProvinces.all, count));
  }, 60_000);

  it('has rows that an audit finds nothing to say against, and a rebuild makes again', async () => {
    const file = join(ledger.folder, 'some.db');
    const kept = new KeptProvinces(['32']);
    const { store } = ledger;
    const report = await auditLedger({ store, readModelsFile: file });
    expect(report.differences).toEqual([]);
    expect(report.rowsCompared).toBeGreaterThan(10);
    const { comparison } = await rebuildReadModels(store, file, { kept });
    expect(comparison?.rows).toBeGreaterThan(10);
    expect(comparison?.differences).toEqual([]);
  }, 60_000);

  it('halts at an entry of which it cannot tell whether it counts', async () => {
    const { history } = historyOf(choicesOf(SEED, CHOICES));
    const own = await temporaryLedger(history.events.slice(0, 100));
    const { store, folder } = own;
    const { id, type, data, metadata } = history.events[0] as RecordedEvent;
    await store.append('custody-nobody', 'no_stream', [
      { id: id.replace(/^./, '1'), type, data, metadata },
    ]);
    const more = { id: id.replace(/^./, '2'), type, data, metadata };
    await store.append('custody-B.2099-Z', 'no_stream', [more]);
    const engine = ProjectionEngine.start({
      store,
      file: join(folder, 'some.db'),
      projections: PROJECTIONS,
      kept: new KeptProvinces(['32']),
      batchEvents: 50,
    });
    expect(await engine.waitFor(102n, 20_000)).toBe('halted');
    for (const { position, haltedBy } of engine.standings()) {
      expect(position).toBe(100n);
      expect(haltedBy).toMatchObject({ position: '101', stream: 'custody-nobody' });
    }
    await engine.close();
    await own.close();
  }, 60_000);

  it('refuses a region into which a facility has moved from a province that is not kept', () => {
    const kept = new KeptProvinces(['32']);
    const of = (...ids: readonly string[]) => ids.map((facilityId) => ({ facilityId }));
    expect(() => {
      kept.assertKeepsAll(of('32', '32.01', '32.01.01'));
    }).not.toThrow();
    expect(() => {
      kept.assertKeepsAll(of('32', '32.01', '31.71'));
    }).toThrow(NotKeptHere);
    expect(() => {
      KeptProvinces.all.assertKeepsAll(of('32', '31.71'));
    }).not.toThrow();
  });

  it('refuses what it has not the whole of', () => {
    const kept = KeptProvinces.parse('31,32');
    for (const account of ['31', '31.71', '32.01.01.2001', 'not an account'])
      expect(() => {
        kept.assertKeepsOne([account]);
      }).not.toThrow();
    for (const account of ['00', '33', '33.01', 'B.2017-A', 'E.CASE-1'])
      expect(() => {
        kept.assertKeepsOne([account]);
      }).toThrow(NotKeptHere);
    expect(() => {
      kept.assertKeepsOne(['33', '31.71']);
    }).not.toThrow();
    expect(() => {
      kept.assertKeepsOne([]);
    }).toThrow('the read models of 31, 32 only');
    expect(() => {
      kept.assertAll();
    }).toThrow(NotKeptHere);
  });
});
