import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Recorded } from '../../src/event-store/codec/ledger-event.js';
import { JAKARTA_2017_ENDS } from '../../src/scenarios/jakarta-2017.js';
import { forget, recorded, streamsOf, type RecordedScenario } from './recorded-scenario.js';

const OFFICE = /^31\.\d\d\.\d\d(\.\d{4})?$/;
const DISTRICT_LENGTH = 8;

/** Blanks of a dispatch. */
function sizeOf(event: Recorded): number {
  if (event.type !== 'ShipmentDispatched') return 0;
  const ranges = event.data.packages.flatMap(({ usable }) => usable.flatMap((it) => it.ranges));
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

function dispatches(events: readonly Recorded[]) {
  return events.flatMap((event) =>
    event.type === 'ShipmentDispatched'
      ? [{ ...event.data, blanks: sizeOf(event), recordedAt: event.metadata.recordedAt }]
      : [],
  );
}

describe('jakarta-2017', () => {
  let told: RecordedScenario;
  const others: RecordedScenario[] = [];

  beforeAll(async () => {
    told = await recorded('jakarta-2017');
  }, 120_000);

  afterAll(() => forget([told, ...others]));

  it('closes the books of 2017-A at 7,000,000', () => {
    const { books, differences } = told.report;
    expect(differences).toEqual([]);
    const [book] = books;
    expect(books).toHaveLength(1);
    expect(book).toMatchObject({ batch: '2017-A', produced: 7_000_000, missing: 500, balance: 0 });
    expect(book?.issued).toBeGreaterThan(2_000);
    expect(book?.invalid).toBeGreaterThan(50);
  });

  it('has everything under contract and produced by 29 March', () => {
    const produced = told.events.filter(({ type }) => type === 'BlanksProduced');
    expect(produced).toHaveLength(7);
    expect(produced.at(-1)?.metadata.recordedAt.slice(0, 10)).toBe('2017-03-29');
    expect(told.accounts.get('B.2017-A' as never)?.batch).toMatchObject({
      quantityContracted: 7_000_000,
      isClosed: true,
    });
  });

  it('dispatches exactly 200,000 to the 267 kelurahan and 44 kecamatan of DKI by 31 March', () => {
    const toOffices = dispatches(told.events).filter(({ to }) => OFFICE.test(to));
    const kinds = Map.groupBy(toOffices, ({ to }) => to.length === DISTRICT_LENGTH);
    expect(new Set(kinds.get(true)?.map(({ to }) => to)).size).toBe(44);
    expect(new Set(kinds.get(false)?.map(({ to }) => to)).size).toBe(267);
    expect(toOffices).toHaveLength(44 + 267);
    expect(toOffices.reduce((sum, { blanks }) => sum + blanks, 0)).toBe(200_000);
    expect(toOffices.every(({ recordedAt }) => recordedAt < '2017-03-31T17:00')).toBe(true);
  });

  it('accounts for the 200,000 to the last blank', () => {
    const offices = [...told.accounts].filter(([id]) => OFFICE.test(id)).map(([, it]) => it);
    const held = offices.reduce(
      (sum, it) => sum + it.usable.size + it.invalid.size + it.issued.size + it.missing.size,
      0,
    );
    const sentFrom = dispatches(told.events).filter(({ to }) => OFFICE.test(to));
    const settled = (to: string, shipmentId: string): number =>
      told.accounts.get(to as never)?.settled.get(shipmentId)?.size ?? 0;
    const open = sentFrom.reduce(
      (sum, { to, shipmentId, blanks }) => sum + blanks - settled(to, shipmentId),
      0,
    );
    const surrendered = told.events.flatMap((event) =>
      event.type === 'CardSurrendered' && event.data.shipmentId !== null
        ? [settled(event.data.to, event.data.shipmentId) === 0 ? 1 : 0]
        : [],
    );
    const travelling = surrendered.reduce<number>((sum, it) => sum + it, 0);
    expect(surrendered.length).toBeGreaterThan(0);
    expect(open).toBeGreaterThan(0);
    expect(held + open + travelling).toBe(200_000);
  });

  it('has one carton of 500 missing at its kelurahan, and one shipment overdue outside DKI', () => {
    const short = [...told.accounts].filter(([, { missing }]) => !missing.isEmpty);
    expect(short.map(([, { missing }]) => missing.size)).toEqual([500]);
    expect(short[0]?.[0]).toMatch(/^31\.\d\d\.\d\d\.1/);
    const overdue = dispatches(told.events).filter(
      ({ to, shipmentId, expectedBy }) =>
        Date.parse(expectedBy) < JAKARTA_2017_ENDS &&
        told.accounts.get(to)?.settled.get(shipmentId) === undefined,
    );
    expect(overdue.map(({ to }) => to)).toEqual(['32.01']);
  });

  it('sends a first April shipment to each of the 38 provinces', () => {
    const april = dispatches(told.events).filter(
      ({ recordedAt }) => recordedAt > '2017-03-31T18:00',
    );
    expect(new Set(april.map(({ to }) => to)).size).toBe(38);
    expect(april.reduce((sum, { blanks }) => sum + blanks, 0)).toBe(2_000_000);
    const last = told.events.at(-1)?.metadata.recordedAt ?? '';
    expect(Date.parse(last)).toBeLessThan(JAKARTA_2017_ENDS);
  });

  it('never lets the actor approve', () => {
    const approved = told.events.filter(
      (event) => 'approval' in event.data && event.data.approval !== null,
    );
    const types = new Set(approved.map(({ type }) => type));
    expect(types).toEqual(new Set(['BatchProcured', 'ShipmentDispatched', 'EntryReversed']));
    const dispatched = dispatches(told.events);
    expect(dispatched.filter(({ blanks, approval }) => blanks > 500 && approval === null)).toEqual(
      [],
    );
  });

  it('is the same for the same seed, event for event, and another for another seed', async () => {
    const again = await recorded('jakarta-2017', { vaultOf: told.folder });
    const other = await recorded('jakarta-2017', { vaultOf: told.folder, seed: 2 });
    others.push(again, other);
    expect(again.report.books).toEqual(told.report.books);
    const [first, second, third] = [told, again, other].map(({ events }) => streamsOf(events));
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(other.report.differences).toEqual([]);
  }, 120_000);

  it('keeps cartons whole at a smaller scale', async () => {
    const small = await recorded('jakarta-2017', { scale: 0.02 });
    others.push(small);
    expect(small.report.differences).toEqual([]);
    expect(small.report.books[0]?.produced).toBe(140_000);
    expect(dispatches(small.events).every(({ blanks }) => blanks % 500 === 0)).toBe(true);
    expect(new Set(dispatches(small.events).map(({ to }) => to)).has('94' as never)).toBe(true);
  }, 60_000);
});
