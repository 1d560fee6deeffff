import fc from 'fast-check';
import { shipmentIdOf, type AccountId } from '../../src/custody/account/account-id.js';
import type { EntryFields, Place } from '../../src/custody/account/events.js';
import { facilityIdOf, type FacilityCode } from '../../src/custody/facilities/facility-code.js';
import type { FindingId } from '../../src/custody/finding/finding.js';
import { ZONES, type OccurredAt, type Zone } from '../../src/custody/occurrence.js';
import {
  formatSerialNumber,
  MAX_SERIAL_NUMBER,
  type BatchCode,
} from '../../src/custody/serials/serial-number.js';
import { SerialSet, type SerialSetJson } from '../../src/custody/serials/serial-set.js';

/*
 * What the data of events are made of, within the bounds of what decisions let through. Written
 * from the TypeScript types and the domain's own makers, apart from the JSON Schemas they test.
 */

export const HELD = ['usable', 'invalid'] as const;
const PLACES = [...HELD, 'issued', 'missing', 'destroyed'] as const;

export const nullable = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
export const words = fc.string({ unit: 'grapheme', maxLength: 40 });
export const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
export const count = fc.maxSafeNat();
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789abcdef')),
    minLength: length,
    maxLength: length,
  });
export const sha256 = hex(64);
export const eventId = fc.uuid();
export const revision = fc.bigInt(0n, 2n ** 63n - 1n).map(String);
const codeOf = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-')),
    minLength: 1,
    maxLength,
  });

const wallClock = fc
  .date({
    min: new Date('1900-01-01T00:00:00.000Z'),
    max: new Date('2199-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());
export const instant = fc.oneof(
  wallClock,
  wallClock.map((text) => `${text.slice(0, 19)}Z`),
);
export const date = wallClock.map((text) => text.slice(0, 10));
const zone = fc.constantFrom(...(Object.keys(ZONES) as Zone[]));
const LENGTHS = { day: 10, minute: 16, second: 19 } as const;
export const occurredAt: fc.Arbitrary<OccurredAt> = fc
  .tuple(wallClock, fc.constantFrom('day', 'minute', 'second'), zone)
  .map(([text, precision, zone]) => ({
    value: text.slice(0, LENGTHS[precision]),
    precision,
    zone,
  }));

export const batch = codeOf(16).map((code) => code as BatchCode);
export const serialNumber = fc.integer({ min: 1, max: MAX_SERIAL_NUMBER });
export const serial = fc.record({ batch, number: serialNumber }).map(formatSerialNumber);
const range = fc.tuple(batch, serialNumber, serialNumber).map(([batch, one, other]) => ({
  batch,
  first: Math.min(one, other),
  last: Math.max(one, other),
}));
export const serials: fc.Arbitrary<SerialSetJson> = fc
  .array(range, { maxLength: 6 })
  .map((ranges) => SerialSet.of(ranges).toJson());
export const split = fc.record({ usable: serials, invalid: serials });

const part = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789')),
    minLength: length,
    maxLength: length,
  });
export const facilityCode = fc
  .tuple(fc.integer({ min: 11, max: 99 }), fc.array(part(2), { maxLength: 2 }), fc.option(part(4)))
  .map(([province, below, village]) => {
    const parts = [String(province), ...below];
    return [...parts, ...(parts.length === 3 && village !== null ? [village] : [])].join('.');
  })
  .map((code) => code as FacilityCode);
export const facilityId = fc
  .tuple(facilityCode, fc.integer({ min: 1, max: 9_999 }))
  .map(([code, nth]) => facilityIdOf(code, nth));
export const account = fc
  .oneof(
    facilityId,
    batch.map((code) => `B.${code}`),
    codeOf(16).map((code) => `E.${code}`),
    fc.constant('00'),
  )
  .map((id) => id as AccountId);
export const shipmentId = fc
  .tuple(account, fc.integer({ min: 1, max: 999_999_999 }))
  .map(([consignor, number]) => shipmentIdOf(consignor, number));
export const findingCode = fc
  .tuple(fc.constantFrom('F', '0', 'Z'), codeOf(31))
  .map(([first, rest]) => `${first}${rest}`);
export const findingId = findingCode.map((code) => code as FindingId);
export const chipUid = fc
  .constantFrom(8, 14, 20)
  .chain(hex)
  .map((text) => text.toUpperCase());

export const officer = fc.record({ id: name, role: name, facilityId: name });
export const approval = fc.record({ by: officer, at: instant, contentHash: sha256 });
export const papers = {
  documents: fc.array(fc.record({ kind: words, number: words, sha256 }), { maxLength: 3 }),
  note: words,
};
export const entry = { occurredAt, ...papers } satisfies {
  [K in keyof EntryFields]: fc.Arbitrary<EntryFields[K]>;
};
export const place: fc.Arbitrary<Place> = fc.oneof(
  fc.constant<Place>({ place: 'unproduced' }),
  fc.record({ place: fc.constantFrom(...PLACES) }),
  fc.record({
    place: fc.constant('transit' as const),
    shipmentId,
    state: fc.constantFrom(...HELD),
  }),
);
