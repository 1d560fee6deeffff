import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer } from '../faulty-server.js';
import { requireAll, restarted } from '../whole-log.js';

const CLIENTS = 16;
const DRAINED_WITHIN_MS = 10_000;

/** Sends commands until the server takes no more. */
async function client(server: FaultyServer): Promise<void> {
  for (;;) {
    try {
      const { status } = await server.command();
      if (status !== 201) return;
    } catch {
      return;
    }
  }
}

async function run({ folder, random, count }: Trial): Promise<Outcome> {
  const cycles = count(50, 1);
  const acknowledged: string[] = [];
  let slowestMs = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    await using server = await FaultyServer.start(folder);
    const clients = Array.from({ length: CLIENTS }, () => client(server));
    await sleep(300 + random() * 500);
    const { code, tookMs } = await server.stop();
    await Promise.all(clients);
    must(code === 0, `it ended with code ${String(code)}`);
    must(tookMs < DRAINED_WITHIN_MS, `it took ${tookMs.toFixed(0)} ms to end`);
    slowestMs = Math.max(slowestMs, tookMs);
    acknowledged.push(...server.acknowledged);
  }
  must(acknowledged.length > cycles, 'there was no load');
  requireAll(acknowledged, await restarted(join(folder, 'ledger.db')));
  return {
    count: `${figure(cycles)} signals`,
    result: `exit 0 each time, the slowest after ${(slowestMs / 1_000).toFixed(1)} s; 0 of ${figure(acknowledged.length)} acknowledged commands lost`,
  };
}

export const sigterm: FaultRow = {
  name: 'sigterm',
  fault: 'SIGTERM under load',
  how: `the server process with ${CLIENTS} HTTP clients, stopped at a random moment; must end within 10 s`,
  needs: [],
  run,
};
