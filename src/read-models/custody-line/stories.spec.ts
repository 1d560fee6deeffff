import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { custodyLineOf, historyOnTwoClocks } from '../../../test/support/custody-line-world.js';
import { CHOICES } from '../../../test/support/history-arbitraries.js';
import { NaiveTrace, type Asked, type NaiveRun } from '../../../test/support/naive-trace.js';
import { uuidOf } from '../../../test/support/projection-history.js';
import { choicesOf } from '../../../test/support/projection-world.js';
import { formatSerialNumber, type SerialNumber } from '../../custody/serials/serial-number.js';
import { decodeEvent } from '../../event-store/codec/event-codec.js';
import type { RecordedEvent } from '../../event-store/event-store.js';
import { ReadModelDatabase } from '../read-model-database.js';
import { custodyLineProjection } from './custody-line-projection.js';
import { storyOf } from './stories.js';
import { isIssuance } from './story-entry.js';
import type { StoryRun } from './story.js';

/** Batches of the histories have 400 serials: some of these lie beyond. */
const ASKED: readonly Asked[] = [
  ...[1, 2, 17, 43, 44, 87, 88, 132, 400, 401].flatMap((number) =>
    ['2017-A', 'LAMA'].map((batch) => ({ batch, first: number, last: number })),
  ),
  { batch: '2017-A', first: 1, last: 420 },
  { batch: 'LAMA', first: 100, last: 300 },
  { batch: 'LAMA', first: 7, last: 8 },
  { batch: 'NONE', first: 1, last: 5 },
];

function scanned(events: readonly RecordedEvent[], asked: readonly Asked[]) {
  const naive = new NaiveTrace(asked);
  for (const event of events.map(decodeEvent)) naive.take(event);
  return naive.runs();
}

function plain({ first, last, steps }: StoryRun): NaiveRun {
  return {
    first,
    last,
    steps: steps.map(({ entry, from, to, isReversed, effectiveAt, isMoved }) => {
      const { position, type, account, ledgerTime } = entry;
      return { position, type, account, from, to, ledgerTime, isReversed, effectiveAt, isMoved };
    }),
  };
}

function traced(database: ReadModelDatabase, asked: readonly Asked[]) {
  return asked.map(({ batch, first, last }) => storyOf(database, batch, first, last).map(plain));
}

function dumped(database: ReadModelDatabase): readonly unknown[] {
  return custodyLineProjection.tables.map(({ name, key }) =>
    database.all(`SELECT * FROM ${name} ORDER BY ${key}`),
  );
}

describe('the story of serials', () => {
  it('is what a scan of the log finds, on either clock, of single serials and of ranges', () => {
    fc.assert(
      fc.property(CHOICES, fc.constantFrom(1, 37, 1_000), (choices, size) => {
        const events = historyOnTwoClocks(choices);
        const database = custodyLineOf(events, size);
        try {
          expect(traced(database, ASKED)).toEqual(scanned(events, ASKED));
        } finally {
          database.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is that of a long history too, in which every kind of entry was met and some were moved', () => {
    const events = historyOnTwoClocks(choicesOf(11, 3_000));
    const database = custodyLineOf(events, 100);
    const all = traced(database, ASKED);
    database.close();
    expect(all).toEqual(scanned(events, ASKED));
    const steps = all.flat().flatMap((run) => run.steps);
    expect(new Set(steps.map(({ type }) => type)).size).toBe(12);
    for (const flag of ['isMoved', 'isReversed'] as const)
      expect([flag, steps.filter((it) => it[flag]).length > 10]).toEqual([flag, true]);
  });
});

describe('an entry of a story', () => {
  const events = historyOnTwoClocks(choicesOf(13, 2_000)).map((event, index) =>
    event.type === 'BlankIssued'
      ? {
          ...event,
          data: {
            ...event.data,
            subject: uuidOf(index).replaceAll('-', '').repeat(2),
            replaces: index % 2 === 0 ? `ALT/00000${String(1_000 + (index % 9_000))}` : null,
            reason: index % 3 === 0 ? 'moved' : 'backlog',
          },
        }
      : event,
  );
  const database = custodyLineOf(events, 50);
  const entries = ['2017-A', 'LAMA']
    .flatMap((batch) => storyOf(database, batch, 1, 400))
    .flatMap(({ steps }) => steps.map(({ entry }) => entry));
  const logged = new Map(events.map((event) => [Number(event.position), decodeEvent(event)]));

  afterAll(() => {
    database.close();
  });

  it('says what the log says', () => {
    for (const entry of entries) {
      const event = logged.get(entry.position);
      if (event === undefined || !('occurredAt' in event.data)) throw new Error('it is logged');
      expect(entry).toMatchObject({ type: event.type, revision: Number(event.revision) });
      const { eventId, occurred, actor, recordedAt } = entry;
      const { metadata, data } = event;
      expect([eventId, occurred, actor, recordedAt]).toEqual([
        event.id,
        data.occurredAt,
        metadata.actor,
        Date.parse(metadata.recordedAt),
      ]);
    }
  });

  it('says of an issuance to whom, why, and instead of which card', () => {
    const issuances = entries.filter(isIssuance);
    expect(issuances.length).toBeGreaterThan(25);
    for (const { position, subject, replaces, details } of issuances) {
      const event = logged.get(position);
      if (event?.type !== 'BlankIssued') throw new Error('it is an issuance');
      const replaced = replaces === null ? null : formatSerialNumber(replaces as SerialNumber);
      expect([subject, details['reason'], replaced]).toEqual([
        event.data.subject,
        event.data.reason,
        event.data.replaces,
      ]);
    }
  });

  it('says of a shipment who stands on the other side', () => {
    const sent = entries.filter(({ type }) => type === 'ShipmentDispatched');
    const received = entries.filter(({ type }) => type === 'ShipmentReceived');
    expect(sent.length * received.length).toBeGreaterThan(100);
    for (const { position, toShipment, fromShipment, counterparty } of sent) {
      const event = logged.get(position);
      if (event?.type !== 'ShipmentDispatched') throw new Error('it is a dispatch');
      const { shipmentId, to } = event.data;
      expect([toShipment, fromShipment, counterparty]).toEqual([shipmentId, null, to]);
    }
    for (const { fromShipment, toShipment, counterparty } of received)
      expect([fromShipment?.slice(0, -7), toShipment]).toEqual([counterparty, null]);
  });
});

describe('the rows of the custody line', () => {
  it('do not depend on how the log is cut', () => {
    const events = historyOnTwoClocks(choicesOf(12, 1_500));
    const [whole, ...others] = [100_000, 1, 37].map((size) => {
      const database = custodyLineOf(events, size);
      const rows = dumped(database);
      database.close();
      return rows;
    });
    for (const rows of others) expect(rows).toEqual(whole);
    for (const rows of whole ?? []) expect((rows as readonly unknown[]).length).toBeGreaterThan(2);
  });
});
