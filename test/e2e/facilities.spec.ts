import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accepted, BATCH, dispatch, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger } from './running-ledger.js';

const DAY = '2017-04-03';

let ledger: RunningLedger;

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
}, 30_000);

afterAll(() => ledger.remove());

async function change(path: string, body: object): Promise<void> {
  accepted(await ledger.post(`/facilities${path}`, { effectiveOn: DAY, ...body }));
}

describe('the register of facilities, by HTTP', () => {
  it('has all that were published', async () => {
    const sidomulyo = await ledger.get('/facilities?q=sidomulyo&limit=100');
    expect(sidomulyo.json.items.length).toBeGreaterThan(90);
    expect((await ledger.get('/facilities/31')).json).toMatchObject({ level: 'province' });
  });

  it('opens an office that can be sent blanks at once', async () => {
    await change('', { code: '31.71.01.1099', name: 'Gambir Baru', parent: '31.71.01' });
    expect((await ledger.get('/facilities/31.71.01.1099')).json).toMatchObject({
      name: 'Gambir Baru',
      isOpen: true,
      parent: '31.71.01',
    });
    accepted(
      await ledger.post('/accounts/00/shipments', dispatch('31.71.01.1099', [`${BATCH}/900..909`])),
    );
  });

  it('renames and renumbers it while its id, and so its account, stays', async () => {
    await change('/31.71.01.1099/renaming', { name: 'Gambir Anyar' });
    await change('/31.71.01.1099/renumbering', { code: '31.71.01.1098' });
    expect((await ledger.get('/facilities/31.71.01.1099')).json).toMatchObject({
      facilityId: '31.71.01.1099',
      code: '31.71.01.1098',
      name: 'Gambir Anyar',
    });
  });

  it('moves it, and what is on its way there counts for the new parent', async () => {
    const before = await ledger.get('/stock/31.71.02');
    await change('/31.71.01.1099/moving', { parent: '31.71.02' });
    const events = await ledger.get('/events?after=0&limit=1000');
    expect(events.json.items.at(-1)).toMatchObject({ type: 'FacilityMoved' });
    const position = (events.json.items.at(-1) as unknown as { position: string }).position;
    const after = await ledger.get(`/stock/31.71.02?atLeast=${position}`);
    expect(before.json.total).toMatchObject({ inTransitIn: 0 });
    expect(after.json.total).toMatchObject({ inTransitIn: 10 });
  });

  it('closes it, and nothing can be sent there any more', async () => {
    await change('/31.71.01.1099/closing', { successor: '31.71.02', reason: 'merged' });
    const refused = await ledger.post(
      '/accounts/00/shipments',
      dispatch('31.71.01.1099', [`${BATCH}/910..919`]),
    );
    expect(refused.status).toBe(409);
    expect(refused.json.code).toBe('facility_closed');
  });

  it('refuses what does not fit, and a restart keeps the rest', async () => {
    const again = { code: '31.71', name: 'Jakarta Pusat', parent: '31', effectiveOn: DAY };
    expect((await ledger.post('/facilities', again)).json.code).toBe('facility_exists');
    const gone = { name: 'Nowhere', effectiveOn: DAY };
    expect((await ledger.post('/facilities/99.99/renaming', gone)).status).toBe(404);
    await ledger.close();
    await ledger.open();
    expect((await ledger.get('/facilities/31.71.01.1099')).json).toMatchObject({ isOpen: false });
  });
});
