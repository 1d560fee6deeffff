import { describe, expect, it } from '@jest/globals';
import { streamOfAccount, type AccountId } from '../../custody/account/account-id.js';
import type { CustodyEvent } from '../../custody/account/events.js';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { temporaryLedger, type TemporaryLedger } from '../../../test/support/projection-ledger.js';
import { openShipment, PLANTS, unnumbered } from '../../../test/support/projection-plants.js';
import { choicesOf, ENTRY, historyOf, type World } from '../../../test/support/projection-world.js';
import { PROJECTIONS } from '../projections.js';
import { ReadModelDatabase } from '../read-model-database.js';
import { rebuildReadModels } from '../rebuild.js';
import { auditLedger } from './audit.js';
import type { AuditReport } from './audit-report.js';

const CHOICES = choicesOf(21, 600);
function world(): World {
  return historyOf(CHOICES);
}

async function audited(
  events: readonly RecordedEvent[],
  look: (ledger: TemporaryLedger) => Promise<AuditReport>,
): Promise<AuditReport> {
  const ledger = await temporaryLedger(events);
  try {
    return await look(ledger);
  } finally {
    await ledger.close();
  }
}

function auditLog({ store }: TemporaryLedger): Promise<AuditReport> {
  return auditLedger({ store, readModelsFile: null });
}

describe('the audit of a sound ledger', () => {
  it('closes the books and finds nothing', async () => {
    const given = world();
    const { events } = given.history;
    const progress: (readonly [number, number])[] = [];
    const report = await audited(events, async ({ store, readModelsFile }) => {
      await rebuildReadModels(store, readModelsFile);
      const onProgress = (done: number, total: number) => progress.push([done, total]);
      return auditLedger({ store, readModelsFile, onProgress });
    });
    expect(report.differences).toEqual([]);
    expect(report).toMatchObject({
      position: String(events.length),
      events: events.length,
      differenceCount: 0,
    });
    expect(report.accounts).toBe(new Set(events.map(({ stream }) => stream)).size);
    expect(report.rowsCompared).toBeGreaterThan(50);
    expect(progress.at(-1)).toEqual([events.length, events.length]);
    expect(report.books.map(({ batch }) => batch)).toEqual(['2017-A', 'LAMA']);
    for (const books of report.books) {
      const {
        produced: all,
        usable,
        invalid,
        inTransit,
        issued: cards,
        destroyed,
        missing,
      } = books;
      expect(all).toBe(given.accounts.get(`B.${books.batch}` as AccountId)?.batch?.produced.size);
      expect(usable + invalid + inTransit + cards + destroyed + missing).toBe(all);
      expect(books.balance).toBe(0);
    }
  });

  it('of an empty ledger', async () => {
    expect(await audited([], auditLog)).toEqual({
      position: null,
      events: 0,
      accounts: 0,
      books: [],
      rowsCompared: null,
      differences: [],
      differenceCount: 0,
    });
  });
});

describe('the audit finds what is planted in the log, and where', () => {
  it.each(PLANTS)('%s: %s', async (check, _title, plant) => {
    const given = world();
    const { account, event, changes } = plant(given);
    const planted = given.history.add(streamOfAccount(account), event, changes);
    // What follows must not hide it, nor be blamed for it.
    given.history.add(streamOfAccount('31.74' as AccountId), unnumbered(2));
    const report = await audited(given.history.events, auditLog);
    const [first] = report.differences;
    expect(first).toMatchObject({
      check,
      stream: planted.stream,
      revision: String(planted.revision),
      position: String(planted.position),
    });
    const elsewhere = report.differences.filter(({ position }) => position !== first?.position);
    expect(elsewhere).toEqual([]);
  });

  it('names a refusal that goes to somebody else than the consignor', async () => {
    const given = world();
    const { shipment, open } = openShipment(given);
    const account = given.accounts.get(shipment.consignee);
    const number = String((account?.shipmentsSent ?? 0) + 1).padStart(6, '0');
    const to = ['31', '32', '32.01'].find(
      (it) => it !== shipment.consignor && it !== shipment.consignee,
    );
    const data = {
      ...ENTRY,
      usable: open.usable.toJson(),
      invalid: open.invalid.toJson(),
      shipmentId: shipment.shipmentId,
      newShipmentId: `${shipment.consignee}-${number}`,
      to,
      reason: 'wet',
      approval: null,
    };
    const event = { type: 'ShipmentRefused', data } as unknown as CustodyEvent;
    const planted = given.history.add(streamOfAccount(shipment.consignee), event);
    const { differences } = await audited(given.history.events, auditLog);
    expect(differences).toEqual([
      expect.objectContaining({
        check: 'consignee_only',
        position: String(planted.position),
        expected: shipment.consignor,
        actual: to,
      }),
    ]);
  });
});

/** The ledger as a disk would give it back on which somebody changed bytes. */
function tampered(
  store: EventStore,
  change: (event: RecordedEvent) => readonly RecordedEvent[],
): EventStore {
  return Object.create(store, {
    head: { value: () => store.head() },
    readStream: { value: store.readStream.bind(store) },
    readAll: {
      value: async function* (...options: Parameters<EventStore['readAll']>) {
        for await (const batch of store.readAll(...options)) yield batch.flatMap(change);
      },
    },
  }) as EventStore;
}

