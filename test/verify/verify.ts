import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print, printTable } from '../../src/cli/output.js';
import { readSettings } from '../../src/settings.js';
import { UsageError } from '../support/command-options.js';
import {
  auditChecks,
  rebuildChecks,
  scenarioChecks,
  storyChecks,
  type AuditAnswer,
  type Check,
} from './checks.js';
import { runMeasured, type Cost } from './measured-process.js';
import type { ReadModelsHash } from './read-models-hash.js';
import type { StoryFacts } from './story-facts.js';
import {
  readVerifySettings,
  STEPS,
  USAGE,
  type StepName,
  type VerifySettings,
} from './verify-settings.js';

const SCENARIO = 'national-2017';
const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli', 'blangko.js');
const MB = 1e6;
const ENDED_BY_SIGNAL = 130;

/** Runs the steps on one data folder, and collects what they cost and what was found. */
class Verification {
  readonly costs: (readonly [step: string, cost: Cost])[] = [];
  readonly checks: Check[] = [];

  constructor(
    private readonly folder: string,
    private readonly scale: number,
    private readonly signal: AbortSignal,
  ) {}

  readonly steps: Readonly<Record<StepName, () => Promise<void>>> = {
    scenario: async () => {
      const args = ['scenario', SCENARIO, '--scale', String(this.scale)];
      const { cost } = await this.#blangko('scenario', args);
      this.checks.push(...scenarioChecks(cost));
    },
    audit: async () => {
      const { output, cost } = await this.#blangko('audit', ['audit', '--json']);
      this.checks.push(...auditChecks(JSON.parse(output) as AuditAnswer, cost, this.scale));
    },
    story: async () => {
      const ledger = join(this.folder, 'ledger.db');
      const { output } = await this.#run('read the story', 'story-facts.js', [ledger]);
      const facts = JSON.parse(output) as StoryFacts;
      printTable(['event', 'count'], Object.entries(facts.eventsByType));
      this.checks.push(...storyChecks(facts, this.scale));
    },
    rebuild: async () => {
      const { readModelsFile } = this.#files;
      const before = await this.#hash('dump');
      for (const suffix of ['', '-wal', '-shm']) await rm(readModelsFile + suffix, { force: true });
      await this.#blangko('rebuild', ['rebuild']);
      this.checks.push(...rebuildChecks(before, await this.#hash('dump again')));
    },
  };

  get #files() {
    return readSettings({ DATA_DIR: this.folder });
  }

  async #hash(step: string): Promise<ReadModelsHash> {
    const args = [this.#files.readModelsFile];
    const { output } = await this.#run(step, 'read-models-hash.js', args);
    return JSON.parse(output) as ReadModelsHash;
  }

  #blangko(step: string, args: readonly string[]) {
    return this.#measured(step, CLI, ['--data-dir', this.folder, ...args]);
  }

  #run(step: string, program: string, args: readonly string[]) {
    return this.#measured(step, join(import.meta.dirname, program), args);
  }

  async #measured(step: string, program: string, args: readonly string[]) {
    const { folder, signal } = this;
    const measured = await runMeasured(program, args, { folder, signal });
    this.costs.push([step, measured.cost]);
    return measured;
  }
}

async function dataFolder({ folder, from }: VerifySettings): Promise<string> {
  if (folder === null) return mkdtemp(join(tmpdir(), 'blangko-national-'));
  if (from === 'scenario') await mkdir(folder, { recursive: true });
  const files = await readdir(folder).catch(() => null);
  if (files === null) throw new UsageError(`there is no folder ${folder}`);
  if (from === 'scenario' && files.length > 0) throw new UsageError(`${folder} is not empty`);
  return folder;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function report({ costs, checks }: Verification): void {
  printTable(
    ['step', 'seconds', 'CPU seconds', 'peak RSS, MB', 'disk, MB'],
    costs.map(([step, { seconds, cpuSeconds, peakBytes, diskBytes }]) => [
      step,
      tenths(seconds),
      tenths(cpuSeconds),
      Math.round(peakBytes / MB),
      Math.round(diskBytes / MB),
    ]),
  );
  printTable(
    ['', 'what must hold', 'found'],
    checks.map(({ what, holds, found }) => [holds ? 'ok' : 'NO', what, found]),
  );
}

async function verify(settings: VerifySettings, signal: AbortSignal): Promise<void> {
  const folder = await dataFolder(settings);
  const verification = new Verification(folder, settings.scale, signal);
  try {
    for (const name of STEPS.slice(STEPS.indexOf(settings.from))) await verification.steps[name]();
  } finally {
    report(verification);
    if (settings.isKept) print(`kept: ${folder}`);
    else await rm(folder, { recursive: true });
  }
  const broken = verification.checks.filter(({ holds }) => !holds).length;
  print(
    broken === 0 ? 'all of it holds' : `${broken} of ${verification.checks.length} do not hold`,
  );
  if (broken > 0) process.exitCode = 1;
}

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    stopping.abort();
  });
}
try {
  const settings = readVerifySettings(process.argv.slice(2));
  if (settings === null) process.stdout.write(USAGE);
  else await verify(settings, stopping.signal);
} catch (error) {
  if (stopping.signal.aborted) {
    process.exitCode = ENDED_BY_SIGNAL;
  } else if (error instanceof UsageError) {
    process.stderr.write(`verify: ${error.message}\n${USAGE}`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`verify: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
