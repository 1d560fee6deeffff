import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../support/event-store-files.js';
import { reasonWithout, type FaultRow, type Outcome } from './fault-row.js';
import { UsageError } from '../support/command-options.js';
import { readFaultSettings, usageOf, type FaultSettings } from './faults-settings.js';
import { faultsTable, pageWith, type RowResult } from './faults-table.js';
import { ROWS } from './rows/rows.js';

const NAMES = ROWS.map(({ name }) => name);
const QUICK_NAMES = ROWS.filter(({ isOfSpecs }) => isOfSpecs !== true).map(({ name }) => name);
const PAGE = join(process.cwd(), 'docs', 'reference', 'faults.md');
const ENDED_BY_SIGNAL = 130;

/** Folders that a signal must not leave behind. */
const folders = new Set<string>();

interface Tried {
  readonly row: RowResult;
  readonly isFailed: boolean;
}

async function tryRow(row: FaultRow, { isQuick, seed }: FaultSettings): Promise<Tried> {
  const { name, fault, how } = row;
  const start = performance.now();
  const told = ({ count, result }: Outcome, isFailed: boolean): Tried => {
    const seconds = ((performance.now() - start) / 1_000).toFixed(0);
    return { row: { name, fault, how, count, result, seconds }, isFailed };
  };
  const missing = row.needs.map(reasonWithout).find((reason) => reason !== null);
  if (missing !== undefined) return told({ count: '', result: `skipped: ${missing}` }, false);
  const folder = mkdtempSync(join(tmpdir(), `blangko-faults-${name}-`));
  folders.add(folder);
  try {
    const count = (full: number, quick: number): number => (isQuick ? quick : full);
    const outcome = await row.run({ folder, seed, random: seededRandom(seed), isQuick, count });
    return told(outcome, false);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `${name} (--seed ${seed}): ${error instanceof Error ? String(error.stack) : why}\n`,
    );
    return told({ count: '', result: `FAILED: ${why}` }, true);
  } finally {
    remove(folder);
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

async function tryAll(settings: FaultSettings): Promise<void> {
  process.stderr.write(`seed ${settings.seed}\n`);
  const results: RowResult[] = [];
  for (const row of ROWS.filter(({ name }) => settings.rows.includes(name))) {
    const { row: result, isFailed } = await tryRow(row, settings);
    process.stderr.write(
      `${result.name}: ${result.count} ${result.result} (${result.seconds} s)\n`,
    );
    results.push(result);
    if (isFailed) process.exitCode = 1;
    if (settings.isWritten && !isFailed)
      writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), [result], NAMES));
  }
  process.stdout.write(faultsTable(results));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    folders.forEach(remove);
    process.exit(ENDED_BY_SIGNAL);
  });
}
try {
  const settings = readFaultSettings(process.argv.slice(2), NAMES, QUICK_NAMES);
  if (settings === null) process.stdout.write(usageOf(NAMES));
  else await tryAll(settings);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`faults: ${error.message}\n${usageOf(NAMES)}`);
  process.exitCode = 2;
}
