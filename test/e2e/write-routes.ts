import { BATCH, dispatch, OCCURRED, procurement, receipt } from './march-2017.js';

/** One write as it would be accepted, so that only what a case changes in it is wrong. */
export interface WriteRoute {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The facility of its actor. */
  readonly office: string;
  /** Fields that are lists of serial ranges, as paths from the body. */
  readonly ranges?: readonly (readonly string[])[];
  /** Fields that hold a code, as paths from the body. */
  readonly codes?: readonly string[];
  /** Takes up to 1 MiB. */
  readonly isBulk?: boolean;
}

const HASH = 'b'.repeat(64);
const DAY = '2017-04-03';
const entry = (fields: object) => ({ occurredAt: OCCURRED, ...fields });
const SCOPE = { states: ['usable', 'invalid'] };
const WITNESSES = ['w1', 'w2'].map((id) => ({ id, role: 'witness', facilityId: '31.71' }));

/** In an order in which each is accepted after the preparations of bad-input.spec.ts. */
export const WRITE_ROUTES: readonly WriteRoute[] = [
  { path: '/batches', body: procurement('2017-B'), office: '00', codes: ['batch'] },
  {
    path: '/batches/2017-C/productions',
    body: entry({ serials: ['2017-C/1..1000'], deliveryNo: 'SP-1' }),
    office: '00',
    ranges: [['serials']],
    isBulk: true,
  },
  { path: '/batches/2017-C/closing', body: entry({ reason: 'none made' }), office: '00' },
  {
    path: '/accounts/00/shipments',
    body: dispatch('31.72', [`${BATCH}/501..600`]),
    office: '00',
    ranges: [
      ['packages', '0', 'usable'],
      ['packages', '0', 'invalid'],
    ],
    codes: ['to'],
    isBulk: true,
  },
  {
    path: '/shipments/00-000002/incidents',
    body: entry({ account: '00', kind: 'delay', place: 'Cikampek' }),
    office: '00',
    codes: ['account'],
  },
  {
    path: '/shipments/00-000002/receipts',
    body: receipt('32.73', [`${BATCH}/601..610`]),
    office: '32.73',
    ranges: [['asStated'], ['damaged'], ['missing'], ['unexpected']],
    codes: ['account'],
    isBulk: true,
  },
  {
    path: '/shipments/00-000002/refusals',
    body: entry({ account: '32.73', reason: 'wet' }),
    office: '32.73',
    codes: ['account'],
  },
  {
    path: '/accounts/31.71/issuances',
    body: entry({
      issuances: [{ serial: `${BATCH}/1`, nik: '3171014507850001', reason: 'backlog' }],
    }),
    office: '31.71',
    isBulk: true,
  },
  {
    path: `/cards/${BATCH}/1/surrenders`,
    body: entry({ account: '31.71', handedInAt: '31.71', reason: 'damaged' }),
    office: '31.71',
    codes: ['account', 'handedInAt', 'finding'],
  },
  {
    path: '/accounts/31.71/spoilages',
    body: entry({ serials: [`${BATCH}/4..5`], cause: 'misprint' }),
    office: '31.71',
    ranges: [['serials']],
  },
  {
    path: '/accounts/31.71/reversals',
    body: entry({ revision: '3', reason: 'wrong cards' }),
    office: '31.71',
  },
  {
    path: '/accounts/31.71/destructions',
    body: entry({
      serials: [`${BATCH}/1`],
      method: 'burned',
      place: 'Bogor',
      witnesses: WITNESSES,
      documents: [{ kind: 'berita_acara', number: 'BA-1', sha256: HASH }],
    }),
    office: '31.71',
    ranges: [['serials']],
  },
  {
    path: '/accounts/31.71/missing-reports',
    body: entry({ serials: [`${BATCH}/6`], kind: 'lost' }),
    office: '31.71',
    ranges: [['serials']],
    codes: ['shipment'],
  },
  {
    path: '/accounts/31.71/recoveries',
    body: entry({ serials: [`${BATCH}/6`], as: 'usable', kind: 'found', place: 'a drawer' }),
    office: '31.71',
    ranges: [['serials']],
  },
  {
    path: '/accounts/31.71/counts',
    body: entry({ bookRevision: '0', scope: SCOPE, seenUsable: [`${BATCH}/7..490`] }),
    office: '31.71',
    ranges: [['seenUsable'], ['seenInvalid']],
    isBulk: true,
  },
  {
    path: '/accounts/31.71/handovers',
    body: entry({
      bookRevision: '0',
      scope: SCOPE,
      seenUsable: [`${BATCH}/7..490`],
      from: null,
      to: 'sari',
    }),
    office: '31.71',
    ranges: [['seenUsable'], ['seenInvalid']],
  },
  {
    path: '/accounts/31.71/occurrence-corrections',
    body: entry({ revision: '0', correctedTo: OCCURRED, reason: 'read from the paper' }),
    office: '31.71',
  },
  {
    path: '/accounts/31.71/unnumbered',
    body: entry({ count: 10, bag: 'BAG-1', seal: 'S-9', source: 'a sack' }),
    office: '31.71',
  },
  {
    path: '/accounts/31.71/demand-reports',
    body: entry({ asOf: '2017-03-31', byReason: { backlog: 120 } }),
    office: '31.71',
  },
  {
    path: '/findings',
    body: entry({ finding: 'SERANG-1', place: 'a bush', serials: [`${BATCH}/1`] }),
    office: '00',
    ranges: [['serials']],
    codes: ['finding'],
  },
  {
    path: '/findings/SERANG-1/resolution',
    body: entry({ how: 'contradiction' }),
    office: '00',
  },
  {
    path: '/facilities',
    body: { code: '31.71.01.1099', name: 'Gambir Baru', parent: '31.71.01', effectiveOn: DAY },
    office: '00',
    codes: ['code', 'parent'],
  },
  {
    path: '/facilities/31.71.01.1099/renaming',
    body: { name: 'Gambir Anyar', effectiveOn: DAY },
    office: '00',
  },
  {
    path: '/facilities/31.71.01.1099/renumbering',
    body: { code: '31.71.01.1098', effectiveOn: DAY },
    office: '00',
    codes: ['code'],
  },
  {
    path: '/facilities/31.71.01.1099/moving',
    body: { parent: '31.71.02', effectiveOn: DAY },
    office: '00',
    codes: ['parent'],
  },
  {
    path: '/facilities/31.71.01.1099/closing',
    body: { successor: '31.71.02', reason: 'merged', effectiveOn: DAY },
    office: '00',
    codes: ['successor'],
  },
];
