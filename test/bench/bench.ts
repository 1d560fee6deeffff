import { UsageError } from '../support/command-options.js';
import { benchAppend, benchAppendStored } from './append.js';
import { BenchRun } from './bench-run.js';
import { readBenchSettings, USAGE, type BenchName, type BenchSettings } from './bench-settings.js';
import { benchCommands } from './commands.js';
import type { Figure } from './figures.js';
import { figuresTable } from './figures-table.js';
import { benchEventStore } from './event-store.js';
import { benchReplay } from './replay.js';
import { benchStart } from './start-up.js';

const BENCHES: Readonly<Record<BenchName, (run: BenchRun) => Promise<readonly Figure[]>>> = {
  append: benchAppend,
  commands: benchCommands,
  replay: benchReplay,
  start: benchStart,
  // After the two that read the ledger it adds to.
  'append-stored': benchAppendStored,
  'event-store': benchEventStore,
};
const ENDED_BY_SIGNAL = 130;

async function bench(settings: BenchSettings): Promise<void> {
  const run = new BenchRun(settings, (text) => {
    if (process.stderr.isTTY) process.stderr.write(`${text} …\n`);
  });
  const figures: Figure[] = [];
  try {
    for (const name of settings.benches) figures.push(...(await BENCHES[name](run)));
  } finally {
    await run.end();
  }
  const lines = figures.map((figure) => `${JSON.stringify(figure)}\n`);
  process.stdout.write(settings.isJson ? lines.join('') : figuresTable(figures));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(ENDED_BY_SIGNAL));
}
try {
  const settings = readBenchSettings(process.argv.slice(2));
  if (settings === null) process.stdout.write(USAGE);
  else await bench(settings);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`bench: ${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
