import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { blangko, complaint, Folders, killedAtFirstProgress } from './command-line.js';

// Processes take their time on a busy machine; nothing here depends on it.
jest.setTimeout(120_000);

const HEADER =
  'consignor,consignee,basis,label,kind,seal,usable,invalid,carrier,vehicle,expected_by,paper_number,occurred_at';

/** The province keeps 2020-A/31001..32000 of the 32,000 of the story at this scale. */
const SCALE = '0.1';

function line(cells: {
  consignor?: string;
  to?: string;
  usable?: string;
  paper?: string;
  expectedBy?: string;
  occurredAt?: string;
}): string {
  const { consignor = '31', to = '31.71', usable = '2020-A/31001..31010', paper = 'SJ/1' } = cells;
  const { expectedBy = '2020-02-05T17:00:00+07:00', occurredAt = '2020-02-01T08:00' } = cells;
  const first = [consignor, to, 'allocation', 'D-1', 'dus', 'S-1', usable, ''];
  return [...first, 'Jasa Angkut Nasional (contoh)', '', expectedBy, paper, occurredAt].join(',');
}

describe('import', () => {
  const folders = new Folders();
  let base: string;

  beforeAll(async () => {
    base = await folders.make();
    const { code } = await blangko(base, ['scenario', 'jakarta-2020', '--scale', SCALE]);
    expect(code).toBe(0);
  });

  afterAll(() => folders.removeAll());

  async function list(folder: string, ...lines: readonly string[]): Promise<string> {
    const file = join(folder, 'list.csv');
    await writeFile(file, [HEADER, ...lines, ''].join('\n'));
    return file;
  }

  async function entriesOf(folder: string): Promise<number> {
    const { stdout } = await blangko(folder, ['events', '31', '--limit', '1000', '--json']);
    return (JSON.parse(stdout) as { items: unknown[] }).items.length;
  }

  it('makes one shipment of the lines with one consignor, consignee and paper, and is idempotent', async () => {
    const folder = await folders.copyOf(base);
    const before = await entriesOf(folder);
    const file = await list(
      folder,
      line({ usable: '2020-A/31001..31010' }),
      line({ usable: '2020-A/31011..31020 2020-A/31100' }),
      line({ usable: '2020-A/31021..31030', to: '31.72', paper: 'SJ/2' }),
    );
    const first = await blangko(folder, ['import', file]);
    expect(first).toMatchObject({ code: 0, stdout: '2 shipments recorded\n' });
    expect(await entriesOf(folder)).toBe(before + 2);
    const again = await blangko(folder, ['import', file]);
    expect(again).toMatchObject({
      code: 0,
      stdout: '2 shipments recorded, 2 of them by an earlier run\n',
    });
    expect(await entriesOf(folder)).toBe(before + 2);
    expect((await blangko(folder, ['audit'])).code).toBe(0);
    const next = await list(folder, line({ usable: '2020-A/31201 2020-A/31203', paper: 'SJ/3' }));
    await writeFile(next, (await readFile(next, 'utf8')).replaceAll(',', ';'));
    const semicolons = await blangko(folder, ['import', next]);
    expect(semicolons).toMatchObject({ code: 0, stdout: '1 shipments recorded\n' });
  });

  it('writes nothing when any line is at fault, and names each by line and column', async () => {
    const folder = await folders.copyOf(base);
    const before = await entriesOf(folder);
    const file = await list(
      folder,
      line({}),
      line({ usable: '2020-A/31005..31015', paper: 'SJ/2' }),
      line({ to: '31.99', usable: '2020-A/31201', paper: 'SJ/3' }),
      line({ usable: '2020-A/9..1', paper: 'SJ/4' }),
      line({ usable: '2020-A/1..5', paper: 'SJ/5' }),
      line({ usable: '2020-A/31301', paper: 'SJ/6', expectedBy: 'soon' }),
      line({ usable: '2020-A/31302', paper: 'SJ/7', occurredAt: '2020-02-31T08:00' }),
      line({ usable: '2020-A/31303', paper: 'SJ/8', occurredAt: '2199-01-01T08:00' }),
      line({ usable: '2020-A/31304', paper: 'SJ/9', to: '31' }),
      line({ usable: '2020-A/31305', paper: 'SJ/10', consignor: 'gudang' }),
      '31,31.71,allocation',
      line({ usable: '2020-A/31306', paper: 'SJ/10', to: 'B.NONE' }),
    );
    const { code, stdout, stderr } = await blangko(folder, ['import', file]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const told = stderr.split('\n').map((it) => it.replace(file, 'list.csv'));
    expect(told.map((it) => /^list\.csv:\d+: \w+ \(column \d+\): \w*/.exec(it)?.[0] ?? it)).toEqual(
      [
        'list.csv:3: usable (column 7): overlapping_ranges',
        'list.csv:4: consignee (column 2): unknown_facility',
        'list.csv:5: usable (column 7): range_reversed',
        'list.csv:6: usable (column 7): serials_not_usable_here',
        'list.csv:7: expected_by (column 11): expectedBy',
        'list.csv:8: occurred_at (column 13): time_malformed',
        'list.csv:9: occurred_at (column 13): occurred_in_future',
        'list.csv:10: consignee (column 2): consignee_is_consignor',
        'list.csv:11: consignor (column 1): not',
        'list.csv:12: label (column 4): the',
        'list.csv:13: consignee (column 2): unknown_batch',
        expect.stringMatching(/^blangko: 11 faults in .*; nothing was written$/),
        '',
      ],
    );
    expect(await entriesOf(folder)).toBe(before);
  });

  it('finishes the rest after it was killed', async () => {
    const folder = await folders.copyOf(base);
    const before = await entriesOf(folder);
    const shipments = 300;
    const lines = Array.from({ length: shipments }, (_, at) =>
      line({ usable: `2020-A/${31_001 + at}`, paper: `SJ/${at}` }),
    );
    const file = await list(folder, ...lines);
    await killedAtFirstProgress(folder, ['import', file]);
    const recorded = (await entriesOf(folder)) - before;
    const { code, stdout } = await blangko(folder, ['import', file]);
    expect(code).toBe(0);
    const earlier = recorded === 0 ? '' : `, ${recorded} of them by an earlier run`;
    expect(stdout).toBe(`${shipments} shipments recorded${earlier}\n`);
    expect(await entriesOf(folder)).toBe(before + shipments);
    expect((await blangko(folder, ['audit'])).code).toBe(0);
  });

  it('refuses lines of one shipment that disagree', async () => {
    const folder = await folders.copyOf(base);
    const file = await list(
      folder,
      line({}),
      line({ usable: '2020-A/31011', expectedBy: '2020-02-06T17:00:00+07:00' }),
    );
    const { code, stderr } = await blangko(folder, ['import', file]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      ':3: expected_by (column 11): differs from line 2 of the same shipment',
    );
  });

  it('refuses what is no distribution list', async () => {
    const folder = await folders.copyOf(base);
    const file = join(folder, 'other.csv');
    await writeFile(file, 'a,b\n1,2\n');
    expect(complaint(await blangko(folder, ['import', file]))).toMatch(/line 1 must be the header/);
    await writeFile(file, Buffer.from([0xff, 0xfe, 0x00]));
    expect(complaint(await blangko(folder, ['import', file]))).toMatch(/no CSV in UTF-8/);
    await writeFile(file, `${HEADER}\n`);
    expect(complaint(await blangko(folder, ['import', file]))).toMatch(/no line below/);
    expect(complaint(await blangko(folder, ['import', join(folder, 'absent.csv')]))).toMatch(
      /cannot be read$/,
    );
  });
});
