import { describe, expect, it } from '@jest/globals';
import { streamOfAccount, type AccountId } from '../../custody/account/account-id.js';
import type { AccountState, CustodyEvent, EntryFields } from '../../custody/account/events.js';
import { manifestOf, openPart } from '../../custody/account/incoming-shipment.js';
import { formatSerialNumber } from '../../custody/serials/serial-number.js';
import { SerialSet, type SerialSetJson } from '../../custody/serials/serial-set.js';
import type { EventStore, JsonObject, RecordedEvent } from '../../event-store/event-store.js';
import { metadataOf, uuidOf } from '../../../test/support/projection-history.js';
import { temporaryLedger, type TemporaryLedger } from '../../../test/support/projection-ledger.js';
import {
  APPROVAL,
  choicesOf,
  ENTRY,
  historyOf,
  type World,
} from '../../../test/support/projection-world.js';
import { PROJECTIONS } from '../projections.js';
import { ReadModelDatabase } from '../read-model-database.js';
import { rebuildReadModels } from '../rebuild.js';
import { auditLedger } from './audit.js';
import type { AuditDifference, AuditReport } from './audit-report.js';

const CHOICES = choicesOf(21, 600);
const NOTHING = { usable: [], invalid: [] };

function world(): World {
  return historyOf(CHOICES);
}

/** An account of this world and one serial it has in a state. */
function someIn(
  { accounts }: World,
  state: AccountState,
  isFit: (id: AccountId) => boolean = () => true,
): { readonly id: AccountId; readonly serial: string; readonly serials: SerialSetJson } {
  for (const [id, account] of accounts) {
    const [range] = account[state].firstRanges(1);
    if (range === undefined || !isFit(id)) continue;
    const { batch, first } = range;
    const serials = SerialSet.of([{ batch, first, last: first }]).toJson();
    return { id, serial: formatSerialNumber({ batch, number: first }), serials };
  }
  throw new Error(`nobody has anything ${state}`);
}

function openShipment({ shipments, accounts }: World) {
  for (const shipment of shipments.values()) {
    const account = accounts.get(shipment.consignee);
    if (account === undefined || shipment.origin !== 'dispatch') continue;
    const open = openPart(account, shipment);
    if (!open.usable.isEmpty) return { shipment, open };
  }
  throw new Error('no shipment is open');
}

function spoiled(serials: SerialSetJson): CustodyEvent {
  return { type: 'BlanksSpoiled', data: { ...ENTRY, serials, cause: 'misprint' } };
}

function produced(serials: SerialSetJson): CustodyEvent {
  const rest = { deliveryNo: 'D', qualitySample: null, chipManifest: null };
  return { type: 'BlanksProduced', data: { ...ENTRY, serials, ...rest } };
}

function issued(serial: string): CustodyEvent {
  const rest = { reason: 'backlog', replaces: null, chipUid: null } as const;
  return { type: 'BlankIssued', data: { ...ENTRY, serial, subject: 'a'.repeat(64), ...rest } };
}

function received(shipmentId: string, usable: SerialSetJson): CustodyEvent {
  const data = {
    ...ENTRY,
    shipmentId,
    asStated: { usable, invalid: [] },
    damaged: NOTHING,
    missing: NOTHING,
    sealChecks: [],
    unexpected: [],
    approval: null,
  };
  return { type: 'ShipmentReceived', data } as unknown as CustodyEvent;
}

