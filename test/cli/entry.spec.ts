import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { blangko, complaint, Folders } from './command-line.js';

// Processes take their time on a busy machine; nothing here depends on it.
jest.setTimeout(120_000);

const NEEDED = 24;

/** A Node of this machine that is too old for the program, or why there is none. */
function olderNode(): { readonly file: string } | { readonly why: string } {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((file) => existsSync(file));
  if (found === undefined) return { why: 'no other Node is on the PATH' };
  const version = spawnSync(found, ['--version'], { encoding: 'utf8' }).stdout.trim();
  if (Number(/^v(\d+)/.exec(version)?.[1] ?? 0) >= NEEDED)
    return { why: `the Node on the PATH is ${version}, which is not too old` };
  return { file: found };
}

describe('blangko', () => {
  const folders = new Folders();
  const older = olderNode();
  const underOlderNode = 'file' in older ? it : it.skip;
  if ('why' in older) process.stdout.write(`not run under an older Node: ${older.why}\n`);

  afterAll(() => folders.removeAll());

  underOlderNode('says under an older Node which one it needs', async () => {
    const file = 'file' in older ? older.file : '';
    const result = await blangko(await folders.make(), ['--help'], file);
    expect(result.code).toBe(1);
    expect(complaint(result)).toMatch(/^blangko needs Node 24 or newer; this is Node \d+\./);
  });

  it('lists its commands', async () => {
    const { code, stdout } = await blangko(await folders.make(), ['--help']);
    expect(code).toBe(0);
    const names = ['serve', 'demo', 'scenario', 'import', 'stock', 'events', 'audit', 'rebuild'];
    const asking = ['shipments', 'routes', 'demand', 'allocate'];
    for (const name of [...names, ...asking, 'backup', 'restore'])
      expect(stdout).toContain(`\n  ${name}`);
  });

  it.each([
    ['an unknown command', ['bogus']],
    ['a missing argument', ['stock']],
    ['a scale of 0', ['scenario', 'jakarta-2020', '--scale', '0']],
    ['a scale above 1', ['scenario', 'jakarta-2020', '--scale', '2']],
    ['a seed that is no number', ['scenario', 'jakarta-2020', '--seed', 'x']],
    ['a day that is none', ['demand', '--today', '2017-02-30']],
    ['an officer without a role', ['import', 'x.csv', '--actor', 'me']],
  ])('exits with 2 at %s', async (_what, words) => {
    const { code, stderr } = await blangko(await folders.make(), words);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['stock', ['stock', '31'], /there is no ledger at/],
    ['audit', ['audit'], /there is no ledger at/],
    ['rebuild', ['rebuild'], /there is no ledger at/],
    ['backup', ['backup', 'nowhere'], /there is no ledger at/],
    ['restore', ['restore', 'nowhere'], /is no backup/],
    ['scenario', ['scenario', 'jakarta-1999'], /there are jakarta-2017, jakarta-2020/],
  ])('%s tells in one line what is wrong, and exits with 1', async (_name, words, message) => {
    const result = await blangko(await folders.make(), words);
    expect(result.code).toBe(1);
    expect(complaint(result)).toMatch(message);
  });
});
