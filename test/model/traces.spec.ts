import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountId } from '../../src/custody/account/account-id.js';
import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import { booksOf } from './books.js';
import type { Node } from './nodes.js';
import { nik } from './scene.js';
import {
  accepted,
  approved,
  at,
  dispatch,
  foundBatch,
  issue,
  minutesAfter,
  receive,
  refusalOf,
  step,
  stockVillage,
  VILLAGE,
} from './told-steps.js';
import { World } from './world.js';

const BATCH = 'B.2017-A';

let world: World;
let here: Node;
let there: Node;

beforeEach(() => {
  world = new World();
  [here, there] = world.nodes(2) as [Node, Node];
});

afterEach(() => world.close());

async function books(account: string) {
  return booksOf(world.store, account as AccountId);
}

async function eventTypes(account: string): Promise<readonly string[]> {
  return (await books(account)).events.map(({ type }) => type);
}

describe('the traces of the design review', () => {
  it('issue, reverse, retry the first issue: it answers what it did, and issues nothing anew', async () => {
    await stockVillage(world, here, 10);
    const first = await accepted(here, issue('issue', VILLAGE, '2017-A/1', nik(1)));
    const reversal = step('ReverseEntry', 'undo', VILLAGE, { revision: 1, approval: null });
    await approved(here, reversal);
    for (const node of [here, there]) {
      const again = await accepted(
        node,
        issue('issue', VILLAGE, '2017-A/000000001', nik(1)),
        at(60),
      );
      expect(again.isReplay).toBe(true);
      expect(again.events.map(({ id }) => id)).toEqual(first.events.map(({ id }) => id));
    }
    const { account } = await books(VILLAGE);
    expect(account.issued.isEmpty).toBe(true);
    expect(account.usable.size).toBe(10);
  });

  it('a dispatch whose acknowledgement was lost, retried by another node after other events', async () => {
    await foundBatch(world, here, 10);
    const lost = dispatch('dispatch', BATCH, VILLAGE, ['2017-A/1..3']);
    const answer = await here.send(lost, at(0, ['after', 'after', 'after', 'after', 'after']));
    expect(answer).toEqual({ kind: 'busy', hasLanded: true });
    await accepted(there, dispatch('another', BATCH, VILLAGE, ['2017-A/4']), at(1));
    await accepted(there, step('RecordSpoilage', 'spoil', BATCH, { serials: ['2017-A/5'] }), at(1));
    const retry = await accepted(there, lost, at(2));
    expect(retry.isReplay).toBe(true);
    expect(retry.events).toMatchObject([{ data: { shipmentId: 'B.2017-A-000001' } }]);
    expect((await eventTypes(BATCH)).filter((type) => type === 'ShipmentDispatched')).toHaveLength(
      2,
    );
    expect((await accepted(here, lost, at(3))).revision).toBe(retry.revision);
  });

  it('two nodes, one key, different content: one lands, the other reused the key', async () => {
    await foundBatch(world, here, 10);
    await accepted(there, step('RecordSpoilage', 'spoil', BATCH, { serials: ['2017-A/9'] }));
    const answers = await Promise.all([
      here.send(dispatch('dispatch', BATCH, VILLAGE, ['2017-A/1']), at(0)),
      there.send(dispatch('dispatch', BATCH, VILLAGE, ['2017-A/2']), at(0)),
    ]);
    const outcomes = answers.map((answer) =>
      answer.kind === 'refused' ? answer.rejection.code : answer.kind,
    );
    expect([...outcomes].sort()).toEqual(['accepted', 'idempotency_key_reused']);
    expect((await books(BATCH)).account.shipmentsSent).toBe(1);
  });

  it('procure, dispatch, refuse: the batch account gets its blanks back, and its books close', async () => {
    await foundBatch(world, here, 10);
    await accepted(here, dispatch('dispatch', BATCH, VILLAGE, ['2017-A/1..10']));
    const refusal = { shipment: 'B.2017-A-000001', approval: null };
    const refused = await accepted(there, step('RefuseShipment', 'refuse', VILLAGE, refusal));
    expect(refused.events).toMatchObject([
      { data: { newShipmentId: `${VILLAGE}-000001`, to: BATCH } },
    ]);
    expect((await books(BATCH)).account.usable.isEmpty).toBe(true);
    await accepted(here, receive('back', BATCH, `${VILLAGE}-000001`, ['2017-A/1..10']));
    await accepted(here, step('CloseBatch', 'close', BATCH, { reason: null }));
    const { account } = await books(BATCH);
    expect(account.usable.format()).toEqual(['2017-A/1..10']);
    expect(account.usable.size).toBe(account.batch?.produced.size);
    expect(account.batch?.isClosed).toBe(true);
    expect(await refusalOf(there, receive('late', VILLAGE, 'B.2017-A-000001', ['2017-A/1']))).toBe(
      'shipment_closed',
    );
  });

  it('a count entered after a receipt loses nothing of the receipt, and lists it', async () => {
    await foundBatch(world, here, 10);
    await accepted(here, dispatch('first', BATCH, VILLAGE, ['2017-A/1..5']));
    await accepted(here, dispatch('second', BATCH, VILLAGE, ['2017-A/6..10']));
    await accepted(here, receive('r-1', VILLAGE, 'B.2017-A-000001', ['2017-A/1..5']));
    await accepted(there, receive('r-2', VILLAGE, 'B.2017-A-000002', ['2017-A/6..10']), at(10));
    const sheet = {
      bookRevision: 0,
      states: ['usable', 'invalid'] as const,
      batches: null,
      seenUsable: ['2017-A/1..4'],
      seenInvalid: [],
    };
    const counted = await accepted(here, step('CountStock', 'count', VILLAGE, sheet), at(20));
    expect(counted.events).toMatchObject([
      {
        data: {
          moved: [{ batch: '2017-A', ranges: [[6, 10]] }],
          short: { usable: [{ batch: '2017-A', ranges: [[5, 5]] }], invalid: [] },
          surplus: [],
        },
      },
    ]);
    const { account } = await books(VILLAGE);
    expect(account.missing.format()).toEqual(['2017-A/5']);
    expect(account.usable.format()).toEqual(['2017-A/1..4', '2017-A/6..10']);
  });

  it('a receipt stamped by a slow clock is accepted, and ledger time stays monotone', async () => {
    await foundBatch(world, here, 10);
    const sent = dispatch('dispatch', BATCH, VILLAGE, ['2017-A/1..5'], minutesAfter(60));
    await accepted(here, sent, at(60));
    const receipt = receive(
      'receive',
      VILLAGE,
      'B.2017-A-000001',
      ['2017-A/1..5'],
      minutesAfter(62),
    );
    const received = await accepted(there, receipt, at(40));
    const times: number[] = [];
    let ledgerTime = 0;
    for await (const batch of world.store.readAll()) {
      for (const stored of batch) {
        ledgerTime = Math.max(ledgerTime, Date.parse(decodeEvent(stored).metadata.recordedAt));
        times.push(ledgerTime);
      }
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(ledgerTime).toBe(at(60).now);
    const last = (await books(VILLAGE)).events.find(({ id }) => id === received.events[0]?.id);
    expect(Date.parse(last?.metadata.recordedAt ?? '')).toBe(at(40).now);
  });
});
