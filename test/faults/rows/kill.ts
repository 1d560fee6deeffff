import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertWholeAppends } from '../../support/event-store-files.js';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { ToldProcess } from '../told-process.js';
import { idsOf, requireAll, restarted } from '../whole-log.js';

const WRITERS = '16';
/** Cycles on one file, each recovering what the one before left. */
const CYCLES_A_LEDGER = 10;
const MAX_LIFE_MS = 120;

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const cycles = count(500, 5);
  let acknowledged: string[] = [];
  let appends = 0;
  let events = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    if (cycle % CYCLES_A_LEDGER === 0) acknowledged = [];
    const file = join(folder, `ledger-${Math.floor(cycle / CYCLES_A_LEDGER)}.db`);
    const writer = new ToldProcess('test/support/event-store-writer.js', [file, WRITERS]);
    // Some are killed while they open, and so recover, the ledger.
    if (random() >= 0.1) await writer.untilLine((line) => line.startsWith('custody-'));
    await sleep(random() * MAX_LIFE_MS);
    writer.signal('SIGKILL');
    await writer.ended;
    appends += writer.lines.filter((line) => line.startsWith('custody-')).length;
    acknowledged.push(...idsOf(writer.lines));
    const found = await restarted(file);
    requireAll(acknowledged, found);
    assertWholeAppends(found);
    events += idsOf(writer.lines).length;
  }
  must(appends > cycles, `only ${appends} appends in ${cycles} cycles: there was no load`);
  return {
    count: `${figure(cycles)} kills`,
    result: `0 of ${figure(events)} acknowledged events lost, 0 of ${figure(appends)} acknowledged commands there in part`,
  };
}

export const kill: FaultRow = {
  name: 'kill',
  fault: 'kill -9 under load',
  how: 'a writer with 16 appends of 1 to 5 events under way, killed at a random moment, restarted on what it left',
  needs: [],
  run,
};
