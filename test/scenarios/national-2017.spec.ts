import { createHash, type Hash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseNik, Nik } from '../../src/access/subject-vault/nik.js';
import { recordScenario } from '../../src/cli/record-scenario.js';
import { FacilityRegister } from '../../src/custody/facilities/facility-register.js';
import { decodeEvent } from '../../src/event-store/codec/event-codec.js';
import type { Recorded } from '../../src/event-store/codec/ledger-event.js';
import { openEmbeddedStore } from '../../src/event-store/embedded/embedded-store.js';
import type { AuditReport } from '../../src/read-models/audit/audit-report.js';
import { auditLedger } from '../../src/read-models/audit/audit.js';
import { loadPublishedRegister } from '../../src/read-models/facilities/published-register.js';
import {
  allotments,
  cartonsInWave,
  cartonsOfOffices,
} from '../../src/scenarios/national-2017-allotment.js';
import { national2017 } from '../../src/scenarios/national-2017.js';
import { syntheticNik } from '../../src/scenarios/printing-office.js';
import { readSettings } from '../../src/settings.js';

const SCALE = 0.01;
/** Enough for a carton in every province. */
const SMALL_SCALE = 0.003;
const PRODUCED = 70_000;
const BACKLOG = 45_000;
const OF_THE_YEAR = 30_000;

interface Told {
  readonly folder: string;
  /** Without the cards issued one by one. */
  readonly events: readonly Recorded[];
  readonly issued: readonly {
    readonly stream: string;
    readonly reason: string;
    readonly replaces: string | null;
  }[];
  /** SHA-256 of all events of each stream, in order. */
  readonly hashes: ReadonlyMap<string, string>;
}

async function told(scale: number, seed: number, vaultOf?: string): Promise<Told> {
  const folder = await mkdtemp(join(tmpdir(), 'blangko-national-'));
  if (vaultOf !== undefined) {
    for (const file of ['vault.db', 'vault.key']) await cp(join(vaultOf, file), join(folder, file));
  }
  const settings = readSettings({ DATA_DIR: folder });
  await recordScenario(settings, national2017, { scale, seed });
  const store = openEmbeddedStore({ file: join(folder, 'ledger.db'), mode: 'reader' });
  const events: Recorded[] = [];
  const issued: Told['issued'][number][] = [];
  const hashes = new Map<string, Hash>();
  try {
    for await (const batch of store.readAll()) {
      for (const raw of batch) {
        const { stream, id, type, data, metadata } = raw;
        const hash = hashes.get(stream) ?? createHash('sha256');
        hashes.set(stream, hash.update(JSON.stringify({ id, type, data, metadata })));
        const event = decodeEvent(raw);
        if (event.type !== 'BlankIssued') events.push(event);
        else issued.push({ stream, reason: event.data.reason, replaces: event.data.replaces });
      }
    }
  } finally {
    await store.close();
  }
  const digests = new Map([...hashes].map(([stream, hash]) => [stream, hash.digest('hex')]));
  return { folder, events, issued, hashes: digests };
}

