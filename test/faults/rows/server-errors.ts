import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer } from '../faulty-server.js';
import { requireAll, restarted } from '../whole-log.js';

const POINTS = ['posix/io/sync/fsync', 'posix/io/rw/pwrite', 'posix/io/rw/pwrite64'] as const;
const COMMANDS = 40;

async function run({ folder, count }: Trial): Promise<Outcome> {
  const rounds = count(10, 1);
  let errors = 0;
  let acknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    const point = POINTS[round % 2] ?? POINTS[0];
    const data = join(folder, `data-${round}`);
    const fifo = join(folder, `fiu-${round}`);
    await using server = await FaultyServer.start(data, { under: ['fiu-run', '-x', '-f', fifo] });
    for (let sent = 0; sent < COMMANDS + round; sent++)
      must((await server.command()).status === 201, 'a command was refused before the fault');
    const tell = (command: string): void => {
      const names = point.startsWith('posix/io/sync') ? [point] : POINTS.slice(1);
      for (const name of names)
        execFileSync('fiu-ctrl', ['-f', fifo, '-c', `${command} name=${name}`, String(server.pid)]);
    };
    tell('enable');
    const first = await server.command();
    must(
      first.status === 503 && first.code === 'store_read_only',
      `the failed write was answered ${first.status} ${first.text}`,
    );
    errors++;
    await server.requireReadOnly();
    tell('disable');
    // The disk would take writes again, but what became of the failed one only a restart can tell.
    await server.requireReadOnly();
    must((await server.stop()).code === 0, 'the read-only server did not end with code 0');
    await using again = await FaultyServer.start(data);
    must((await again.command()).status === 201, 'no write was taken after the restart');
    must((await again.stop()).code === 0, 'the restarted server did not end with code 0');
    const kept = [...server.acknowledged, ...again.acknowledged];
    acknowledged += kept.length;
    requireAll(kept, await restarted(join(data, 'ledger.db')));
  }
  return {
    count: `${figure(errors)} errors`,
    result: `503 store_read_only, reads and liveness 200, readiness 503, ledger_store_readonly 1, also once the disk is well again; after a restart writes taken, 0 of ${figure(acknowledged)} acknowledged events lost`,
  };
}

export const serverErrors: FaultRow = {
  name: 'server-errors',
  fault: 'fsync and write errors, over HTTP',
  how: 'libfiu makes every fsync, or every write, of the running server process fail with EIO; later it lets them succeed again',
  needs: ['fiu-run'],
  run,
};
