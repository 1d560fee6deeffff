import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure, must, type FaultRow, type Outcome, type Trial } from '../fault-row.js';
import { FaultyServer } from '../faulty-server.js';
import { requireAll, restarted } from '../whole-log.js';

const YEAR_MS = 365 * 86_400_000;
const DAY_MS = 86_400_000;
const LIBRARY = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
].find(existsSync);

async function commands(server: FaultyServer, count: number): Promise<readonly number[]> {
  const positions: number[] = [];
  for (let done = 0; done < count; done++) {
    const { status, text, position } = await server.command();
    must(status === 201, `a command was answered ${status} ${text}`);
    positions.push(position);
  }
  return positions;
}

async function run({ folder, count }: Trial): Promise<Outcome> {
  must(LIBRARY !== undefined, 'libfaketime is not where Debian puts it');
  const jumps = count(20, 2);
  const each = 50;
  const time = join(folder, 'time');
  writeFileSync(time, '+0d');
  const data = join(folder, 'data');
  await using server = await FaultyServer.start(data, {
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: time,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  });
  const positions = [...(await commands(server, each))];
  for (let jump = 0; jump < jumps; jump++) {
    writeFileSync(time, jump % 2 === 0 ? '-365d' : '+0d');
    positions.push(...(await commands(server, each)));
    const start = performance.now();
    // A timer ends this wait, for a position that does not come.
    const waited = await server.get('/stock/00?atLeast=999999999');
    const tookMs = performance.now() - start;
    must(
      waited.status === 503 && tookMs < 5_000,
      `the wait ended with ${waited.status} after ${tookMs.toFixed(0)} ms`,
    );
    const caughtUp = await server.get(`/stock/00?atLeast=${String(positions.at(-1))}`);
    must(
      caughtUp.status === 200,
      `the read models were answered ${caughtUp.status} ${caughtUp.text}`,
    );
    must((await server.get('/health/ready')).status === 200, 'the server was not ready');
  }
  const isMonotone = positions.every((it, index) => it > (positions[index - 1] ?? 0));
  must(isMonotone, 'a position is not above the one before it');
  must((await server.stop()).code === 0, 'the server did not end with code 0');
  const events = await restarted(join(data, 'ledger.db'));
  requireAll(server.acknowledged, events);
  const times = events.map(({ metadata }) => Date.parse(metadata.recordedAt as string));
  const back = times.filter((it, index) => it < (times[index - 1] ?? 0) - YEAR_MS + DAY_MS).length;
  must(back >= jumps / 2, `the log shows ${back} jumps back: the clock did not jump`);
  return {
    count: `${jumps} jumps, ${back} of them back a year`,
    result: `${figure(positions.length)} commands taken at ever higher positions, waits end by their timers, read models follow, ready throughout`,
  };
}

export const clock: FaultRow = {
  name: 'clock',
  fault: 'the clock jumps back a year',
  how: 'libfaketime in the running server process, the monotonic clock left alone; the jumps counted in the log',
  needs: ['faketime'],
  run,
};
