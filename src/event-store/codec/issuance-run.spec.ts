import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ledgerEventOf } from '../../../test/support/ledger-event-arbitraries.js';
import { metadataOf, uuidOf } from '../../../test/support/projection-history.js';
import { parseSerialNumber } from '../../custody/serials/serial-number.js';
import { eventText } from '../embedded/commit-row.js';
import type { JsonObject, JsonValue } from '../event-store.js';
import { encodeAppend } from './append-request.js';
import { EVENT_TYPES } from './event-codec.js';
import { issuanceRun } from './issuance-run.js';
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
  readonly data: { readonly serial: string };
  readonly metadata: { readonly recordedAt: string };
}

function batchOf(serial: string): string {
  const parsed = parseSerialNumber(serial);
  return parsed.ok ? parsed.value.batch : 'none';
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

describe('a run of issuances', () => {
  it('is read from texts as it would be from their JSON', () => {
    fc.assert(
      fc.property(ISSUANCE, fc.array(ISSUANCE, { maxLength: 4 }), (last, before) => {
        const texts = [...before, last].map((event, index) => textOf(event, index));
        const stored = texts.map((text) => JSON.parse(text) as Stored);
        const batches = new Set(stored.map(({ data }) => batchOf(data.serial)));
        const run = issuanceRun(texts);
        if (batches.size > 1) {
          expect(run).toBeNull();
        } else {
          const end = stored.at(-1);
          expect(run).toEqual({
            batch: [...batches][0],
            count: texts.length,
            eventId: end?.id,
            recordedAt: end?.metadata.recordedAt,
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(EVENT_TYPES.filter(({ type }) => type !== 'BlankIssued'))(
    'is not made of $type',
    ({ type }) => {
      fc.assert(
        fc.property(ledgerEventOf(type), (event) => {
          expect(issuanceRun([textOf(event)])).toBeNull();
          expect(issuanceRun([textOf(issuance({})), textOf(event, 1)])).toBeNull();
          expect(issuanceRun([textOf(event), textOf(issuance({}), 1)])).toBeNull();
        }),
        { numRuns: 20 },
      );
    },
  );

  it('is told by keys, not by what stands in strings', () => {
    const note = ',"serial":"2017-B/000000001","subject":"';
    const run = issuanceRun([textOf(issuance({ note }))]);
    expect(run).toMatchObject({ batch: '2017-A', count: 1 });
  });

  it.each([
    ['of another version', textOf(issuance({}), 0, { ...metadataOf(0), schema: 2 })],
    ['with a field more', textOf(issuance({ subject2: 'x' }))],
    ['with a serial not padded', textOf(issuance({ serial: '2017-A/333008' }))],
    ['with a serial of no number', textOf(issuance({ serial: '2017-A/00033300x' }))],
    ['with the serial 0', textOf(issuance({ serial: '2017-A/000000000' }))],
    ['with a subject of another length', textOf(issuance({ subject: 'a'.repeat(63) }))],
    [
      'with a time of another length',
      textOf(issuance({}), 0, { ...metadataOf(0), recordedAt: 'x' }),
    ],
    ['that is not canonical', textOf(issuance({})).replaceAll('":', '": ')],
    ['that is cut off', textOf(issuance({})).slice(0, -1)],
    ['that is empty', ''],
  ])('is left to the codec where there is a text %s', (_, text) => {
    expect(issuanceRun([text])).toBeNull();
    expect(issuanceRun([text, textOf(issuance({}))])).toBeNull();
  });

  it('is none without events', () => {
    expect(issuanceRun([])).toBeNull();
  });

  it('agrees with the JSON of any text it takes, whatever one character is changed to', () => {
    const text = textOf(issuance({ note: 'a "quoted" note', replaces: '2017-A/000000007' }));
    const change = fc.tuple(
      fc.nat(text.length - 1),
      fc.constantFrom('"', ',', '}', '0', 'x', '\\', ''),
    );
    fc.assert(
      fc.property(change, ([at, by]) => {
        const changed = text.slice(0, at) + by + text.slice(at + 1);
        const run = issuanceRun([changed]);
        const stored = parsedOrNull(changed);
        // What no longer parses is for the chain of hashes to find.
        if (run === null || stored === null) return;
        expect(stored.type).toBe('BlankIssued');
        expect(run).toEqual({
          batch: batchOf(stored.data.serial),
          count: 1,
          eventId: stored.id,
          recordedAt: stored.metadata.recordedAt,
        });
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
