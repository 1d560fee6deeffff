import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hashReadModels } from '../../src/read-models/dump.js';
import type { SerialsTrace } from '../../src/read-models/trace/trace-serials.query.js';
import { blangko, complaint, Folders, followed, served } from './command-line.js';

// Processes take their time on a busy machine; nothing here depends on it.
jest.setTimeout(120_000);

const LIST = [
  'consignor,consignee,basis,label,kind,seal,usable,invalid,carrier,vehicle,expected_by,paper_number,occurred_at',
  '00,31,allocation,D-1,dus,S-1,2017-A/300001,,Pos,,2017-05-01T08:00:00Z,SJ/1,2017-04-30T08:00',
].join('\n');

interface AuditJson {
  readonly position: string;
  readonly books: readonly { readonly batch: string; readonly produced: number }[];
  readonly chainHash: string;
  readonly differenceCount: number;
}

async function auditOf(folder: string): Promise<AuditJson> {
  const { code, stdout } = await blangko(folder, ['audit', '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as AuditJson;
}

describe('the commands on a ledger', () => {
  const folders = new Folders();
  let base: string;

  beforeAll(async () => {
    base = await folders.make();
    const { code, stdout } = await blangko(base, ['scenario', 'jakarta-2017', '--scale', '0.05']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^jakarta-2017: \d+ commands recorded in /);
  });

  afterAll(() => folders.removeAll());

  it('a scenario refuses a ledger that has entries', async () => {
    const result = await blangko(base, ['scenario', 'jakarta-2020']);
    expect(result.code).toBe(1);
    expect(complaint(result)).toMatch(/already has entries; a scenario begins with an empty one$/);
  });

  it('stock shows figures as Indonesians write them, and JSON for machines', async () => {
    const { stdout } = await blangko(base, ['stock', '00']);
    expect(stdout).toMatch(/with all below .* 350\.000 │\n/);
    expect(stdout).toMatch(/holds for position \d+\n$/);
    const json = await blangko(base, ['stock', '31', '--json']);
    const report = JSON.parse(json.stdout) as {
      levels: { level: string; total: { missing: number } }[];
    };
    expect(report.levels.map(({ level }) => level)).toEqual(['regency', 'district', 'village']);
    expect(report.levels[2]?.total.missing).toBe(500);
    const unknown = await blangko(base, ['stock', '99']);
    expect(unknown.code).toBe(1);
    expect(complaint(unknown)).toBe('blangko: there is no facility 99');
  });

  it('shipments, routes, demand and allocate ask what is on its way, and who lacks it', async () => {
    const at = '2017-04-01T08:00:00+07:00';
    const late = await blangko(base, ['shipments', '--overdue', 'expected', '--at', at]);
    expect(late.stdout).toMatch(/│ 00-000002 │ 32\.01 │ in_transit │/);
    const routes = await blangko(base, ['routes', '31', '--limit', '1']);
    expect(routes.stdout).toMatch(/│ 00 +│ 31 +│ +2 │ +1 │ +1 │ 24\.0 /);
    expect(routes.stdout).toMatch(/there are more: --after \S+\nholds for position \d+\n$/);
    const demand = await blangko(base, ['demand', '31', '--sort', 'cover', '--json']);
    const page = JSON.parse(demand.stdout) as { items: { code: string }[]; today: string };
    expect([page.items[0]?.code, page.today]).toEqual(['31.71', '2017-04-01']);
    const words = ['allocate', '31', '--blanks', '3000', '--today', '2017-03-26'];
    const proposed = await blangko(base, words);
    expect(proposed.stdout).toMatch(/0 cartons, 0 of 3\.000; 3\.000 stay\n/);
    expect(proposed.stdout).toMatch(/a proposal: nothing was moved; as of 2017-03-26/);
    const many = await blangko(base, ['allocate', '31', '--blanks', '100001', '--carton', '1']);
    expect([many.code, complaint(many)]).toEqual([
      1,
      'blangko: at most 100000 cartons are divided at once',
    ]);
  });

  it('events pages through an account', async () => {
    const first = await blangko(base, ['events', 'B.2017-A', '--limit', '2', '--json']);
    const page = JSON.parse(first.stdout) as {
      items: { type: string }[];
      next: string;
      hasMore: boolean;
    };
    expect(page.items.map(({ type }) => type)).toEqual(['BatchProcured', 'BlanksProduced']);
    expect(page).toMatchObject({ next: '1', hasMore: true });
    const { stdout } = await blangko(base, ['events', 'B.2017-A', '--after', '1', '--limit', '1']);
    expect(stdout).toMatch(/│ 2 +│ 2017-03-23T.*ShipmentDispatched/);
    expect(stdout).toContain('there are more: --after 2');
    const idle = await blangko(base, ['events', '32.01.01']);
    expect(idle).toMatchObject({ code: 0, stdout: 'nothing is on record for 32.01.01\n' });
    for (const account of ['B.2018-A', '31.99', 'gudang']) {
      const none = await blangko(base, ['events', account]);
      expect(none.code).toBe(1);
      expect(complaint(none)).toMatch(new RegExp(`^blangko: there is no account ${account};`));
    }
  });

  it('trace tells one serial in full, and of a list those with one story together', async () => {
    const { stdout } = await blangko(base, ['trace', '2017-A/17']);
    expect(stdout).toMatch(/^2017-A\/000000017, contract CONTOH.*\n/);
    expect(stdout).toMatch(
      /2017-03-28 01:30 │ usable at 31\.71\.01 .*ShipmentReceived 31\.71\.01@0/,
    );
    expect(stdout).toMatch(/│ 31-000001 .* petugas-31 .* D-2017-A-000000001 SD000000001 │ +500 │/);
    const list = join(base, 'found.txt');
    await writeFile(list, '# a sack\n2017-A/1..1500\r\n\n2017-A/999999\n');
    const many = await blangko(base, ['trace', '--file', list, '--json']);
    const { groups, notFound } = JSON.parse(many.stdout) as SerialsTrace;
    expect(groups.map(({ now }) => `${String(now?.place)} ${String(now?.account)}`)).toEqual([
      'issued 31.71.01',
      'usable 31.71.01',
    ]);
    expect(notFound.ranges).toEqual(['2017-A/999999']);
    const wrong = await blangko(base, ['trace', 'rubbish', '2017-A/1']);
    expect(wrong.code).toBe(1);
    expect(complaint(wrong)).toMatch(/^blangko: not to be read as serials: rubbish \(a range is/);
  });

  it('tree, missing and findings tell where blanks are, and which are not', async () => {
    const tree = await blangko(base, ['tree', '2017-A', '--within', '31', '--depth', '2']);
    expect(tree.stdout).toMatch(/│ 31 Daerah Khusus.*\n│ {3}31\.71 Kota.*\n│ {5}31\.71\.01 Gambir/);
    const missing = await blangko(base, ['missing', '--status', 'all']);
    expect(missing.stdout).toMatch(/2017-A\/3501\.\.4000 .* short_on_receipt .* open +│\n/);
    expect(missing.stdout).toMatch(/\n2 gaps, 501 blanks\n/);
    const findings = await blangko(base, ['findings', '--status', 'all']);
    expect(findings.stdout).toMatch(/^nothing of the kind was found\n/);
    const none = await blangko(base, ['findings', 'KARUNG-1']);
    expect([none.code, complaint(none)]).toEqual([1, 'blangko: there is no finding KARUNG-1']);
  });

  it('audit prints the books of every batch', async () => {
    const { code, stdout, stderr } = await blangko(base, ['audit']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/2017-A │ +350\.000 │.* 500 │ +0 │/);
    expect(stdout).toMatch(/rows of read models compared\nnothing differs\n$/);
    expect(stderr).not.toMatch(/expected/);
  });

  it('audit exits with 1 and the exact place when the log was changed', async () => {
    const folder = await folders.copyOf(base);
    const database = new DatabaseSync(join(folder, 'ledger.db'));
    database.exec('DROP TRIGGER commits_are_not_updated');
    const row = database
      .prepare(`SELECT max(position) AS position FROM commits WHERE body LIKE '%BlanksSpoiled%'`)
      .get();
    const position = Number(row?.position);
    database
      .prepare(`UPDATE commits SET body = replace(body, 'petugas', 'penadah') WHERE position = ?`)
      .run(position);
    database.close();
    const result = await blangko(folder, ['audit']);
    expect(result.code).toBe(1);
    expect(complaint(result)).toMatch(new RegExp(`position ${position}\\b.*hash does not match`));
  });

  it('audit exits with 1 and the exact row when a read model was changed', async () => {
    const folder = await folders.copyOf(base);
    const database = new DatabaseSync(join(folder, 'read-models.db'));
    database.exec(`UPDATE stock_total SET usable = usable + 1 WHERE facility = '31'`);
    database.close();
    const result = await blangko(folder, ['audit']);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^read_models: row of stock_total: expected .*"facility":"31"/m);
    expect(result.stdout).not.toContain('nothing differs');
  });

  it('rebuild makes identical rows after the read models were deleted', async () => {
    const folder = await folders.copyOf(base);
    const file = join(folder, 'read-models.db');
    for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
    const before = hashReadModels(file);
    await rm(file);
    const without = await blangko(folder, ['stock', '31']);
    expect(without.code).toBe(1);
    expect(complaint(without)).toMatch(/no read models .*blangko rebuild$/);
    const { code, stdout } = await blangko(folder, ['rebuild']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^read models rebuilt from /);
    expect(hashReadModels(file)).toBe(before);
    expect((await blangko(folder, ['rebuild'])).stdout).toMatch(/rows compared, all as before\n$/);
  });

  it('says that the read models are damaged, and rebuild makes them anew', async () => {
    const folder = await folders.copyOf(base);
    const file = join(folder, 'read-models.db');
    const before = hashReadModels(file);
    for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
    await writeFile(file, 'x'.repeat(8_192));
    for (const words of [['stock', '31'], ['audit'], ['serve']]) {
      const result = await blangko(folder, words);
      expect(result.code).toBe(1);
      expect(complaint(result)).toMatch(/read-models\.db are damaged.*blangko rebuild$/);
    }
    expect((await blangko(folder, ['rebuild'])).code).toBe(0);
    expect(hashReadModels(file)).toBe(before);
  });

  it('an export is a file, and the feed what was recorded, until it is stopped', async () => {
    const out = join(await folders.make(), 'stock.csv');
    const words = ['export', 'stock', '--level', 'regency', '--within', '31', '--format', 'csv'];
    const { code, stderr } = await blangko(base, [...words, '--out', out]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/stock\.csv: stock up to position \d+/),
    ]);
    const lines = (await readFile(out, 'utf8')).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^facilityId,code,name,level,batch,produced,usable,/);
    expect(lines).toHaveLength(7);
    expect(complaint(await blangko(base, ['export', 'stock', '--format', 'csv']))).toMatch(
      /needs a level$/,
    );
    expect((await blangko(base, ['export', 'stock', '--format', 'pdf'])).code).toBe(2);
    const feed = await followed(base, ['feed', '--after', '0', '--types', 'BatchProcured'], /\n/);
    expect(feed).toMatchObject({ code: 0, stderr: '' });
    expect(feed.stdout).toMatch(/^\d+ \S+Z BatchProcured custody-B\.2017-A \S+\n$/);
    expect((await blangko(base, ['webhooks'])).stdout).toBe('no webhook is registered\n');
  });

  it('a backup restores to a ledger with the same audit, and overwrites nothing', async () => {
    const target = join(await folders.make(), 'backup');
    const backup = await blangko(base, ['backup', target]);
    expect(backup.code).toBe(0);
    const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8')) as {
      files: { name: string; sha256: string }[];
      head: string;
    };
    for (const { name, sha256 } of manifest.files) {
      const bytes = await readFile(join(target, name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect(manifest.files.map(({ name }) => name)).toEqual(['ledger.db', 'vault.db']);
    expect(complaint(await blangko(base, ['backup', target]))).toMatch(/overwrites nothing$/);
    expect(complaint(await blangko(base, ['restore', target]))).toMatch(/overwrites nothing/);
    const fresh = await folders.make();
    expect((await blangko(fresh, ['restore', target])).code).toBe(0);
    expect((await blangko(fresh, ['rebuild'])).code).toBe(0);
    const [was, is] = [await auditOf(base), await auditOf(fresh)];
    expect(is).toEqual(was);
    expect(is.position).toBe(manifest.head);
  });

  it('a backup that was changed is not restored', async () => {
    const target = join(await folders.make(), 'backup');
    await blangko(base, ['backup', target]);
    const database = new DatabaseSync(join(target, 'ledger.db'));
    database.exec('PRAGMA user_version = 1; CREATE TABLE more (x)');
    database.close();
    const fresh = await folders.make();
    const result = await blangko(fresh, ['restore', target]);
    expect(result.code).toBe(1);
    expect(complaint(result)).toMatch(/ledger\.db in the backup is not what was backed up/);
    expect(complaint(await blangko(fresh, ['audit']))).toMatch(/there is no ledger/);
  });

  it('beside a server, readers work and writers are told who may hold the lock', async () => {
    const folder = await folders.copyOf(base);
    const server = await served(folder, 'serve');
    try {
      const live = await fetch(`${server.url}/api/health/live`);
      expect(live.status).toBe(200);
      const target = join(await folders.make(), 'beside');
      for (const words of [['stock', '31'], ['events', '00'], ['audit'], ['backup', target]]) {
        expect(await blangko(folder, words)).toMatchObject({ code: 0 });
      }
      const list = join(folder, 'list.csv');
      await writeFile(list, LIST);
      for (const words of [
        ['serve'],
        ['scenario', 'jakarta-2020'],
        ['import', list],
        ['rebuild'],
        ['restore', target],
      ]) {
        const result = await blangko(folder, words);
        expect(result.code).toBe(1);
        expect(complaint(result)).toMatch(
          /in use: another process is writing.*blangko serve, demo/,
        );
      }
    } finally {
      expect((await server.stop()).code).toBe(0);
    }
    expect((await auditOf(folder)).differenceCount).toBe(0);
  });
});
