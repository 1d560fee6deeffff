import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FindingAnswer } from '../../src/read-models/findings/findings.query.js';
import type { GapsPage } from '../../src/read-models/missing/gaps.query.js';
import type { SerialTrace } from '../../src/read-models/trace/trace-serial.query.js';
import type { SerialsTrace } from '../../src/read-models/trace/trace-serials.query.js';
import { accepted, BATCH, procurement } from './march-2017.js';
import { RunningLedger } from './running-ledger.js';

/*
 * What happened in 2018, entered as officers would have entered it, and what an investigator then asks: each
 * time a single question.
 */

const LAMPUNG = '18';
const TULANG_BAWANG = '18.05';
const BOGOR = '32.01';
const DUREN_SAWIT = '31.75.07';
const GAMBIR = '31.71.01.1001';
/** A tenth of the 2,158 there were: each card handed in is a command of its own. */
const SACK = 216;

let ledger: RunningLedger;
/** Of the last entry: what is asked holds for it. */
let position = '0';

function day(date: string, time = '09:00') {
  return { value: `${date}T${time}`, precision: 'minute', zone: 'Asia/Jakarta' };
}

/** What an officer of an office enters. */
async function enter(officer: string, office: string, path: string, body: object) {
  const headers = {
    'idempotency-key': ledger.nextKey(),
    'x-blangko-actor': `${officer};custodian;${office}`,
  };
  const first = await ledger.post(path, body, headers);
  const isRefused = first.json.code === 'approval_required';
  const approval = {
    by: { id: 'kepala', role: 'custodian', facilityId: office },
    at: '2018-01-31T10:00:00+07:00',
    contentHash: isRefused ? first.json.facts.contentHash : '',
  };
  const entered = isRefused ? await ledger.post(path, { ...body, approval }, headers) : first;
  const { json } = accepted(entered);
  if (BigInt(json.position) > BigInt(position)) ({ position } = json);
  return json;
}

async function asked<T>(path: string): Promise<T> {
  const answer = await ledger.get(`${path}${path.includes('?') ? '&' : '?'}atLeast=${position}`);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as T;
}

interface Carton {
  readonly label: string;
  readonly serials: string;
  readonly state?: 'usable' | 'invalid';
}

function shipment(date: string, to: string, cartons: readonly Carton[]) {
  return {
    occurredAt: day(date),
    to,
    basis: cartons.some(({ state }) => state === 'invalid') ? 'for_destruction' : 'allocation',
    packages: cartons.map(({ label, serials, state = 'usable' }) => ({
      label,
      kind: 'dus',
      seal: `S-${label}`,
      [state]: [serials],
    })),
    carrier: 'Jasa Angkut Nasional (contoh)',
    expectedBy: `${date}T17:00:00+07:00`,
    paperNumber: `SJ/${date}`,
  };
}

/** Sends cartons, and receives them whole the day after. */
async function deliver(from: string, date: string, to: string, cartons: readonly Carton[]) {
  const { shipmentId } = await enter(
    `petugas-${from}`,
    from.startsWith('B.') ? '00' : from,
    `/accounts/${from}/shipments`,
    shipment(date, to, cartons),
  );
  await enter(`penerima-${to}`, to, `/shipments/${shipmentId}/receipts`, {
    occurredAt: day(date, '16:00'),
    account: to,
    asStated: cartons.map(({ serials }) => serials),
    sealChecks: cartons.map(({ label }) => ({ label, seal: `S-${label}`, isIntact: true })),
  });
  return shipmentId;
}

beforeAll(async () => {
  ledger = await RunningLedger.start({ LOG_LEVEL: 'warn', QUERY_WAIT_MS: '5000' });
  accepted(await ledger.post('/batches', { ...procurement(BATCH), quantity: 10_000 }));
  const all = `${BATCH}/1..10000`;
  const production = { occurredAt: day('2018-01-10'), serials: [all], deliveryNo: 'SP-1' };
  accepted(await ledger.post(`/batches/${BATCH}/productions`, production));
  await deliver(`B.${BATCH}`, '2018-01-15', '00', [{ label: 'P-1', serials: all }]);
}, 30_000);