describe('the audit of a log that was tampered with', () => {
  const { events } = world().history;
  const target = events.find(({ type }) => type === 'UnnumberedCardsRecorded');
  const position = target?.position ?? 0n;

  async function auditTampered(change: (event: RecordedEvent) => readonly RecordedEvent[]) {
    const report = await audited(events, ({ store }) =>
      auditLedger({ store: tampered(store, change), readModelsFile: null }),
    );
    return report.differences[0];
  }

  it('misses an event that was taken out', async () => {
    const next = events.find((it) => it.stream === target?.stream && it.position > position);
    const found = await auditTampered((event) => (event.position === position ? [] : [event]));
    expect(found).toMatchObject({
      check: 'stream_order',
      what: 'revision',
      stream: target?.stream,
      position: String(next?.position),
      expected: String(target?.revision),
      actual: String(next?.revision),
    });
  });

  it('notices an id that comes twice', async () => {
    const found = await auditTampered((event) =>
      event.position === position ? [{ ...event, id: events[0]?.id ?? '' }] : [event],
    );
    expect(found).toMatchObject({
      check: 'stream_order',
      what: 'id',
      position: String(position),
      actual: 'also at position 1',
    });
  });

  it('notices events in another order', async () => {
    const found = await auditTampered((event) =>
      event.position === position ? [{ ...event, position: 1n }] : [event],
    );
    expect(found).toMatchObject({ check: 'stream_order', what: 'position', position: '1' });
  });
});

describe('the audit of the read models', () => {
  async function auditAfter(sql: string): Promise<AuditReport> {
    return audited(world().history.events, async ({ store, readModelsFile }) => {
      await rebuildReadModels(store, readModelsFile);
      const database = ReadModelDatabase.open(readModelsFile);
      database.exec(sql);
      database.close();
      return auditLedger({ store, readModelsFile });
    });
  }

  it.each([
    [
      "UPDATE stock_own SET usable = usable + 5 WHERE account = 'B.2017-A' AND batch = '2017-A'",
      'stock_own',
    ],
    [
      "UPDATE stock_total SET missing = 1 + missing WHERE facility = '31' AND batch = ''",
      'stock_total',
    ],
    ['DELETE FROM shipment WHERE position = (SELECT min(position) FROM shipment)', 'shipment'],
    ["UPDATE batch SET quantity_contracted = 8000000 WHERE code = '2017-A'", 'batch'],
    ["INSERT INTO stock_transit VALUES ('31', '32', '2017-A', 5)", 'stock_transit'],
  ])('%s', async (sql, table) => {
    const { differences } = await auditAfter(sql);
    const rows = differences.filter(({ what }) => what === `row of ${table}`);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.check).toBe('read_models');
    expect(rows[0]?.expected).not.toBe(rows[0]?.actual);
  });

  it('compares the stock with the books by serial, not only with its own fold', async () => {
    const sql =
      "UPDATE stock_own SET usable = usable + 5 WHERE account = 'B.2017-A' AND batch = '2017-A'";
    const { differences } = await auditAfter(sql);
    const [found] = differences;
    expect(found?.what).toBe('usable of B.2017-A 2017-A in the stock');
    expect(Number(found?.actual) - Number(found?.expected)).toBe(5);
  });

  it('compares read models that are behind at their own position', async () => {
    const { events } = world().history;
    const report = await audited(events.slice(0, 200), async ({ store, readModelsFile }) => {
      await rebuildReadModels(store, readModelsFile);
      const whole = await temporaryLedger(events);
      try {
        return await auditLedger({ store: whole.store, readModelsFile });
      } finally {
        await whole.close();
      }
    });
    expect(report.differences).toEqual([]);
    expect(report.rowsCompared).toBeGreaterThan(20);
    expect(report.events).toBe(events.length);
  });

  it('names read models that are ahead of the log, and those of another version', async () => {
    const { events } = world().history;
    const report = await audited(events, async ({ store, readModelsFile }) => {
      await rebuildReadModels(store, readModelsFile);
      const short = await temporaryLedger(events.slice(0, 100));
      try {
        const projections = PROJECTIONS.map((it) =>
          it.name === 'batches' ? { ...it, version: 7 } : it,
        );
        return await auditLedger({ store: short.store, readModelsFile, projections });
      } finally {
        await short.close();
      }
    });
    const found = report.differences.map(({ what, expected }) => `${what}: ${expected}`);
    expect(found).toContain('version of batches: 7');
    expect(found).toContain('position of stock: at most 100');
  });

  it('tells of a table that is missing, and compares the others', async () => {
    const report = await auditAfter('DROP TABLE batch');
    expect(report.differences).toEqual([
      expect.objectContaining({
        check: 'read_models',
        what: 'table batch of batches',
        expected: 'there',
        actual: 'missing',
      }),
    ]);
    expect(report.rowsCompared).toBeGreaterThan(0);
  });
});
