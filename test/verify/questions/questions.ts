import { statSync } from 'node:fs';
import { join } from 'node:path';
import { print, printTable } from '../../../src/cli/output.js';
import { readSettings } from '../../../src/settings.js';
import { ServerProcess } from '../../bench/server-process.js';
import { readOptions, UsageError } from '../../support/command-options.js';
import { runMeasured } from '../measured-process.js';
import type { TracesCompared } from '../traces.js';
import { checkAsOf } from './as-of.js';
import { recordedAnswers, recordLate } from './late.js';
import { knownPlaces } from './known-places.js';
import { rebuildUnderLoad } from './live-rebuild.js';
import { measureSpeed } from './speed.js';

const USAGE = `Usage: npm run verify:questions -- --folder PATH [options]
  --folder PATH   data folder of a national-2017, as \`npm run verify:national -- --keep\` leaves one
  --only NAME     one of speed, as-of, trace, rebuild, late; may be given more than once
  --questions N   of each kind (default 1,000)
  --instants N    on each clock (default 2,000)
  --late N        entries of the past that \`late\` records: the ledger is another one then (default 100,000)
`;
const OPTIONS = {
  folder: { type: 'string' },
  only: { type: 'string', multiple: true },
  questions: { type: 'string' },
  instants: { type: 'string' },
  late: { type: 'string' },
  help: { type: 'boolean' },
} as const;
const MB = 1e6;

interface QuestionsSettings {
  readonly folder: string;
  readonly only: readonly string[];
  readonly questions: number;
  readonly instants: number;
  readonly late: number;
}

let broken = 0;

function check(what: string, holds: boolean): void {
  if (!holds) broken += 1;
  print(`${holds ? 'ok' : 'NO'}  ${what}`);
}

async function speed({ folder, questions }: QuestionsSettings): Promise<void> {
  const { readModelsFile } = readSettings({ DATA_DIR: folder });
  const places = knownPlaces(readModelsFile);
  const server = await ServerProcess.start('ledger', folder);
  await server.ready({ caughtUp: true });
  const speeds = [
    ...(await measureSpeed(server.url, places, { clients: 1, questions })),
    ...(await measureSpeed(server.url, places, { clients: 8, questions })),
  ];
  const memory = await server.memory();
  await server.stop();
  const ms = (value: number): string => value.toFixed(1);
  printTable(
    ['question', 'clients', 'asked', 'p50, ms', 'p99, ms', 'p99 at the server', 'worst', 'limit'],
    speeds.map((it) => [
      ...[it.name, it.clients, it.questions, ms(it.p50Ms), ms(it.p99Ms)],
      ...[ms(it.serverP99Ms), ms(it.maxMs), it.limitMs],
    ]),
  );
  for (const it of speeds)
    check(`${it.name}, ${it.clients} clients: at most ${it.limitMs} ms`, it.p99Ms <= it.limitMs);
  const log = statSync(join(folder, 'ledger.db')).size;
  const models = statSync(readModelsFile).size;
  print(`read models ${Math.round(models / MB)} MB, log ${Math.round(log / MB)} MB`);
  check('read models at most 1.5 times the log', models <= 1.5 * log);
  check(`memory of the server at most 1,000 MB: ${Math.round(memory)} MiB`, memory <= 953);
}

async function asOf({
  folder,
  instants,
}: Pick<QuestionsSettings, 'folder' | 'instants'>): Promise<void> {
  const { readModelsFile } = readSettings({ DATA_DIR: folder });
  const files = { ledger: join(folder, 'ledger.db'), readModels: readModelsFile };
  const checks = await checkAsOf(files, knownPlaces(readModelsFile), instants);
  for (const { clock, figures, differences } of checks) {
    for (const difference of differences) print(`  ${difference}`);
    const what = `${instants} instants, ${figures} figures, ${clock}: those of a naive fold`;
    check(what, differences.length === 0);
  }
}

async function rebuild({ folder }: QuestionsSettings): Promise<void> {
  const { readModelsFile } = readSettings({ DATA_DIR: folder });
  const server = await ServerProcess.start('ledger', folder);
  await server.ready({ caughtUp: true });
  const done = await rebuildUnderLoad(server.url, knownPlaces(readModelsFile));
  await server.stop();
  print(JSON.stringify(done));
  check('the rebuild is done', done.state === 'done');
  check('no failed read, no failed command', done.failedReads + done.refusedCommands === 0);
  check('no stale answer', done.staleReads === 0);
  check('identical rows', done.differences === 0 && (done.rowsCompared ?? 0) > 0);
}

/** Follows serials by the read model and by a scan of the log. */
async function trace({ folder }: QuestionsSettings): Promise<void> {
  const { readModelsFile } = readSettings({ DATA_DIR: folder });
  const program = join(import.meta.dirname, '..', 'traces.js');
  const { signal } = new AbortController();
  const args = [join(folder, 'ledger.db'), readModelsFile];
  const { output } = await runMeasured(program, args, { folder, signal });
  const { serials, ranges, runs, differences } = JSON.parse(output) as TracesCompared;
  for (const difference of differences) print(`  ${JSON.stringify(difference)}`);
  const what = `${serials} serials and ${ranges} ranges, ${runs} stories: those of a scan of the log`;
  check(what, differences.length === 0);
}

/** Entries of the past change no answer of the recorded clock, and those of the occurred one as they should. */
async function late({ folder, instants, late: count }: QuestionsSettings): Promise<void> {
  const { readModelsFile: readModels } = readSettings({ DATA_DIR: folder });
  const places = knownPlaces(readModels);
  const before = recordedAnswers(readModels, places, instants);
  const server = await ServerProcess.start('ledger', folder);
  await server.ready({ caughtUp: true });
  const start = performance.now();
  await recordLate(server.url, { readModels }, places, count);
  await server.ready({ caughtUp: true });
  print(`${count} late entries in ${Math.round((performance.now() - start) / 1_000)} s`);
  await server.stop();
  const after = recordedAnswers(readModels, places, instants);
  const changed = before.filter((hash, index) => hash !== after[index]).length;
  check(`recorded answers at ${instants} instants are as before`, changed === 0);
  await asOf({ folder, instants: Math.min(instants, LATE_INSTANTS) });
}

/** Instants that are compared to a naive fold once more. */
const LATE_INSTANTS = 200;

const STEPS: Readonly<Record<string, (settings: QuestionsSettings) => Promise<void>>> = {
  speed,
  'as-of': asOf,
  trace,
  rebuild,
  late,
};

function settingsOf(args: readonly string[]): QuestionsSettings | null {
  const values = readOptions(args, OPTIONS);
  if (values.help === true) return null;
  const { folder, only = Object.keys(STEPS), questions = '1000', instants = '2000' } = values;
  const { late: entries = '100000' } = values;
  if (folder === undefined) throw new UsageError('--folder is needed');
  const unknown = only.find((name) => STEPS[name] === undefined);
  if (unknown !== undefined) throw new UsageError(`there is no step ${unknown}`);
  return {
    folder,
    only,
    questions: Number(questions),
    instants: Number(instants),
    late: Number(entries),
  };
}

try {
  const settings = settingsOf(process.argv.slice(2));
  if (settings === null) process.stdout.write(USAGE);
  else for (const name of settings.only) await STEPS[name]?.(settings);
  if (broken > 0) process.exitCode = 1;
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`questions: ${error instanceof Error ? error.message : String(error)}\n`);
  if (isUsage) process.stderr.write(USAGE);
  process.exitCode = isUsage ? 2 : 1;
}