afterAll(() => ledger.remove());

describe('ten blanks of Tulang Bawang sold online', () => {
  const SOLD = [4_101, 4_102, 4_103, 4_104, 4_105, 4_110, 4_111, 4_112, 4_119, 4_120];
  const texts = SOLD.map((number) => `${BATCH}/${number}`);

  beforeAll(async () => {
    const cartons = [
      { label: 'D-8', serials: `${BATCH}/4001..4500` },
      { label: 'D-9', serials: `${BATCH}/4501..5000` },
    ];
    await deliver('00', '2018-03-05', LAMPUNG, cartons);
    await deliver(LAMPUNG, '2018-03-13', TULANG_BAWANG, cartons);
  });

  it('are traced by the number of one: last holder, shipment, receiver, and the carton', async () => {
    const trace = await asked<SerialTrace>(`/trace/${BATCH}/000004110`);
    expect(trace.batch).toMatchObject({ contract: 'CONTOH/KTR/2017-A' });
    expect(trace.line.map(({ place, account }) => [place, account])).toEqual([
      ['usable', `B.${BATCH}`],
      ['transit_usable', null],
      ['usable', '00'],
      ['transit_usable', null],
      ['usable', LAMPUNG],
      ['transit_usable', null],
      ['usable', TULANG_BAWANG],
    ]);
    expect([trace.lastHolder, trace.now?.place]).toEqual([TULANG_BAWANG, 'usable']);
    expect(trace.handovers.at(-1)).toMatchObject({
      shipmentId: `${LAMPUNG}-000001`,
      paperNumber: 'SJ/2018-03-13',
      isTwoSided: true,
      sent: { actor: { id: `petugas-${LAMPUNG}` }, occurredAt: day('2018-03-13') },
      settled: { actor: { id: `penerima-${TULANG_BAWANG}` } },
      package: {
        label: 'D-8',
        seal: 'S-D-8',
        isSealIntact: true,
        usable: { count: 500, ranges: [`${BATCH}/4001..4500`] },
      },
    });
  });

  it('are traced all ten at once: they have one story', async () => {
    const answer = await ledger.post(`/trace?atLeast=${position}`, { serials: texts });
    expect(answer.status).toBe(200);
    const { groups, notFound, entries } = JSON.parse(answer.text) as SerialsTrace;
    expect(groups).toMatchObject([
      {
        serials: { count: 10 },
        now: { place: 'usable', account: TULANG_BAWANG },
        lastHolder: TULANG_BAWANG,
        lastShipment: `${LAMPUNG}-000001`,
        lastHandover: {
          sentBy: { id: `petugas-${LAMPUNG}` },
          receivedBy: { id: `penerima-${TULANG_BAWANG}` },
        },
      },
    ]);
    expect([notFound.count, entries.length]).toEqual([0, 7]);
  });
});

describe('two cartons slipped into a furniture truck', () => {
  beforeAll(async () => {
    await deliver('00', '2018-02-05', BOGOR, [{ label: 'D-1', serials: `${BATCH}/1..1000` }]);
    await enter('petugas-bogor', BOGOR, `/accounts/${BOGOR}/spoilages`, {
      occurredAt: day('2018-02-20'),
      serials: [`${BATCH}/1..900`],
      cause: 'misprint',
    });
    const cartons = [1, 301, 601].map((first, at) => ({
      label: `R-${at + 1}`,
      serials: `${BATCH}/${first}..${first + 299}`,
      state: 'invalid' as const,
    }));
    await enter(
      'petugas-bogor',
      BOGOR,
      `/accounts/${BOGOR}/shipments`,
      shipment('2018-05-26', '00', cartons),
    );
    await enter('polsek', '00', '/findings', {
      occurredAt: day('2018-05-26', '13:30'),
      finding: 'BOGOR-2018-05',
      place: 'Jalan Raya Salabenda, Kemang, di belakang truk mebel',
      serials: [`${BATCH}/301..900`],
    });
  });

  it('are known by what was found: which shipment, who sent it, and that nobody has received it', async () => {
    const finding = await asked<FindingAnswer>('/findings/BOGOR-2018-05');
    const route = { shipmentId: `${BOGOR}-000001`, consignor: BOGOR, consignee: '00' };
    expect(finding.matches).toMatchObject([
      {
        believed: 'in_transit',
        resolution: 'received',
        isAlarm: false,
        group: {
          serials: { count: 600, ranges: [`${BATCH}/301..900`] },
          now: { place: 'transit_invalid', shipment: route },
          lastHolder: BOGOR,
          lastHandover: { shipmentId: '00-000002', receivedBy: { id: `penerima-${BOGOR}` } },
        },
      },
    ]);
    const sent = finding.entries.at(-1);
    expect(sent).toMatchObject({ type: 'ShipmentDispatched', actor: { id: 'petugas-bogor' } });
    expect(sent?.details).toMatchObject({ paperNumber: 'SJ/2018-05-26' });
  });
});