async function audited({ folder }: Told): Promise<AuditReport> {
  const { readModelsFile } = readSettings({ DATA_DIR: folder });
  const store = openEmbeddedStore({ file: join(folder, 'ledger.db'), mode: 'reader' });
  try {
    return await auditLedger({ store, readModelsFile });
  } finally {
    await store.close();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function ofType<T extends Recorded['type']>(events: readonly Recorded[], type: T) {
  return events.filter((event): event is Recorded & { readonly type: T } => event.type === type);
}

/** Residents waiting, of all reports made on a day. */
function waitingOn({ events }: Told, asOf: string, reasons?: readonly string[]): number {
  const reports = ofType(events, 'DemandReported').filter(({ data }) => data.asOf === asOf);
  return sum(
    reports.flatMap(({ data }) =>
      Object.entries(data.byReason)
        .filter(([reason]) => reasons?.includes(reason) ?? true)
        .map(([, count]) => count),
    ),
  );
}

describe('national-2017', () => {
  let year: Told;
  let report: AuditReport;
  const folders: string[] = [];

  beforeAll(async () => {
    year = await told(SCALE, 1);
    folders.push(year.folder);
    report = await audited(year);
  }, 240_000);

  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  it('closes its books: all is produced, and the stock is gone', () => {
    expect(report.differences).toEqual([]);
    const [book] = report.books;
    expect(report.books).toHaveLength(1);
    expect(book).toMatchObject({
      batch: '2017-A',
      produced: PRODUCED,
      usable: 0,
      inTransit: 0,
      balance: 0,
    });
    const surrendered = ofType(year.events, 'CardSurrendered').length;
    expect(book?.issued).toBe(year.issued.length - surrendered);
  });

  it('reports the backlog and what a year adds, each with the day of an election', () => {
    expect(waitingOn(year, '2017-03-30')).toBe(BACKLOG);
    expect(waitingOn(year, '2017-03-31')).toBe(OF_THE_YEAR);
    expect(waitingOn(year, '2017-03-31', ['first_card'])).toBe(12_000);
    const deadlines = ofType(year.events, 'DemandReported').map(({ data }) => data.deadline);
    expect(new Set(deadlines)).toEqual(new Set(['2017-04-19', '2018-06-27']));
  });

  it('leaves unserved whoever got no card: at least one resident in fifteen', () => {
    const unmet = BACKLOG + OF_THE_YEAR - year.issued.length;
    expect(unmet).toBeGreaterThanOrEqual((BACKLOG + OF_THE_YEAR) / 15);
    expect(waitingOn(year, '2018-03-31')).toBe(unmet);
  });

  it('serves the backlog first, then every reason', () => {
    const reasons = year.issued.map(({ reason }) => reason);
    expect(new Set(reasons.slice(0, 20_000).filter((it) => it !== 'damaged'))).toEqual(
      new Set(['backlog']),
    );
    expect(new Set(reasons).size).toBe(7);
  });

  it('passes through every province, and prints at regencies and districts', () => {
    const accounts = [...year.hashes.keys()]
      .filter((stream) => stream.startsWith('custody-'))
      .map((stream) => stream.slice('custody-'.length));
    const provinces = accounts.filter((id) => /^\d\d$/.test(id) && id !== '00');
    expect(provinces).toHaveLength(38);
    const printing = new Set(year.issued.map(({ stream }) => stream.split('.').length));
    expect(printing).toEqual(new Set([2, 3]));
  });

  it('spoils one to two of a hundred blanks', () => {
    const spoilt = sum(
      ofType(year.events, 'BlanksSpoiled').flatMap(({ data }) =>
        data.serials.flatMap(({ ranges }) => ranges.map(([first, last]) => last - first + 1)),
      ),
    );
    expect(spoilt).toBeGreaterThanOrEqual(0.01 * PRODUCED);
    expect(spoilt).toBeLessThanOrEqual(0.02 * PRODUCED);
  });

  it('has shortages, refusals, short counts and what was found again', () => {
    const received = ofType(year.events, 'ShipmentReceived');
    const opened = received.filter(({ data }) => data.missing.usable.length > 0);
    expect(opened).toHaveLength(2);
    const refused = ofType(year.events, 'ShipmentRefused');
    expect(refused).toHaveLength(2);
    const back = received.filter(({ data }) =>
      refused.some((it) => it.data.newShipmentId === data.shipmentId),
    );
    expect(back).toHaveLength(2);
    const counts = ofType(year.events, 'StockCounted');
    const short = counts.filter(({ data }) => data.short.usable.length > 0);
    expect(counts.length).toBeGreaterThan(100);
    expect(short.length).toBeGreaterThan(2);
    expect(ofType(year.events, 'BlanksRecovered')).toHaveLength(short.length);
  });

  it('resolves every finding by an entry of the books', () => {
    const findings = ofType(year.events, 'FindingRecorded').map(({ data }) => data.findingId);
    const resolved = ofType(year.events, 'FindingResolved');
    expect(findings.length).toBeGreaterThan(2);
    expect(resolved.map(({ data }) => data.findingId).sort()).toEqual([...findings].sort());
    expect(new Set(resolved.map(({ data }) => data.how))).toEqual(
      new Set(['recovered', 'surrendered']),
    );
    const byId = new Map(year.events.map((event) => [event.id, event.type]));
    const causes = resolved.flatMap(({ data }) => data.eventIds.map((id) => byId.get(id)));
    expect(new Set(causes)).toEqual(new Set(['BlanksRecovered', 'CardSurrendered']));
  });

  it('takes back what it replaces before it prints the new card', () => {
    const replaced = year.issued.filter(({ replaces }) => replaces !== null);
    const handedIn = new Set(
      ofType(year.events, 'CardSurrendered')
        .filter(({ data }) => data.reason === 'damaged')
        .map(({ data }) => data.serial),
    );
    expect(replaced.length).toBeGreaterThan(50);
    expect(replaced.every(({ replaces }) => handedIn.has(replaces ?? ''))).toBe(true);
    expect(replaced.every(({ reason }) => reason === 'damaged')).toBe(true);
  });

  it('burns once, before two witnesses, with a record, approved by another', () => {
    const burnings = ofType(year.events, 'BlanksDestroyed');
    expect(burnings).toHaveLength(1);
    for (const { data, metadata } of burnings) {
      expect(data.method).toBe('burned');
      expect(data.witnesses).toHaveLength(2);
      expect(data.documents.map(({ kind }) => kind)).toEqual(['berita_acara_pemusnahan']);
      expect(data.approval.by.id).not.toBe(metadata.actor.id);
    }
    expect(report.books[0]?.destroyed).toBeGreaterThan(0);
  });

  it('is the same for the same seed, stream for stream, and another for another seed', async () => {
    const first = await told(SMALL_SCALE, 1);
    const again = await told(SMALL_SCALE, 1, first.folder);
    const other = await told(SMALL_SCALE, 2, first.folder);
    folders.push(first.folder, again.folder, other.folder);
    expect(first.issued.length).toBeGreaterThan(20_000);
    expect(again.hashes).toEqual(first.hashes);
    expect(other.hashes).not.toEqual(first.hashes);
  }, 240_000);
});

describe('the allotment of 2017', () => {
  const register = FacilityRegister.seed(loadPublishedRegister());

  it('gives 14,000 cartons to 514 regencies of 38 provinces, and all residents to them', () => {
    const regencies = allotments(register, 14_000);
    expect(regencies).toHaveLength(514);
    expect(new Set(regencies.map(({ province }) => province)).size).toBe(38);
    expect(sum(regencies.map(({ cartons }) => cartons))).toBe(14_000);
    expect(Math.min(...regencies.map(({ cartons }) => cartons))).toBeGreaterThan(0);
    expect(sum(regencies.map(({ waiting }) => waiting.of('backlog')))).toBe(4_500_000);
    expect(sum(regencies.map(({ waiting }) => waiting.total))).toBe(7_500_000);
  });

  it('sends every carton in one wave to one office', () => {
    for (const regency of allotments(register, 700)) {
      const waves = [0, 1, 2, 3].map((wave) => cartonsInWave(regency, wave));
      expect(sum(waves)).toBe(regency.cartons);
      for (const wave of waves)
        expect(sum(cartonsOfOffices(regency, wave).map(({ cartons }) => cartons))).toBe(wave);
    }
  });
});

describe('a resident made up for a regency', () => {
  it('has a number of the right form, and no other of the first 100,000 has the same', () => {
    const numbers = Array.from({ length: 100_000 }, (_, nth) => syntheticNik('31.71', nth));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((text) => parseNik(text) instanceof Nik)).toBe(true);
    expect(numbers.every((text) => text.startsWith('3171'))).toBe(true);
  });
});
