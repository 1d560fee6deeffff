import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeEvent } from '../event-store/codec/event-codec.js';
import { serve } from '../http/serve.js';
import { JAKARTA_2017_ENDS, jakarta2017 } from '../scenarios/jakarta-2017.js';
import { clockFrom } from '../scenarios/simulated-clock.js';
import { readSettings, type Settings } from '../settings.js';
import { whileNobodyWrites } from './as-writer.js';
import { ledgerExists, openLogForReading } from './event-log.js';
import { figure, print, progressBar } from './output.js';
import { recordScenario } from './record-scenario.js';
import { UserError } from './user-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

const DEMO_FOLDER = 'demo';

/** The demo keeps all its files in one folder, wherever those of the real ledger are set to be. */
function demoSettings(env: Environment, folder: string): Settings {
  const { PORT, HOST, QUERY_WAIT_MS, LOG_LEVEL = 'warn' } = env;
  return readSettings({ PORT, HOST, QUERY_WAIT_MS, LOG_LEVEL, DATA_DIR: folder });
}

/**
 * Serves the story of March 2017 from a folder of its own. The clock begins on 1 April 2017 at 08:00 in
 * Jakarta and runs; a demo started again goes on from its last entry.
 */
export async function runDemo(env: Environment): Promise<void> {
  const folder = join(readSettings(env).dataDir, DEMO_FOLDER);
  const settings = demoSettings(env, folder);
  if (!(await ledgerExists(settings))) await makeDemo(env, folder);
  const start = Math.max(JAKARTA_2017_ENDS, await lastRecordedAt(settings));
  const { url } = await serve(settings, { clock: clockFrom(start), logTo: process.stderr });
  printWelcome(url, folder, start);
}

/** Told in a folder beside, which takes its name when the story is whole: half a demo is none. */
async function makeDemo(env: Environment, folder: string): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length > 0)
    throw new UserError(`${folder} has files in it but no ledger; move it out of the way first`);
  const partial = demoSettings(env, `${folder}.partial`);
  const clear = (): Promise<void> => rm(partial.dataDir, { recursive: true, force: true });
  // What a demo that was broken off has left; not what another is making at this moment.
  if (await ledgerExists(partial)) await whileNobodyWrites(partial, clear);
  else await clear();
  const progress = progressBar('March 2017');
  const options = { scale: 1, seed: 1, onProgress: progress.update };
  try {
    await recordScenario(partial, jakarta2017, options);
  } finally {
    progress.stop();
  }
  await rename(partial.dataDir, folder);
}

/** In milliseconds since the epoch; 0 for an empty log. */
async function lastRecordedAt(settings: Settings): Promise<number> {
  const store = await openLogForReading(settings);
  try {
    const from = (await store.head()) ?? 0n;
    let last = 0;
    for await (const batch of store.readAll({ from })) {
      for (const recorded of batch)
        last = Math.max(last, Date.parse(decodeEvent(recorded).metadata.recordedAt));
    }
    return last;
  } finally {
    await store.close();
  }
}

function printWelcome(url: string, folder: string, now: number): void {
  const jakarta = new Date(now + 7 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
  print(`
The ledger of March 2017 is served at ${url}; its clock says ${jakarta} in Jakarta.

  API documentation       ${url}/api/docs
  Batch 2017-A            ${url}/api/batches/2017-A           its books close at ${figure(7_000_000)}
  DKI Jakarta             ${url}/api/stock/31
  Kecamatan of DKI        ${url}/api/stock?within=31&level=district   with their kelurahan: ${figure(200_000)}
  One carton short        ${url}/api/accounts/31.71.01.1001/events

  curl -s '${url}/api/stock?within=31&level=district'
  npm run blangko -- --data-dir ${folder} stock 31

Ctrl-C stops it; what you enter is kept in ${folder}.`);
}