describe('surrendered cards in a sack', () => {
  const first = 6_001;
  const ROUND = 38;
  const cardOf = (nth: number): string => `${BATCH}/${first + nth}`;
  const surrender = (card: string) =>
    enter('tini', DUREN_SAWIT, `/cards/${card}/surrenders`, {
      occurredAt: day('2018-10-01'),
      account: DUREN_SAWIT,
      handedInAt: DUREN_SAWIT,
      reason: 'replaced',
    });
  const nikOf = (nth: number): string => `317507010180${String(nth + 1).padStart(4, '0')}`;

  beforeAll(async () => {
    const carton = { label: 'D-3', serials: `${BATCH}/6001..9000` };
    await deliver('00', '2018-02-06', DUREN_SAWIT, [carton]);
    const office = `/accounts/${DUREN_SAWIT}`;
    // By rounds: the entry that a surrender is about is looked for backwards from the last.
    for (let at = 0; at < SACK + 50; at += ROUND) {
      const cards = Array.from({ length: ROUND }, (_, nth) => at + nth);
      await enter('tini', DUREN_SAWIT, `${office}/issuances`, {
        occurredAt: day('2018-03-01'),
        issuances: cards.map((nth) => ({
          serial: cardOf(nth),
          nik: nikOf(nth),
          reason: 'backlog',
        })),
      });
      const back = cards.filter((nth) => nth < SACK + 50);
      await Promise.all(back.map((nth) => surrender(cardOf(nth))));
    }
    const { revision } = await asked<{ revision: string }>(office);
    await enter('tini', DUREN_SAWIT, `${office}/handovers`, {
      occurredAt: day('2018-10-02'),
      bookRevision: revision,
      scope: { states: ['usable'] },
      seenUsable: [`${BATCH}/${first + SACK + 50}..9000`],
      from: null,
      to: 'tini',
    });
    await enter('polsek', '00', '/findings', {
      occurredAt: day('2018-12-08'),
      finding: 'DUREN-SAWIT-2018-12',
      place: 'Jalan Bojong Rangkong, Duren Sawit, di dalam karung',
      serials: [`${BATCH}/${first}..${first + SACK - 1}`, 'PALSU/7'],
    });
  });

  it('are known by their office: who answers for it, who took them back, and what else it holds', async () => {
    const finding = await asked<FindingAnswer>('/findings/DUREN-SAWIT-2018-12');
    expect(finding.matches).toMatchObject([
      {
        believed: 'invalid',
        resolution: 'reported_missing',
        group: {
          serials: { count: SACK },
          now: { place: 'invalid', account: DUREN_SAWIT },
          lastHolder: DUREN_SAWIT,
        },
      },
    ]);
    const [match] = finding.matches;
    expect(match?.group.steps.slice(-2)).toMatchObject([
      { type: 'BlankIssued', entries: SACK, position: null },
      { type: 'CardSurrendered', entries: SACK, position: null },
    ]);
    expect(finding.offices).toEqual([
      {
        account: DUREN_SAWIT,
        custodian: 'tini',
        usable: 3_000 - SACK - 50,
        invalid: SACK + 50,
        missing: 0,
        invalidSerials: {
          count: SACK + 50,
          ranges: [`${BATCH}/${first}..${first + SACK + 49}`],
          truncated: false,
        },
      },
    ]);
    expect(finding.neverProduced).toMatchObject({ count: 1, ranges: ['PALSU/7'] });
  });

  it('would be an alarm, had the books burned them', async () => {
    await enter('tini', DUREN_SAWIT, `/accounts/${DUREN_SAWIT}/destructions`, {
      occurredAt: day('2018-12-13'),
      serials: [`${BATCH}/${first}..${first + 99}`],
      method: 'burned',
      place: 'halaman kantor',
      witnesses: ['w1', 'w2'].map((id) => ({ id, role: 'witness', facilityId: '31.75' })),
      documents: [{ kind: 'berita_acara', number: 'BA-1', sha256: 'a'.repeat(64) }],
    });
    const finding = await asked<FindingAnswer>('/findings/DUREN-SAWIT-2018-12');
    const alarms = finding.matches.filter(({ isAlarm }) => isAlarm);
    expect(alarms).toMatchObject([
      { believed: 'destroyed', resolution: 'contradiction', group: { serials: { count: 100 } } },
    ]);
  });
});

