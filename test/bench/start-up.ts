import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchRun } from './bench-run.js';
import { compared, interleaved, type Figure } from './figures.js';
import { ServerProcess } from './server-process.js';

const STORED = 'stored';
const EMPTY = 'an empty ledger';

/** From the start of the process until it says it is ready, and its memory then. */
export async function benchStart(run: BenchRun): Promise<readonly Figure[]> {
  const { folder } = await run.storedLedger();
  const empty = join(run.folder, 'empty');
  mkdirSync(empty);
  run.progress('building the read models once');
  for (const each of [folder, empty]) {
    const server = await ServerProcess.start('ledger', each);
    await server.ready({ caughtUp: true });
    await server.stop();
  }
  run.progress('start-up');
  const memory = new Map<string, number[]>([
    [STORED, []],
    [EMPTY, []],
  ]);
  const started = (name: string, data: string) => ({
    name,
    measure: async () => {
      const start = performance.now();
      const server = await ServerProcess.start('ledger', data);
      await server.ready();
      const elapsedMs = performance.now() - start;
      memory.get(name)?.push(await server.memory());
      await server.stop();
      return elapsedMs;
    },
  });
  const times = await interleaved(run.settings.rounds, [
    started(STORED, folder),
    started(EMPTY, empty),
  ]);
  const what = `${run.settings.stored.toLocaleString('en-US')} stored`;
  const comparison = { inFlight: null, contender: STORED, peer: EMPTY } as const;
  return [
    compared(times, { ...comparison, name: `start-up to ready, ${what}`, unit: 'ms' }),
    compared(memory, { ...comparison, name: `memory when ready, ${what}`, unit: 'MiB' }),
  ];
}
