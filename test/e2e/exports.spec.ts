import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { runExport } from '../../src/cli/export.js';
import { readSettings } from '../../src/settings.js';
import { accepted, BATCH, dispatch, receipt, tellOfMarch2017 } from './march-2017.js';
import { RunningLedger } from './running-ledger.js';

type Line = Readonly<Record<string, string | number | null>>;

let ledger: RunningLedger;
let position: string;

beforeAll(async () => {
  ledger = await RunningLedger.start();
  await tellOfMarch2017(ledger);
  accepted(
    await ledger.post('/accounts/31.71/shipments', dispatch('31.71.01', [`${BATCH}/1..50`])),
  );
  const arrived = receipt('31.71.01', [`${BATCH}/1..20`, `${BATCH}/31..50`]);
  ({ position } = accepted(await ledger.post('/shipments/31.71-000001/receipts', arrived)).json);
}, 30_000);

afterAll(() => ledger.remove());

async function linesOf(path: string): Promise<readonly Line[]> {
  const { status, text } = await ledger.get(`/exports/${path}&format=jsonl`);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

describe('an export', () => {
  it('of events has every event up to its position, and says which that is', async () => {
    const { headers, text } = await ledger.get('/exports/events?format=csv');
    expect(headers['x-position']).toBe(position);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const name = `attachment; filename="blangko-events-${position}.csv"`;
    expect(headers['content-disposition']).toBe(name);
    const rows = parse(text, { columns: true }) as readonly Readonly<Record<string, string>>[];
    const { items } = JSON.parse((await ledger.get('/events')).text) as {
      readonly items: readonly { readonly id: string; readonly data: object }[];
    };
    expect(rows.map(({ eventId }) => eventId)).toEqual(items.map(({ id }) => id));
    expect(rows.map(({ data }) => JSON.parse(data ?? '') as object)).toEqual(
      items.map(({ data }) => data),
    );
  });

  it('of movements adds up to the stock', async () => {
    const lines = await linesOf('movements?account=31.71.01');
    expect(lines.map(({ from, to, first, last }) => [from, to, first, last])).toEqual([
      ['transit_usable', 'usable', 1, 20],
      ['transit_usable', 'usable', 31, 50],
    ]);
    for (const line of lines)
      expect(line).toMatchObject({ shipment: '31.71-000001', counterparty: '31.71', batch: BATCH });
    const all = await linesOf('movements?within=31.71');
    const into = all.filter(({ to }) => to === 'usable').map(({ blanks }) => Number(blanks));
    const out = all.filter(({ from, account }) => from === 'usable' && account !== '00');
    const held =
      into.reduce((sum, blanks) => sum + blanks, 0) -
      out.reduce((sum, { blanks }) => sum + Number(blanks), 0);
    const [stock] = await linesOf(`stock?level=regency&within=31.71&atLeast=${position}`);
    expect(stock).toMatchObject({ facilityId: '31.71', batch: BATCH, usable: held, missing: 10 });
  });

  it('of stock has the offices that hold nothing too', async () => {
    const lines = await linesOf(`stock?level=regency&within=31&atLeast=${position}`);
    expect(lines).toHaveLength(6);
    expect(lines.filter(({ batch }) => batch === null).map(({ usable }) => usable)).toEqual(
      Array(5).fill(0),
    );
  });

  it('of what serials went through is the trace of each of them', async () => {
    const lines = await linesOf(`trace?serials=${BATCH}/1..60,${BATCH}/491&atLeast=${position}`);
    const runs = Map.groupBy(lines, ({ first, last }) => `${first}..${last}`);
    expect([...runs.keys()]).toEqual(['1..20', '21..30', '31..50', '51..60', '491..491']);
    for (const [name, steps] of runs) {
      const { text } = await ledger.get(`/trace/${BATCH}/${name.split('..')[0]}`);
      const { line } = JSON.parse(text) as {
        readonly line: readonly { readonly place: string; readonly entry: Line }[];
      };
      expect(steps.map(({ eventId, to }) => [eventId, to])).toEqual(
        line.map(({ place, entry }) => [entry.eventId, place]),
      );
      expect(steps.map(({ step }) => step)).toEqual(steps.map((_, index) => index + 1));
    }
  });

  it('heeds its filters: region, positions, days and types', async () => {
    const typesIn = async (query: string) =>
      (await linesOf(`events?${query}`)).map((it) => it.type);
    expect(await typesIn('within=31.71.01')).toEqual([
      'RegisterPublished',
      'ShipmentDispatched',
      'ShipmentReceived',
    ]);
    expect(await typesIn('types=ShipmentDispatched,BatchProcured')).toHaveLength(4);
    const all = await linesOf('events?');
    const [third, fifth] = [all[2], all[4]];
    const between = await linesOf(`events?after=${third?.position}&to=${fifth?.position}`);
    expect(between).toEqual(all.slice(3, 5));
    const today = String(third?.recordedAt).slice(0, 10);
    expect(await linesOf(`events?recordedFrom=${today}`)).toEqual(all);
    expect(await typesIn('recordedTo=2017-03-31')).toEqual([]);
  });

  it.each([
    ['planets?format=csv', 404, 'not_found'],
    ['..%2f..%2fetc?format=csv', 404, 'not_found'],
    ['events', 400, 'parameter_invalid'],
    ['events?format=pdf', 400, 'parameter_invalid'],
    ['events?format=csv&level=regency', 400, 'parameter_invalid'],
    ['events?format=jsonl&bom=true', 400, 'parameter_invalid'],
    ['events?format=csv&types=Nothing', 400, 'parameter_invalid'],
    ['events?format=csv&recordedTo=2017-02-31', 400, 'parameter_invalid'],
    ['events?format=csv&out=/etc/passwd', 400, 'parameter_invalid'],
    ['stock?format=csv', 400, 'parameter_invalid'],
    ['stock?format=csv&level=village&after=1', 400, 'parameter_invalid'],
    ['stock?format=csv&level=village&within=99', 404, 'not_found'],
    ['movements?format=xlsx&within=99.99', 404, 'not_found'],
    ['trace?format=csv', 400, 'parameter_invalid'],
    ['trace?format=csv&serials=2017-A/9..3', 400, 'parameter_invalid'],
    ['events?format=csv&serials=2017-A/3', 400, 'parameter_invalid'],
  ])('refuses %s', async (path, status, code) => {
    const answer = await ledger.get(`/exports/${path}`);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.headers).not.toHaveProperty('content-disposition');
  });

  it('is written by the command line as it is over HTTP, into a new file alone', async () => {
    const settings = readSettings({
      DATA_DIR: ledger.folder,
      EVENT_STORE: ledger.standIn?.connectionString,
    });
    for (const [what, query, selection] of [
      ['movements', 'within=31', { within: '31' }],
      ['stock', 'level=district', { level: 'district' }],
      ['trace', `serials=${BATCH}/1..60`, {}],
    ] as const) {
      const out = join(ledger.folder, `${what}.csv`);
      const serials = what === 'trace' ? `${BATCH}/1..60` : undefined;
      const options = { format: 'csv', hasByteOrderMark: false, out, serials, selection } as const;
      await runExport(settings, what, options as Parameters<typeof runExport>[2]);
      const { text } = await ledger.get(`/exports/${what}?format=csv&${query}`);
      expect(await readFile(out, 'utf8')).toBe(text);
      await expect(
        runExport(settings, what, options as Parameters<typeof runExport>[2]),
      ).rejects.toThrow('exists');
      expect(existsSync(`${out}.partial`)).toBe(false);
    }
  });
});
