/** Bodies for the documentation: the story of March 2017. */
const occurredAt = { value: '2017-03-31T09:15', precision: 'minute', zone: 'Asia/Jakarta' };

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
  spoilage: { occurredAt, serials: ['2017-A/2'], cause: 'misprint' },
  count: {
    occurredAt,
    bookRevision: '3',
    scope: { states: ['usable', 'invalid'] },
    seenUsable: ['2017-A/3..499'],
    seenInvalid: ['2017-A/2'],
  },
} as const;