describe('a carton short at a kelurahan', () => {
  beforeAll(async () => {
    const office = `/accounts/${GAMBIR}`;
    await deliver('00', '2018-02-07', GAMBIR, [{ label: 'D-5', serials: `${BATCH}/2001..2500` }]);
    await enter('dewi', GAMBIR, `${office}/handovers`, {
      occurredAt: day('2018-02-08'),
      bookRevision: '0',
      scope: { states: ['usable'] },
      seenUsable: [`${BATCH}/2001..2500`],
      from: null,
      to: 'dewi',
    });
    const { shipmentId } = await enter(
      'petugas-00',
      '00',
      '/accounts/00/shipments',
      shipment('2018-04-03', GAMBIR, [
        { label: 'D-6', serials: `${BATCH}/2501..3000` },
        { label: 'D-7', serials: `${BATCH}/3001..3500` },
      ]),
    );
    await enter('dewi', GAMBIR, `/shipments/${shipmentId}/receipts`, {
      occurredAt: day('2018-04-03', '15:00'),
      account: GAMBIR,
      asStated: [`${BATCH}/2501..3000`],
      missing: [`${BATCH}/3001..3500`],
    });
  });

  it('is the one open gap there: since when, of which shipment, and who had it last', async () => {
    const { items, totals } = await asked<GapsPage>(`/missing?within=${GAMBIR}`);
    expect(totals).toEqual({ gaps: 1, blanks: 500 });
    expect(items).toMatchObject([
      {
        serials: `${BATCH}/3001..3500`,
        kind: 'short_on_receipt',
        account: GAMBIR,
        shipmentId: '00-000005',
        custodian: 'dewi',
        occurredAt: day('2018-04-03', '15:00'),
        entry: { type: 'ShipmentReceived', actor: { id: 'dewi' } },
        lastHandover: {
          shipmentId: `B.${BATCH}-000001`,
          received: { account: '00', officer: { id: 'penerima-00' } },
        },
        closed: null,
      },
    ]);
  });

  it('fills when a part of it is found again', async () => {
    await enter('dewi', GAMBIR, `/accounts/${GAMBIR}/recoveries`, {
      occurredAt: day('2018-04-05'),
      serials: [`${BATCH}/3101..3200`],
      as: 'usable',
      kind: 'found',
      place: 'gudang kecamatan',
    });
    const open = await asked<GapsPage>(`/missing?within=${GAMBIR}&sort=blanks`);
    expect(open.items.map(({ serials }) => serials)).toEqual([
      `${BATCH}/3201..3500`,
      `${BATCH}/3001..3100`,
    ]);
    const found = await asked<GapsPage>(`/missing?within=${GAMBIR}&status=recovered`);
    expect(found.items).toMatchObject([
      {
        serials: `${BATCH}/3101..3200`,
        closed: { how: 'found', entry: { actor: { id: 'dewi' } } },
      },
    ]);
    const days = await asked<GapsPage>(`/missing?within=${GAMBIR}&olderThanDays=1`);
    expect(days.totals).toEqual({ gaps: 0, blanks: 0 });
  });
});
