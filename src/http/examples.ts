/** Bodies for the documentation: the story of March 2017. */
const occurredAt = { value: '2017-03-31T09:15', precision: 'minute', zone: 'Asia/Jakarta' };

const PAPER = '3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea';
const ENTRY = '57f8324d-5397-5625-b8d3-77478a60faed';
const sheet = {
  occurredAt,
  bookRevision: '3',
  scope: { states: ['usable', 'invalid'] },
  seenUsable: ['2017-A/3..499'],
  seenInvalid: ['2017-A/2'],
} as const;

export const EXAMPLES = {
  procurement: {
    occurredAt: { value: '2017-03-22', precision: 'day', zone: 'Asia/Jakarta' },
    batch: '2017-A',
    contract: 'CONTOH/KTR/2017-A',
    vendor: 'Penyedia Blangko Nasional (contoh)',
    signedOn: '2017-03-22',
    quantity: 7_000_000,
    cardOrigin: 'ID',
    chipOrigin: 'FR',
  },
  production: { occurredAt, serials: ['2017-A/1..250000'], deliveryNo: 'SP-001' },
  closing: { occurredAt, reason: null },
  dispatch: {
    occurredAt,
    to: '31.71',
    basis: 'allocation',
    packages: [{ label: 'K-1', kind: 'carton', seal: 'S-1', usable: ['2017-A/1..500'] }],
    carrier: 'Jasa Angkut Nasional (contoh)',
    vehicle: 'B 9123 XY',
    expectedBy: '2017-04-02T17:00:00+07:00',
  },
  receipt: {
    occurredAt,
    account: '31.71',
    asStated: ['2017-A/1..499'],
    missing: ['2017-A/500'],
    sealChecks: [{ label: 'K-1', seal: 'S-1', isIntact: false }],
  },
  issuance: {
    occurredAt,
    issuances: [{ serial: '2017-A/000000001', nik: '3171014507850001', reason: 'backlog' }],
  },
  refusal: { occurredAt, account: '31.71', reason: 'Segel rusak, dus basah' },
  incident: { occurredAt, account: '00', kind: 'accident', place: 'Tol Cikampek km 41' },
  destruction: {
    occurredAt,
    serials: ['2017-A/2'],
    method: 'burned',
    place: 'Gudang Bogor',
    witnesses: [
      { id: 'saksi-1', role: 'witness', facilityId: '31.71' },
      { id: 'saksi-2', role: 'witness', facilityId: '31' },
    ],
    documents: [{ kind: 'berita_acara', number: 'BA-1', sha256: PAPER }],
  },
  loss: { occurredAt, serials: ['2017-A/17'], kind: 'lost', policeReport: 'LP-1' },
  recovery: {
    occurredAt,
    serials: ['2017-A/17'],
    as: 'usable',
    kind: 'found',
    place: 'laci meja cetak',
  },
  unnumbered: { occurredAt, count: 12, bag: 'KARUNG-1', seal: 'S-9', source: 'kartu rusak lama' },
  surrender: { occurredAt, account: '31.71', handedInAt: '31.72', reason: 'moved' },
  reversal: { occurredAt, revision: '3', reason: 'Salah catat nomor seri' },
  occurrenceCorrection: {
    occurredAt,
    revision: '0',
    correctedTo: { value: '2017-03-30T16:40', precision: 'minute', zone: 'Asia/Jakarta' },
    reason: 'Waktu dibaca dari surat jalan',
  },
  demand: {
    occurredAt,
    asOf: '2017-03-31',
    deadline: '2017-04-19',
    byReason: { backlog: 1_240, first_card: 85, lost: 31 },
  },
  finding: {
    occurredAt,
    finding: 'SERANG-2018-09',
    place: 'semak di tepi jalan, Cikande',
    serials: ['2017-A/17'],
    illegibleCount: 3,
  },
  resolution: { occurredAt, how: 'recovered', eventIds: [ENTRY] },
  facilityOpening: {
    code: '31.71.01.1099',
    name: 'Gambir Baru',
    parent: '31.71.01',
    effectiveOn: '2017-04-03',
  },
  facilityClosing: {
    successor: '31.71.01.1001',
    reason: 'Penggabungan kelurahan',
    effectiveOn: '2017-04-03',
  },
  facilityRenaming: { name: 'Gambir Anyar', effectiveOn: '2017-04-03' },
  facilityRenumbering: { code: '31.71.01.1098', effectiveOn: '2017-04-03' },
  facilityMoving: { parent: '31.71.02', effectiveOn: '2017-04-03' },
  spoilage: { occurredAt, serials: ['2017-A/2'], cause: 'misprint' },
  count: sheet,
  handover: { ...sheet, from: null, to: 'sari' },
} as const;
