import { afterAll, describe, expect, it } from '@jest/globals';
import { askedLedger, rowsOf, type AskedLedger } from '../../../test/support/asked-ledger.js';
import {
  askingShipments,
  dispatched,
  receivedAs,
  serials,
} from '../../../test/support/asked-shipments.js';
import { History, metadataOf } from '../../../test/support/projection-history.js';
import { APPROVAL, ENTRY } from '../../../test/support/projection-world.js';
import { postingsOf, reversedPostings } from '../../custody/account/postings.js';
import type { FacilityId } from '../../custody/facilities/facility-code.js';
import { Scope } from '../scope.js';
import { shipmentsProjection } from './shipments-projection.js';

const OTHER = new Scope('33' as FacilityId);
const HOUR = 3_600_000;

describe('a shipment', () => {
  const minute = (value: string) => ({ value, precision: 'minute', zone: 'Asia/Jakarta' }) as const;
  const history = new History();
  const at = (recordedAt: string) => ({
    metadata: { ...metadataOf(history.events.length), recordedAt },
  });
  // Three blanks that were made, in a world this small, at an office.
  const produced = history.add('custody-32', {
    type: 'BlanksProduced',
    data: {
      ...ENTRY,
      serials: serials(9_001, 9_003),
      ...{ deliveryNo: 'D', qualitySample: null, chipManifest: null },
    },
  } as never);
  const elsewhere = history.add('custody-32', dispatched('32-000001', '32.01', 9_002, 9_003));
  const sent = history.add(
    'custody-31',
    dispatched('31-000001', '31.71', 1, 500, minute('2017-04-01T08:00')),
    at('2017-04-01T02:00:00.000Z'),
  );
  const receipt = receivedAs('31-000001', {
    occurredAt: minute('2017-04-02T08:00'),
    asStated: { usable: serials(1, 480), invalid: [] },
    missing: { usable: serials(481, 500), invalid: [] },
    unexpected: [
      {
        batch: '2017-A',
        ranges: [
          [9_001, 9_003],
          [9_999, 9_999],
        ],
      },
    ],
  });
  const received = history.add('custody-31.71', receipt, at('2017-04-02T03:00:00.000Z'));
  const correct = (stream: string, entry: { id: string; revision: bigint }, value: string) => {
    const [eventId, revision] = [entry.id, String(entry.revision)];
    const data = { ...ENTRY, eventId, revision, correctedTo: minute(value), reason: 'salah jam' };
    history.add(
      stream,
      { type: 'OccurrenceCorrected', data } as never,
      at('2017-04-02T04:00:00.000Z'),
    );
  };
  const afterReceipt = history.events.length;
  correct('custody-31', sent, '2017-04-01T09:00');
  correct('custody-31.71', received, '2017-04-02T07:30');
  const corrected = history.events.length;
  history.add(
    'custody-31.71',
    {
      type: 'EntryReversed',
      data: {
        ...ENTRY,
        ...{ eventId: received.id, revision: '0', entryType: 'ShipmentReceived' },
        postings: reversedPostings(postingsOf(receipt)),
        ...{ unnumbered: 0, reason: 'salah catat', approval: APPROVAL },
      },
    } as never,
    at('2017-04-02T05:00:00.000Z'),
  );
  const reversed = history.events.length;
  history.add(
    'custody-31.71',
    receivedAs('31-000001', {
      occurredAt: { value: '2017-04-03', precision: 'day', zone: 'Asia/Jakarta' },
      asStated: { usable: serials(1, 500), invalid: [] },
    }),
    at('2017-04-03T02:00:00.000Z'),
  );
  const codes = ['00', '31', '31.71', '32', '33'];
  const ledgers: AskedLedger[] = [];
  afterAll(() => Promise.all(ledgers.map((ledger) => ledger.close())));

  async function askedAfter(count: number) {
    const ledger = await askedLedger(history.events.slice(0, count), codes);
    ledgers.push(ledger);
    return askingShipments(ledger);
  }

  it('tells what was missing, and what its manifest does not name, with who found it', async () => {
    const ask = await askedAfter(afterReceipt);
    const shipment = await ask.shipment('31-000001');
    expect(shipment).toMatchObject({
      ...{ state: 'closed', missingBlanks: 20, unexpectedBlanks: 4 },
      closedAt: '2017-04-02T03:00:00.000Z',
      unexpected: [
        {
          ...{ eventId: received.id, account: '31.71', recordedAt: '2017-04-02T03:00:00.000Z' },
          serials: {
            ...{ count: 4, truncated: false },
            ranges: ['2017-A/9001..9003', '2017-A/9999'],
          },
        },
      ],
    });
    expect(await ask.list({ hasUnexpected: true })).toHaveLength(1);
    expect(await ask.list({ isShort: true })).toHaveLength(1);
    expect(await ask.shipment('31-000001', OTHER)).toBeNull();
    expect(await ask.route('31', '31.71')).toMatchObject({
      recorded: { shipments: 1, p50Ms: 25 * HOUR, maxMs: 25 * HOUR },
      occurred: { shipments: 1, p50Ms: 24 * HOUR, maxMs: 24 * HOUR },
    });
  });

  it('tells with whom the books have what nobody listed', async () => {
    const ask = await askedAfter(afterReceipt);
    const answer = await ask.unexpected('31-000001');
    const [found] = answer?.receipts ?? [];
    expect([found?.eventId, found?.account, found?.count]).toEqual([received.id, '31.71', 4]);
    expect(found?.held).toEqual([
      {
        serials: '2017-A/9001',
        holder: { place: 'usable', account: '32', shipmentId: null, eventId: produced.id },
      },
      {
        serials: '2017-A/9002..9003',
        holder: {
          ...{ place: 'transit_usable', account: '32', shipmentId: '32-000001' },
          eventId: elsewhere.id,
        },
      },
      {
        serials: '2017-A/9999',
        holder: { place: 'unproduced', account: null, shipmentId: null, eventId: null },
      },
    ]);
    const narrow = await ask.unexpected('31-000001', new Scope('31' as FacilityId));
    expect(narrow?.receipts[0]?.held.map(({ holder }) => holder?.place ?? null)).toEqual([
      ...[null, null, 'unproduced'],
    ]);
    expect(await ask.unexpected('31-000001', new Scope('33' as FacilityId))).toBeNull();
  });

  it('took as long as its corrected times say', async () => {
    const ask = await askedAfter(corrected);
    const route = await ask.route('31', '31.71');
    expect(route?.occurred.maxMs).toBe(22.5 * HOUR);
    expect(route?.recorded.maxMs).toBe(25 * HOUR);
    expect((await ask.shipment('31-000001'))?.occurredAt.value).toBe('2017-04-01T09:00');
  });

  it('is on its way again when its receipt is reversed, and late once it is due', async () => {
    const ask = await askedAfter(reversed);
    expect(await ask.shipment('31-000001')).toMatchObject({
      ...{ state: 'in_transit', missingBlanks: 0, unexpectedBlanks: 0, unexpected: [] },
      closedAt: null,
    });
    expect((await ask.route('31', '31.71'))?.recorded).toMatchObject({ shipments: 0, p50Ms: null });
    const due = Date.parse('2017-04-02T10:00:00.000Z');
    expect(await ask.list({ overdue: 'expected', within: '31', at: due })).toHaveLength(0);
    expect(await ask.list({ overdue: 'expected', within: '31', at: due + 1 })).toHaveLength(1);
  });

  it('tells no stated time where only a day is known', async () => {
    const ask = await askedAfter(history.events.length);
    expect(await ask.route('31', '31.71')).toMatchObject({
      ...{ sent: 1, open: 0, recorded: { maxMs: 48 * HOUR } },
      occurred: { shipments: 0, maxMs: null },
    });
    const ids = await ask.list({ within: '31.71' }, new Scope('31' as FacilityId));
    expect(ids.map(({ consignor }) => consignor)).toEqual(['31']);
  });

  it('leaves the same rows however the log is cut', () => {
    const whole = rowsOf(shipmentsProjection, history.events, history.events.length);
    for (const size of [1, 2, 3])
      expect(rowsOf(shipmentsProjection, history.events, size)).toEqual(whole);
    expect(whole.length).toBe(5);
  });
});
