import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { compiledSource } from '../support/compiled-source.js';
import { endedProgram, type Ended } from '../support/ended-program.js';
import { faultsTable, pageWith } from './faults-table.js';

const row = (name: string, result: string) => ({
  name,
  fault: `${name} fault`,
  how: 'somehow',
  count: '2',
  result,
  seconds: '1',
});

describe('the table of faults', () => {
  it('lines up, and keeps what stands in a page for rows that were not tried', () => {
    const page = `# Faults\n\n${faultsTable([row('a', 'old'), row('c', 'kept | so')])}\nEnd.\n`;
    const changed = pageWith(page, [row('b', 'new'), row('a', 'other')], ['a', 'b', 'c']);
    expect(changed).toBe(
      [
        '# Faults',
        '',
        '| row | fault   | how     | count | result     | seconds |',
        '| --- | ------- | ------- | ----- | ---------- | ------: |',
        '| a   | a fault | somehow | 2     | other      |       1 |',
        '| b   | b fault | somehow | 2     | new        |       1 |',
        '| c   | c fault | somehow | 2     | kept \\| so |       1 |',
        '',
        'End.',
        '',
      ].join('\n'),
    );
  });
});

describe('npm run faults', () => {
  let program: string;

  beforeAll(async () => {
    program = join(await compiledSource(), 'test', 'faults', 'faults.js');
  }, 60_000);

  function faults(...options: readonly string[]): Promise<Ended> {
    return endedProgram(program, options);
  }

  it('stands every fault in small counts, or says which tool is missing', async () => {
    const { code, output, errors } = await faults('--quick');
    const lines = output.trimEnd().split('\n').slice(2);
    const results = lines.map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      return { name: cells[1] ?? '', count: cells[4] ?? '', result: cells[5] ?? '' };
    });
    const skipped = results.filter(({ result }) => result.startsWith('skipped: '));
    for (const { name, result } of skipped) process.stdout.write(`${name} ${result}\n`);
    expect([code, code === 0 ? '' : errors]).toEqual([0, '']);
    expect(results.map(({ name }) => name)).toEqual([
      'kill',
      'power-loss',
      'torn-log',
      'bit-flips',
      'write-errors',
      'server-errors',
      'disk-full',
      'clock',
      'projection-crash',
      'backup',
      'sigterm',
      'feed',
      'webhooks',
      'event-store',
      'nodes',
    ]);
    for (const tried of results.filter((it) => !skipped.includes(it)))
      expect(tried.count).toMatch(/^[1-9]/);
  }, 240_000);

  it.each([
    [['--only', 'everything'], 'there is no row everything'],
    [['--quick', '--write'], '--write needs the full counts'],
    [['--seed', 'x'], '--seed is a whole number'],
  ])('refuses %j', async (options, why) => {
    const { code, output, errors } = await faults(...options);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toContain(`faults: ${why}`);
    expect(errors).toContain('--only ROW');
  });
});
