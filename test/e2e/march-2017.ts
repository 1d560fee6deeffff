import type { Answer, RunningLedger } from './running-ledger.js';

export const OCCURRED = { value: '2017-03-31', precision: 'day', zone: 'Asia/Jakarta' };
export const BATCH = '2017-A';

export const procurement = (batch: string) => ({
  occurredAt: { value: '2017-03-22', precision: 'day', zone: 'Asia/Jakarta' },
  batch,
  contract: 'CONTOH/KTR/2017-A',
  vendor: 'Penyedia Blangko Nasional (contoh)',
  signedOn: '2017-03-22',
  quantity: 1_000,
  cardOrigin: 'ID',
  chipOrigin: 'FR',
});

export const dispatch = (to: string, usable: readonly string[]) => ({
  occurredAt: OCCURRED,
  to,
  basis: 'allocation',
  packages: [{ label: 'K-1', kind: 'carton', seal: 'S-1', usable }],
  carrier: 'Jasa Angkut Nasional (contoh)',
  expectedBy: '2017-04-02T17:00:00+07:00',
});

export const receipt = (account: string, asStated: readonly string[], more: object = {}) => ({
  occurredAt: OCCURRED,
  account,
  asStated,
  ...more,
});

/** Fails with the whole answer, so that a wrong step shows why. */
export function accepted(answer: Answer): Answer {
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

/** 1,000 blanks made, all in the central store, 500 sent to 31.71, of which 490 arrive. */
export async function tellOfMarch2017(ledger: RunningLedger): Promise<void> {
  accepted(await ledger.post('/batches', procurement(BATCH)));
  const production = { occurredAt: OCCURRED, serials: [`${BATCH}/1..1000`], deliveryNo: 'SP-1' };
  accepted(await ledger.post(`/batches/${BATCH}/productions`, production));
  const all = [`${BATCH}/1..1000`];
  accepted(await ledger.post(`/accounts/B.${BATCH}/shipments`, dispatch('00', all)));
  accepted(await ledger.post(`/shipments/B.${BATCH}-000001/receipts`, receipt('00', all)));
  const half = [`${BATCH}/1..500`];
  accepted(await ledger.post('/accounts/00/shipments', dispatch('31.71', half)));
  const short = receipt('31.71', [`${BATCH}/1..490`], {
    missing: [`${BATCH}/491..500`],
    sealChecks: [{ label: 'K-1', seal: 'S-1', isIntact: false }],
  });
  accepted(await ledger.post('/shipments/00-000001/receipts', short));
}