function dispatched(from: AccountId, number: number, usable: SerialSetJson): CustodyEvent {
  const shipmentId = `${from}-${String(number).padStart(6, '0')}`;
  const to = from === '32' ? '31' : '32';
  const data = {
    ...ENTRY,
    shipmentId,
    to,
    basis: 'allocation',
    packages: [{ label: '1', kind: 'karton', seal: 'S', usable, invalid: [] }],
    carrier: 'Pos',
    vehicle: null,
    expectedBy: '2017-04-10T00:00:00.000Z',
    paperNumber: null,
    approval: null,
  };
  return { type: 'ShipmentDispatched', data } as unknown as CustodyEvent;
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

interface Plant {
  readonly account: AccountId;
  readonly event: CustodyEvent;
  readonly changes?: Partial<RecordedEvent>;
}

type Row = readonly [
  check: AuditDifference['check'],
  title: string,
  plant: (world: World) => Plant,
];

const GHOST: SerialSetJson = [{ batch: 'GHOST', ranges: [[7, 9]] }];

const PLANTS: readonly Row[] = [
  [
    'conservation',
    'blanks that were never produced',
    () => ({ account: '31' as AccountId, event: spoiled(GHOST) }),
  ],
  [
    'conservation',
    'production in an account that is not the batch',
    () => ({ account: 'B.LAMA' as AccountId, event: produced(GHOST) }),
  ],
  [
    'one_place',
    'blanks that are usable elsewhere',
    (given) => {
      const { id, serials } = someIn(given, 'usable');
      const account = (id === '32' ? '31' : '32') as AccountId;
      return { account, event: spoiled(serials) };
    },
  ],
  [
    'one_place',
    'a serial produced twice',
    () => ({
      account: 'B.2017-A' as AccountId,
      event: produced([{ batch: '2017-A', ranges: [[1, 2]] }]),
    }),
  ],
  [
    'issued_once',
    'a card issued here while it is issued elsewhere',
    (given) => {
      const { id, serial } = someIn(given, 'issued');
      return { account: (id === '32' ? '31' : '32') as AccountId, event: issued(serial) };
    },
  ],
  [
    'issued_once',
    'a card issued twice by one account',
    (given) => {
      const { id, serial } = someIn(given, 'issued');
      return { account: id, event: issued(serial) };
    },
  ],
  [
    'issued_once',
    'a destroyed card that is spoiled again',
    (given) => {
      const { id, serials } = someIn(given, 'destroyed');
      return { account: id, event: spoiled(serials) };
    },
  ],
  [
    'issued_once',
    'a reversal that brings back more than its entry destroyed',
    (given) => {
      const { id, serials } = someIn(given, 'destroyed');
      return { account: id, event: falseReversal(serials) };
    },
  ],
  [
    'consignee_only',
    'a receipt by somebody who is not the consignee',
    (given) => {
      const { shipment, open } = openShipment(given);
      const account = ['31', '32', '32.01'].find((it) => it !== shipment.consignee) as AccountId;
      return { account, event: received(shipment.shipmentId, open.usable.toJson()) };
    },
  ],
  [
    'consignee_only',
    'a receipt beyond the manifest',
    (given) => {
      const { shipment, open } = openShipment(given);
      const beyond = open.usable.plus(
        manifestOf({ usable: SerialSet.fromJson(GHOST), invalid: SerialSet.empty }),
      );
      return { account: shipment.consignee, event: received(shipment.shipmentId, beyond.toJson()) };
    },
  ],
  [
    'consignee_only',
    'a receipt of a shipment nobody sent',
    () => ({ account: '31' as AccountId, event: received('32-000999', GHOST) }),
  ],
  [
    'account_rules',
    'a shipment number left out',
    (given) => {
      const { id, serials } = someIn(given, 'usable');
      const number = (given.accounts.get(id)?.shipmentsSent ?? 0) + 2;
      return { account: id, event: dispatched(id, number, serials) };
    },
  ],
  [
    'account_rules',
    'production beyond the contract',
    () => ({
      account: 'B.2017-A' as AccountId,
      event: produced([{ batch: '2017-A', ranges: [[401, 999]] }]),
    }),
  ],
  [
    'account_rules',
    'more unnumbered cards destroyed than held',
    () => ({ account: '31.71.01.1001' as AccountId, event: burned(1_000) }),
  ],
  [
    'provenance',
    'an event without an actor',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: {
        metadata: { ...metadataOf(9_999), actor: { id: '', role: 'ministry', facilityId: '00' } },
      },
    }),
  ],
  [
    'provenance',
    'an event without a command',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: { metadata: { ...metadataOf(9_999), commandId: '' } },
    }),
  ],
  [
    'provenance',
    'an event without a time',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: { metadata: { ...metadataOf(9_999), recordedAt: 'yesterday' } },
    }),
  ],
  [
    'stored_form',
    'an event with a field too many',
    () => ({
      account: '31' as AccountId,
      event: unnumbered(1),
      changes: { data: { ...(unnumbered(1).data as unknown as JsonObject), nik: '1' } },
    }),
  ],
];

function unnumbered(count: number): CustodyEvent {
  const rest = { bag: 'K', seal: 'S', source: 'field' };
  return { type: 'UnnumberedCardsRecorded', data: { ...ENTRY, count, ...rest } };
}

function burned(count: number): CustodyEvent {
  const witnesses = ['one', 'two'].map((id) => ({ id, role: 'ministry', facilityId: '00' }));
  const data = {
    serials: [],
    unnumbered: count,
    method: 'burned',
    place: 'yard',
    witnesses,
  } as const;
  return { type: 'BlanksDestroyed', data: { ...ENTRY, ...data, approval: APPROVAL } };
}

function falseReversal(serials: SerialSetJson): CustodyEvent {
  const fields: EntryFields = ENTRY;
  return {
    type: 'EntryReversed',
    data: {
      ...fields,
      eventId: uuidOf(1),
      revision: '0',
      entryType: 'BlanksDestroyed',
      postings: [{ from: { place: 'destroyed' }, to: { place: 'invalid' }, serials }],
      unnumbered: 0,
      reason: 'none',
      approval: APPROVAL,
    },
  };
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
});
