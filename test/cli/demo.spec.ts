import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { blangko, Folders, served } from './command-line.js';

// Processes take their time on a busy machine; nothing here depends on it.
jest.setTimeout(180_000);

interface Totals {
  readonly usable: number;
  readonly invalid: number;
  readonly inTransitIn: number;
  readonly issued: number;
  readonly destroyed: number;
  readonly missing: number;
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

describe('demo', () => {
  const folders = new Folders();
  afterAll(() => folders.removeAll());

  it('serves March 2017 from a folder of its own, and again from where it was', async () => {
    const dataDir = await folders.make();
    const first = await served(dataDir, 'demo');
    const { books } = await get<{ books: Record<string, number> }>(
      `${first.url}/api/batches/2017-A`,
    );
    expect(books).toMatchObject({ produced: 7_000_000, missing: 500, balance: 0 });
    const page = await get<{ items: { total: Totals }[] }>(
      `${first.url}/api/stock?within=31&level=district&limit=100`,
    );
    expect(page.items).toHaveLength(44);
    const total = page.items.reduce(
      (sum, { total: it }) =>
        sum + it.usable + it.invalid + it.inTransitIn + it.issued + it.destroyed + it.missing,
      0,
    );
    expect(total).toBe(200_000);
    const stopped = await first.stop();
    expect(stopped.code).toBe(0);
    expect(stopped.stdout).toContain('its clock says 2017-04-01 08:00 in Jakarta');
    expect(stopped.stdout).toContain('/api/docs');
    expect(await readdir(dataDir)).toEqual(['demo']);

    const before = await blangko(join(dataDir, 'demo'), ['audit', '--json']);
    const again = await served(dataDir, 'demo');
    expect((await again.stop()).code).toBe(0);
    const after = await blangko(join(dataDir, 'demo'), ['audit', '--json']);
    expect(after).toMatchObject({ code: 0, stdout: before.stdout });
  });
});
