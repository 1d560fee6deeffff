import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ledgerEventOf } from '../../../test/support/ledger-event-arbitraries.js';
import { metadataOf, uuidOf } from '../../../test/support/projection-history.js';
import { formatSerialNumber, type BatchCode } from '../../custody/serials/serial-number.js';
import { eventText } from '../embedded/commit-row.js';
import type { JsonObject, JsonValue } from '../event-store.js';
import { encodeAppend } from './append-request.js';
import { EVENT_TYPES } from './event-codec.js';
import { IssuanceReader } from './issuance-reader.js';
import type { LedgerEvent } from './ledger-event.js';

/** As the log holds it. */
function textOf({ type, data }: LedgerEvent, index = 0, metadata = metadataOf(index)): string {
  const event = { id: uuidOf(index), type, data: data as unknown as JsonObject, metadata };
  const [encoded] = encodeAppend('custody-31', [event]).events;
  if (encoded === undefined) throw new Error('nothing was encoded');
  return eventText(encoded);
}

interface Stored {
  readonly id: string;
  readonly type: string;
  readonly data: {
    readonly serial: string;
    readonly subject: string;
    readonly reason: string;
    readonly replaces: string | null;
    readonly occurredAt: unknown;
  };
  readonly metadata: { readonly recordedAt: string; readonly actor: unknown };
}

/** What a reader makes of a text in the middle of others, in the terms of its JSON; null where it leaves it. */
function readBy(reader: IssuanceReader, text: string): unknown {
  const bytes = Buffer.from(`${text},\n`);
  const before = Buffer.from('[');
  const read = reader.read(Buffer.concat([before, bytes]), 1, 1 + Buffer.byteLength(text));
  if (read === null) return null;
  const serial = (batch: BatchCode, number: number): string =>
    formatSerialNumber({ batch, number });
  const { replacedBatch: replaced } = read;
  return {
    id: Buffer.from(read.id).toString('hex'),
    serial: serial(read.batch, read.number),
    subject: Buffer.from(read.subject).toString('hex'),
    reason: read.reason,
    replaces: replaced === null ? null : serial(replaced, read.replacedNumber),
    occurredAt: read.occurredAt,
    actor: read.actor,
    recordedAt: read.recordedAt,
  };
}

function expectedOf({ id, data, metadata }: Stored): unknown {
  const { serial, subject, reason, replaces, occurredAt } = data;
  const { actor, recordedAt } = metadata;
  return {
    ...{ id: id.replaceAll('-', ''), serial, subject, reason, replaces, occurredAt, actor },
    recordedAt: Date.parse(recordedAt),
  };
}

function read(text: string): unknown {
  return readBy(new IssuanceReader(), text);
}

const ISSUANCE = ledgerEventOf('BlankIssued');

function issuance(changes: Readonly<Record<string, JsonValue>>): LedgerEvent {
  const data = {
    occurredAt: { precision: 'day', value: '2017-04-18', zone: 'Asia/Jakarta' },
    documents: [],
    note: '',
    serial: '2017-A/000333008',
    subject: 'a'.repeat(64),
    reason: 'backlog',
    replaces: null,
    chipUid: null,
    ...changes,
  };
  return { type: 'BlankIssued', data } as unknown as LedgerEvent;
}

describe('a reader of issuances', () => {
  it('reads of texts what stands in their JSON, whatever it has read before', () => {
    fc.assert(
      fc.property(fc.array(ISSUANCE, { minLength: 1, maxLength: 5 }), fc.nat(2), (events, same) => {
        const reader = new IssuanceReader();
        for (const [index, event] of events.entries()) {
          const text = textOf(event, index, metadataOf(index % (same + 1)));
          expect(readBy(reader, text)).toEqual(expectedOf(JSON.parse(text) as Stored));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(EVENT_TYPES.filter(({ type }) => type !== 'BlankIssued'))(
    'leaves $type to the codec',
    ({ type }) => {
      fc.assert(
        fc.property(ledgerEventOf(type), (event) => {
          const reader = new IssuanceReader();
          expect(readBy(reader, textOf(issuance({})))).not.toBeNull();
          expect(readBy(reader, textOf(event, 1))).toBeNull();
          expect(readBy(reader, textOf(issuance({}), 2))).not.toBeNull();
        }),
        { numRuns: 20 },
      );
    },
  );

  it('is told by keys, not by what stands in strings', () => {
    const note = ',"serial":"2017-B/000000001","subject":"';
    expect(read(textOf(issuance({ note })))).toMatchObject({ serial: '2017-A/000333008' });
  });

  it.each([
    ['of another version', textOf(issuance({}), 0, { ...metadataOf(0), schema: 2 })],
    ['with a field more', textOf(issuance({ subject2: 'x' }))],
    ['with a serial not padded', textOf(issuance({ serial: '2017-A/333008' }))],
    ['with a serial of no number', textOf(issuance({ serial: '2017-A/00033300x' }))],
    ['with the serial 0', textOf(issuance({ serial: '2017-A/000000000' }))],
    ['with a replaced card of no number', textOf(issuance({ replaces: '2017-A/7' }))],
    ['with a reason nobody knows', textOf(issuance({ reason: 'whim' }))],
    ['with a subject of another length', textOf(issuance({ subject: 'a'.repeat(63) }))],
    ['with a subject in capitals', textOf(issuance({ subject: 'A'.repeat(64) }))],
    ['with no time', textOf(issuance({}), 0, { ...metadataOf(0), recordedAt: 'x' })],
    ['that is not canonical', textOf(issuance({})).replaceAll('":', '": ')],
    ['that is cut off', textOf(issuance({})).slice(0, -1)],
    ['that is empty', ''],
  ])('leaves to the codec a text %s', (_, text) => {
    expect(read(text)).toBeNull();
  });

  it('agrees with the JSON of any text it takes, whatever one character is changed to', () => {
    const text = textOf(issuance({ note: 'a "quoted" note', replaces: '2017-A/000000007' }));
    const change = fc.tuple(
      fc.nat(text.length - 1),
      fc.constantFrom('"', ',', '}', '0', 'x', '\\', ''),
    );
    fc.assert(
      fc.property(change, fc.boolean(), ([at, by], isAfterAnother) => {
        const changed = text.slice(0, at) + by + text.slice(at + 1);
        const reader = new IssuanceReader();
        if (isAfterAnother) readBy(reader, text);
        const found = readBy(reader, changed);
        const stored = parsedOrNull(changed);
        // What no longer parses is for the chain of hashes to find.
        if (found === null || stored === null) return;
        expect(stored.type).toBe('BlankIssued');
        expect(found).toEqual(expectedOf(stored));
      }),
      { numRuns: 3_000 },
    );
  });
});

function parsedOrNull(text: string): Stored | null {
  try {
    return JSON.parse(text) as Stored;
  } catch {
    return null;
  }
}
