import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRun } from './bench-run.js';
import { compared, interleaved, type Figure } from './figures.js';
import { commandsPerSecond } from './keep-alive-load.js';
import { ServerProcess } from './server-process.js';

const CONNECTIONS = 64;
const LEDGER = 'durable commands over HTTP';
const STORELESS = 'the same route without a store';
const BEFORE = 'before them';

/** Commands a second over HTTP, and the memory of the server before and after them. */
export async function benchCommands(run: BenchRun): Promise<readonly Figure[]> {
  const { rounds, warmUpCommands } = run.settings;
  const [ledger, storeless] = await Promise.all([
    startIn(run, 'ledger'),
    startIn(run, 'storeless'),
  ]);
  await ledger.ready({ caughtUp: true });
  const before = await ledger.memory();
  run.progress('commands over HTTP');
  for (const { port } of [ledger, storeless]) {
    const warmUp = { windowMs: Infinity, maxOperations: warmUpCommands };
    await commandsPerSecond(port, CONNECTIONS, warmUp);
  }
  const measured = (name: string, { port }: ServerProcess) => ({
    name,
    measure: () => commandsPerSecond(port, CONNECTIONS, run.settings),
  });
  const samples = await interleaved(rounds, [
    measured(LEDGER, ledger),
    measured(STORELESS, storeless),
  ]);
  await ledger.ready({ caughtUp: true });
  const after = await ledger.memory();
  await Promise.all([ledger.stop(), storeless.stop()]);
  const memory = new Map([
    [LEDGER, [after]],
    [BEFORE, [before]],
  ]);
  return [
    compared(samples, {
      name: LEDGER,
      inFlight: CONNECTIONS,
      unit: 'a second',
      contender: LEDGER,
      peer: STORELESS,
    }),
    compared(memory, {
      name: 'memory after these commands',
      inFlight: null,
      unit: 'MiB',
      contender: LEDGER,
      peer: BEFORE,
    }),
  ];
}

function startIn(run: BenchRun, kind: 'ledger' | 'storeless'): Promise<ServerProcess> {
  const folder = join(run.folder, `commands-${kind}`);
  mkdirSync(folder);
  return ServerProcess.start(kind, folder);
}
